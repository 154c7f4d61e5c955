//! "CORS-preflight fetch": `cors/status-preflight.htm`, `fetch/api/cors/cors-preflight*.any.js`.

use browser_model::Blocked::{self, Preflight};
use browser_model::PreflightFailure::{
    Cors, Header, MalformedHeaders, MalformedMethods, Method, Status,
};
use browser_model::{CorsFailure, Fetch, PreflightFailure, Quirks};

use super::{Lines, PAGE, blocked, including, outcome, requests, response, value, with};

/// The method and the headers that a preflight requests.
type Requested<'a> = Option<(&'a str, Option<&'a str>)>;

/// The expected failures without and with credentials.
type Failures = [Option<PreflightFailure>; 2];

const ORIGIN: (&str, &str) = ("Access-Control-Allow-Origin", PAGE);
const CREDENTIALS: (&str, &str) = ("Access-Control-Allow-Credentials", "true");
const METHODS: &str = "Access-Control-Allow-Methods";
const HEADERS: &str = "Access-Control-Allow-Headers";

#[test]
fn the_request() {
    let granting = response(
        200,
        &[ORIGIN, (METHODS, "*"), (HEADERS, "*, authorization")],
    );
    // Method, headers; the preflight's method and headers.
    let rows: [(&str, Lines<'_>, Requested<'_>); 19] = [
        ("GET", &[], None),
        ("get", &[], None),
        ("Head", &[], None),
        ("pOST", &[], None),
        ("GET", &[("Accept", "text/html")], None),
        ("PUT", &[], Some(("PUT", None))),
        ("put", &[], Some(("PUT", None))),
        ("delete", &[], Some(("DELETE", None))),
        ("Options", &[], Some(("OPTIONS", None))),
        ("PATCH", &[], Some(("PATCH", None))),
        ("patch", &[], Some(("patch", None))),
        ("Query", &[], Some(("Query", None))),
        ("*", &[], Some(("*", None))),
        ("GET", &[("X-A", "")], Some(("GET", Some("x-a")))),
        (
            "POST",
            &[
                ("X-B", "1"),
                ("Authorization", "1"),
                ("X-a", "1"),
                ("A", "1"),
            ],
            Some(("POST", Some("a,authorization,x-a,x-b"))),
        ),
        (
            "POST",
            &[("Content-Type", "application/json"), ("Accept", "*/*")],
            Some(("POST", Some("content-type"))),
        ),
        ("PUT", &[("Accept", "*/*")], Some(("PUT", None))),
        (
            "GET",
            &[("X-A", "1"), ("x-a", "2")],
            Some(("GET", Some("x-a"))),
        ),
        (
            "GET",
            &[("X-A-B", "1"), ("X-A", "2")],
            Some(("GET", Some("x-a,x-a-b"))),
        ),
    ];
    for (method, headers, expected) in rows {
        let sent = requests(Quirks::NONE, &with(method, headers), &granting);
        let (actual, preflights) = sent.split_last().unwrap();
        assert_eq!(value(actual, "origin"), Some(PAGE));
        assert_eq!(actual.headers.len(), headers.len() + 1);
        assert_eq!(
            preflights.len(),
            usize::from(expected.is_some()),
            "{sent:?}"
        );
        let Some((method, names)) = expected else {
            continue;
        };
        let [preflight] = preflights else {
            panic!("{sent:?}")
        };
        assert!(preflight.is_preflight && !preflight.with_credentials);
        assert_eq!(
            (preflight.method.as_str(), &preflight.body),
            ("OPTIONS", &None)
        );
        assert_eq!(preflight.url, actual.url);
        assert_eq!(
            value(preflight, "access-control-request-method"),
            Some(method)
        );
        assert_eq!(value(preflight, "access-control-request-headers"), names);
        assert_eq!(value(preflight, "origin"), Some(PAGE));
        assert_eq!(value(preflight, "accept"), Some("*/*"));
        assert_eq!(preflight.headers.len(), 3 + usize::from(names.is_some()));
    }
}

