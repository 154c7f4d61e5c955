//! The integration with `http` 1.x types (feature `http-1`).

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]
#![cfg(feature = "http-1")]

use cors_core::http::{Action, HttpPolicy};
use cors_core::{Config, PolicyTable, RequestHead, RequestHeader};
use http::{HeaderMap, HeaderValue, Request};
use std::sync::Arc;

fn rendered(config: Config) -> Arc<HttpPolicy> {
    let table = PolicyTable::for_http(config.build().unwrap());
    table.find("/", &Request::new(())).unwrap().clone()
}

fn request(method: &str, uri: &str, lines: &[(&'static str, &'static str)]) -> Request<()> {
    let request = Request::builder().method(method).uri(uri);
    let request = lines.iter().fold(request, |request, (name, value)| {
        request.header(*name, *value)
    });
    request.body(()).unwrap()
}

fn act(policy: &Arc<HttpPolicy>, request: &Request<()>) -> Action {
    policy.act(request, request.headers())
}

/// Names and values in alphabetical order.
fn shown(headers: &HeaderMap) -> Vec<String> {
    let mut lines: Vec<String> = headers
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    lines.sort_unstable();
    lines
}

#[test]
fn the_method_and_lines_of_a_request() {
    use RequestHeader::{
        AccessControlRequestHeaders, AccessControlRequestMethod, Host, Origin, SecFetchSite,
    };
    for header in [
        Origin,
        AccessControlRequestMethod,
        AccessControlRequestHeaders,
        Host,
        SecFetchSite,
    ] {
        let both = [(header.name(), "a"), ("x-other", "c"), (header.name(), "b")];
        let request = request("PURGE", "/", &both);
        assert_eq!(RequestHead::method(&request), b"PURGE");
        let lines: Vec<&[u8]> = request.lines(header).collect();
        assert_eq!(lines, [b"a", b"b"], "{header:?}");
    }
    let absolute = request(
        "GET",
        "https://a.com:8443/",
        &[("host", "b.com"), ("origin", "c")],
    );
    assert_eq!(absolute.lines(Host).collect::<Vec<_>>(), [b"a.com:8443"]);
    assert!(absolute.host_contradicts_target());
    for (uri, lines, contradicts) in [
        ("https://a.com/", &[][..], false),
        ("https://a.com/", &[("host", "A.com")], false),
        (
            "https://a.com/",
            &[("host", "a.com"), ("host", "b.com")],
            true,
        ),
        (
            "https://a.com/",
            &[("host", "a.com"), ("host", "a.com")],
            true,
        ),
        ("https://a.com/", &[("host", "a.com:443")], true),
        ("/", &[("host", "a.com"), ("host", "b.com")], false),
        ("/", &[], false),
    ] {
        let request = request("GET", uri, lines);
        assert_eq!(
            request.host_contradicts_target(),
            contradicts,
            "{uri} {lines:?}"
        );
    }
    assert_eq!(absolute.lines(Origin).collect::<Vec<_>>(), [b"c"]);
}

/// An extractor has only these.
#[test]
fn the_parts_of_a_request_are_its_head() {
    for (uri, lines) in [
        ("/", &[("host", "a.com"), ("host", "b.com")][..]),
        ("https://a.com/", &[("host", "b.com"), ("origin", "c")]),
        ("https://a.com/", &[("host", "A.com")]),
    ] {
        let request = request("PURGE", uri, lines);
        let (parts, ()) = request.clone().into_parts();
        assert_eq!(RequestHead::method(&parts), RequestHead::method(&request));
        for header in [RequestHeader::Host, RequestHeader::Origin] {
            assert!(
                parts.lines(header).eq(request.lines(header)),
                "{uri} {lines:?}"
            );
        }
        let contradicts = parts.host_contradicts_target();
        assert_eq!(
            contradicts,
            request.host_contradicts_target(),
            "{uri} {lines:?}"
        );
    }
}

#[test]
fn an_early_response_is_complete() {
    let preflight = request(
        "OPTIONS",
        "/",
        &[
            ("origin", "https://a.com"),
            ("access-control-request-method", "GET"),
            ("access-control-request-headers", "x-a,x-b"),
        ],
    );
    let one = Config::new().allow_origins(["https://a.com"]);
    let config = one.clone().allow_headers(["*"]).allow_credentials(true);
    let headers = [
        "access-control-allow-credentials: true",
        "access-control-allow-headers: x-a,x-b",
        "access-control-allow-methods: GET",
        "access-control-allow-origin: https://a.com",
        "access-control-max-age: 600",
    ];
    let text = ["content-type: text/plain; charset=utf-8"];
    let vary = ["vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers"];
    for (config, status, body, expected) in [
        (
            config.clone().allow_methods(["PUT"]),
            400,
            "Disallowed CORS method",
            [&headers[..1], &headers[3..4], &text, &vary].concat(),
        ),
        (
            config.clone(),
            200,
            "OK",
            [&headers[..], &text, &vary].concat(),
        ),
        (
            config.preflight_status(204),
            204,
            "",
            [&headers[..], &vary].concat(),
        ),
        (
            one.clone().allow_credentials(true),
            400,
            "Disallowed CORS headers",
            [&headers[..1], &headers[3..4], &text, &vary].concat(),
        ),
        (
            one.clone().diagnostics(true),
            200,
            "Disallowed CORS headers",
            [
                &["access-control-allow-headers: Accept, Accept-Language, Content-Language, Content-Type"][..],
                &headers[2..4],
                &text,
                &vary,
            ]
            .concat(),
        ),
        (
            one.allow_origins(["https://b.com"]),
            400,
            "Disallowed CORS origin, headers",
            [&text[..], &vary].concat(),
        ),
        (
            Config::new().allow_origins(["*"]).allow_headers(["X-A", "X-B"]),
            200,
            "OK",
            [
                &["access-control-allow-headers: Accept, Accept-Language, Content-Language, Content-Type, X-A, X-B"][..],
                &headers[2..3],
                &["access-control-allow-origin: *"],
                &headers[4..],
                &text,
                &vary,
            ]
            .concat(),
        ),
    ] {
        let Action::Respond(response) = act(&rendered(config), &preflight) else {
            panic!("the application is called");
        };
        assert_eq!(response.status().as_u16(), status);
        assert_eq!(*response.body(), body);
        assert_eq!(shown(response.headers()), expected);
    }
}

#[test]
fn a_response_to_a_blocked_request_varies_on_origin() {
    let config = Config::new().allow_origins(["https://a.com"]);
    let config = config.own_origins(["https://b.com"]);
    let policy = rendered(config.block_refused_origins(true));
    for (host, status) in [("b.com", 403), ("c.com", 421)] {
        let request = request("POST", "/", &[("origin", "https://c.com"), ("host", host)]);
        let Action::Respond(response) = act(&policy, &request) else {
            panic!("the application is called");
        };
        assert_eq!(response.status().as_u16(), status);
        let expected = ["content-type: text/plain; charset=utf-8", "vary: Origin"];
        assert_eq!(shown(response.headers()), expected);
    }
}