#[test]
fn only_a_2xx_status_passes() {
    let put = with("PUT", &[]);
    let headers = [ORIGIN, (METHODS, "PUT")];
    for status in 100..1000 {
        let responses = [response(status, &headers), response(200, &headers)];
        let outcome = outcome(Quirks::NONE, &put, &responses);
        let passes = (200..300).contains(&status);
        assert_eq!(outcome.exchanges.len(), 1 + usize::from(passes), "{status}");
        let expected = (!passes).then_some(Preflight(Status(status)));
        assert_eq!(outcome.result.err(), expected);
    }
    // A redirect of a preflight is not followed.
    let moved = response(307, &[ORIGIN, (METHODS, "PUT"), ("Location", "/elsewhere")]);
    assert_eq!(blocked(&put, &[moved]), Some(Preflight(Status(307))));
}

#[test]
fn the_cors_check_comes_first() {
    let put = with("PUT", &[]);
    let rows: [(Fetch, u16, Lines<'_>, CorsFailure); 5] = [
        (put.clone(), 200, &[], CorsFailure::NoAllowOrigin),
        (put.clone(), 400, &[], CorsFailure::NoAllowOrigin),
        (
            put.clone(),
            200,
            &[("Access-Control-Allow-Origin", "null")],
            CorsFailure::AllowOrigin("null".into()),
        ),
        (
            including(put.clone()),
            400,
            &[("Access-Control-Allow-Origin", "*"), CREDENTIALS],
            CorsFailure::AnyOriginWithCredentials,
        ),
        (
            including(put),
            200,
            &[ORIGIN],
            CorsFailure::AllowCredentials,
        ),
    ];
    for (fetch, status, headers, failure) in rows {
        let mut headers = headers.to_vec();
        headers.push((METHODS, "PUT"));
        let responses = [response(status, &headers)];
        assert_eq!(blocked(&fetch, &responses), Some(Preflight(Cors(failure))));
    }
}

#[test]
fn the_response_after_a_preflight_is_checked_too() {
    let put = with("PUT", &[]);
    let granted = response(200, &[ORIGIN, (METHODS, "PUT")]);
    let responses = [granted.clone(), response(200, &[(METHODS, "PUT")])];
    assert_eq!(
        blocked(&put, &responses),
        Some(Blocked::Cors(CorsFailure::NoAllowOrigin))
    );
    assert_eq!(blocked(&put, &[granted]), Some(Blocked::Network));
    assert_eq!(blocked(&put, &[]), Some(Blocked::Network));
}

#[test]
fn methods() {
    let method = |method: &str| Some(Method(method.to_owned()));
    // Method, lines of Allow-Methods, the failure without and with credentials.
    let rows: [(&str, &[&str], Failures); 32] = [
        ("PUT", &["PUT"], same(None)),
        ("put", &["PUT"], same(None)),
        ("PUT", &["GET, PUT"], same(None)),
        ("PUT", &["GET", "PUT"], same(None)),
        ("PUT", &[",, GET ,\tPUT ,"], same(None)),
        ("PUT", &["PUT,PUT,PUT"], same(None)),
        ("patch", &["patch"], same(None)),
        ("*", &["*"], same(None)),
        ("PUT", &["*"], [None, method("PUT")]),
        ("patch", &["*"], [None, method("patch")]),
        ("PUT", &["GET, *"], [None, method("PUT")]),
        ("PUT", &["*, PUT"], same(None)),
        ("PUT", &[], same(method("PUT"))),
        ("PUT", &[""], same(method("PUT"))),
        ("PUT", &["put"], same(method("PUT"))),
        ("PUT", &["Put"], same(method("PUT"))),
        ("PUT", &["PUTT"], same(method("PUT"))),
        ("PUT", &["PU"], same(method("PUT"))),
        ("PUT", &["**"], same(method("PUT"))),
        ("PUT", &["GET, POST, DELETE"], same(method("PUT"))),
        ("patch", &["PATCH"], same(method("patch"))),
        ("PATCH", &["patch"], same(method("PATCH"))),
        ("OPTIONS", &["GET"], same(method("OPTIONS"))),
        ("PUT", &["PUT DELETE"], same(Some(MalformedMethods))),
        ("PUT", &["PUT; DELETE"], same(Some(MalformedMethods))),
        ("PUT", &["PUT, (DELETE)"], same(Some(MalformedMethods))),
        ("PUT", &["\"PUT\""], same(Some(MalformedMethods))),
        ("PUT", &["PUT, @"], same(Some(MalformedMethods))),
        ("PUT", &["PUT", "/"], same(Some(MalformedMethods))),
        ("PUT", &["*, \u{e9}"], same(Some(MalformedMethods))),
        ("PUT", &["PUT\0"], same(Some(MalformedMethods))),
        ("PUT", &["\u{b}PUT"], same(Some(MalformedMethods))),
    ];
    for (method, values, failures) in rows {
        let fetch = with(method, &[]);
        check(
            &fetch,
            values.iter().map(|&value| (METHODS, value)),
            failures,
        );
    }
}

#[test]
fn headers() {
    let header = |name: &str| Some(Header(name.to_owned()));
    // Names that the script sets, lines of Allow-Headers, the failure without and with credentials.
    let rows: [(&[&str], &[&str], Failures); 35] = [
        (&["x-a"], &["x-a"], same(None)),
        (&["X-A"], &["x-a"], same(None)),
        (&["x-a"], &["X-A"], same(None)),
        (&["x-a", "x-b"], &["x-b,x-a"], same(None)),
        (&["x-a", "x-b"], &["x-b", "x-a"], same(None)),
        (&["x-a"], &[" , x-a\t, ,"], same(None)),
        (&["x-a"], &["x-c, x-a, x-b"], same(None)),
        (&["*"], &["*"], same(None)),
        (&["authorization"], &["Authorization"], same(None)),
        (&["x-a"], &["*"], [None, header("x-a")]),
        (&["x-a", "x-b"], &["x-b, *"], [None, header("x-a")]),
        (&["authorization"], &["*"], same(header("authorization"))),
        (
            &["Authorization"],
            &["*", "x-a"],
            same(header("authorization")),
        ),
        (
            &["Authorization", "x-a"],
            &["*"],
            same(header("authorization")),
        ),
        (
            &["Authorization", "x-a"],
            &["*, authorization"],
            [None, header("x-a")],
        ),
        // Authorization is checked first.
        (
            &["x-a", "a", "authorization"],
            &[],
            same(header("authorization")),
        ),
        (&["x-a"], &[], same(header("x-a"))),
        (&["x-a"], &[""], same(header("x-a"))),
        (&["x-a"], &["x-"], same(header("x-a"))),
        (&["x-a"], &["x-aa"], same(header("x-a"))),
        (&["x-a"], &["x-*"], same(header("x-a"))),
        (&["x-a"], &["**"], same(header("x-a"))),
        (&["x-a"], &["x_a"], same(header("x-a"))),
        (&["x-a"], &["content-type"], same(header("x-a"))),
        (&["x-a", "x-b"], &["x-a"], same(header("x-b"))),
        (&["x-b", "x-a"], &["x-c"], same(header("x-a"))),
        (&["x-a"], &["x-a x-b"], same(Some(MalformedHeaders))),
        (&["x-a"], &["x-a; x-b"], same(Some(MalformedHeaders))),
        (&["x-a"], &["x-a, (x-b)"], same(Some(MalformedHeaders))),
        (&["x-a"], &["\"x-a\""], same(Some(MalformedHeaders))),
        (&["x-a"], &["x-a: 1"], same(Some(MalformedHeaders))),
        (&["x-a"], &["x-a", "@"], same(Some(MalformedHeaders))),
        (&["x-a"], &["*, /"], same(Some(MalformedHeaders))),
        (&["x-a"], &["x-a\0"], same(Some(MalformedHeaders))),
        (&["x-a"], &["x-a\u{c}"], same(Some(MalformedHeaders))),
    ];
    for (names, values, failures) in rows {
        let set: Vec<_> = names.iter().map(|&name| (name, "1")).collect();
        let fetch = with("GET", &set);
        check(
            &fetch,
            values.iter().map(|&value| (HEADERS, value)),
            failures,
        );
    }
}

fn same(failure: Option<PreflightFailure>) -> Failures {
    [failure.clone(), failure]
}

/// Checks the result of the fetch when all responses have these lines.
fn check<'a>(fetch: &Fetch, lines: impl Iterator<Item = (&'a str, &'a str)>, failures: Failures) {
    let headers: Vec<_> = lines.chain([ORIGIN, CREDENTIALS]).collect();
    let responses = [response(204, &headers), response(200, &headers)];
    let [without, with] = failures.map(|failure| failure.map(Preflight));
    assert_eq!(blocked(fetch, &responses), without, "{fetch:?} {headers:?}");
    let fetch = including(fetch.clone());
    assert_eq!(blocked(&fetch, &responses), with, "{fetch:?} {headers:?}");
}