#[test]
fn a_response_keeps_its_own_headers() {
    let config = Config::new().allow_origins(["https://a.com"]);
    let policy = rendered(config.allow_credentials(true).expose_headers(["X-E"]));
    for (origin, vary, expected) in [
        (
            "https://a.com",
            "Accept",
            &[
                "access-control-allow-credentials: true",
                "access-control-allow-origin: https://a.com",
                "access-control-expose-headers: X-E",
                "vary: Accept",
                "vary: Origin",
                "x-own: 1",
            ][..],
        ),
        ("https://b.com", "origin", &["vary: origin", "x-own: 1"]),
    ] {
        let request = request("GET", "/", &[("origin", origin)]);
        for owned in [
            &[
                "allow-origin",
                "allow-credentials",
                "expose-headers",
                "max-age",
            ][..],
            &[],
        ] {
            let Action::Forward(cors) = act(&policy, &request) else {
                panic!("the application is not called");
            };
            let mut headers = HeaderMap::new();
            headers.insert("x-own", HeaderValue::from_static("1"));
            headers.insert("vary", HeaderValue::from_static(vary));
            for owned in owned {
                let name = format!("access-control-{owned}").parse::<http::HeaderName>();
                headers.append(name.unwrap(), HeaderValue::from_static("own"));
            }
            cors.apply(&mut headers);
            assert_eq!(shown(&headers), expected, "{origin} {owned:?}");
        }
    }
}

#[test]
fn vary_names_origin_once() {
    let policy = rendered(Config::new().allow_origins(["https://a.com"]));
    let request = request("GET", "/", &[]);
    for (own, expected) in [
        (&[][..], &["vary: Origin"][..]),
        (&[("vary", "Origin")], &["vary: Origin"]),
        (&[("vary", "Accept, *")], &["vary: Accept, *"]),
        (
            &[("vary", "Accept"), ("vary", "origin")],
            &["vary: Accept", "vary: origin"],
        ),
        (&[("x-own", "1")], &["vary: Origin", "x-own: 1"]),
    ] {
        let mut headers = HeaderMap::new();
        for (name, value) in own {
            headers.append(*name, HeaderValue::from_static(value));
        }
        let cors = policy.forward(&request, request.headers());
        cors.apply(&mut headers);
        assert_eq!(shown(&headers), expected);
    }
}

/// The application was called although the policy requires an early response.
#[test]
fn a_response_of_an_application_that_was_called_by_mistake() {
    let config = Config::new().allow_origins(["https://a.com"]);
    let policy = rendered(config.block_refused_origins(true));
    for (method, origin, expected) in [
        ("OPTIONS", "https://a.com", &["vary: Origin"][..]),
        ("POST", "https://b.com", &["vary: Origin"]),
    ] {
        let lines = [("origin", origin), ("access-control-request-method", "GET")];
        let request = request(method, "/", &lines);
        assert!(matches!(act(&policy, &request), Action::Respond(_)));
        let mut headers = HeaderMap::new();
        headers.insert(
            "access-control-allow-methods",
            HeaderValue::from_static("own"),
        );
        let cors = policy.forward(&request, request.headers());
        cors.apply(&mut headers);
        assert_eq!(shown(&headers), expected, "{method}");
    }
}

/// BEHAVIOUR 4: only the first 24 lines and elements of `Vary` are read.
#[test]
fn a_long_vary() {
    let policy = rendered(Config::new().allow_origins(["https://a.com"]));
    let request = request("GET", "/", &[("origin", "https://a.com")]);
    let applied = |lines: &[String]| {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("vary", HeaderValue::from_str(line).unwrap());
        }
        let Action::Forward(cors) = act(&policy, &request) else {
            panic!("the application responds");
        };
        cors.apply(&mut headers);
        let after: Vec<_> = headers.get_all("vary").iter().cloned().collect();
        assert_eq!(after[..lines.len()], lines[..]);
        after.len() - lines.len()
    };
    for (others, added) in [(0, 0), (23, 0), (24, 1), (1_000, 1)] {
        for last in ["Origin", "*"] {
            let mut lines = vec!["x-a".to_owned(); others];
            lines.push(last.to_owned());
            assert_eq!(applied(&lines), added, "{others} lines, {last}");
            assert_eq!(
                applied(&[lines.join(", ")]),
                added,
                "{others} names, {last}"
            );
            lines.splice(..others, vec![String::new(); others]);
            assert_eq!(applied(&lines), added, "{others} empty lines, {last}");
        }
    }
}