#[test]
fn a_list_that_is_not_needed_must_still_be_valid() {
    let rows: [(Fetch, Lines<'_>, PreflightFailure); 3] = [
        (
            with("PUT", &[]),
            &[(METHODS, "PUT"), (HEADERS, "@")],
            MalformedHeaders,
        ),
        (
            with("GET", &[("X-A", "1")]),
            &[(METHODS, "@"), (HEADERS, "x-a")],
            MalformedMethods,
        ),
        // The list of methods is parsed first. A malformed list is reported before a missing name.
        (
            with("PUT", &[("X-A", "1")]),
            &[(METHODS, "GET, @"), (HEADERS, "@")],
            MalformedMethods,
        ),
    ];
    for (fetch, headers, failure) in rows {
        let headers = [headers, &[ORIGIN]].concat();
        let responses = [response(200, &headers), response(200, &headers)];
        assert_eq!(blocked(&fetch, &responses), Some(Preflight(failure)));
    }
}

#[test]
fn safelisted_methods_need_not_be_listed() {
    for method in ["GET", "HEAD", "POST"] {
        let fetch = with(method, &[("X-A", "1")]);
        for methods in ["", "PUT", "*"] {
            let headers = [ORIGIN, (METHODS, methods), (HEADERS, "x-a")];
            let responses = [response(200, &headers), response(200, &headers)];
            assert_eq!(blocked(&fetch, &responses), None);
        }
    }
    // The method is checked before the headers.
    let both = with("PUT", &[("X-A", "1")]);
    let expected = Some(Preflight(Method("PUT".to_owned())));
    assert_eq!(blocked(&both, &[response(200, &[ORIGIN])]), expected);
}

#[test]
fn a_forced_preflight() {
    let forced = |method| Fetch {
        forces_preflight: true,
        ..with(method, &[])
    };
    let rows: [(&str, Lines<'_>, Option<PreflightFailure>); 7] = [
        ("POST", &[ORIGIN], None),
        // Without the header, the method counts as granted.
        ("PUT", &[ORIGIN], None),
        ("POST", &[ORIGIN, (METHODS, "")], None),
        (
            "PUT",
            &[ORIGIN, (METHODS, "")],
            Some(Method("PUT".to_owned())),
        ),
        (
            "PUT",
            &[ORIGIN, (METHODS, "POST")],
            Some(Method("PUT".to_owned())),
        ),
        ("POST", &[ORIGIN, (METHODS, "@")], Some(MalformedMethods)),
        ("POST", &[], Some(Cors(CorsFailure::NoAllowOrigin))),
    ];
    for (method, headers, failure) in rows {
        let outcome = outcome(
            Quirks::NONE,
            &forced(method),
            &[response(200, headers), response(200, &[ORIGIN])],
        );
        assert_eq!(
            outcome.result.err(),
            failure.map(Preflight),
            "{method} {headers:?}"
        );
        let (preflight, _) = outcome.exchanges.first().unwrap();
        assert_eq!(
            value(preflight, "access-control-request-method"),
            Some(method)
        );
        assert_eq!(value(preflight, "access-control-request-headers"), None);
    }
}
