//! The requests and checks of redirected fetches: `cors/redirect-origin.htm`,
//! `cors/redirect-preflight*.htm`, `fetch/api/cors/cors-redirect*.any.js`.

use browser_model::{
    Blocked, Browser, CorsFailure, Credentials, Fetch, PreflightFailure, Quirks, Request,
    ResponseKind, Url,
};

use super::{PAGE, blocked, get, lines, outcome, response, url, value, with};

const A: &str = "https://app.example.com/a";
const B: &str = "https://b.example.com/b";
const C: &str = "https://c.example.com/c";

/// Runs a fetch that is redirected along these URLs with this status. Every server allows everything.
fn along(quirks: Quirks, fetch: &Fetch, status: u16, path: &[&str]) -> Vec<Request> {
    let (first, rest) = path.split_first().unwrap();
    let fetch = Fetch {
        url: url(first),
        ..fetch.clone()
    };
    let mut rest = rest.iter();
    let outcome = Browser::new(quirks).fetch(&fetch, |request| {
        let origin = value(request, "origin").unwrap_or("*");
        let next = (!request.is_preflight).then(|| rest.next()).flatten();
        let location = next.map(|location| ("Location", *location));
        let headers = [
            ("Access-Control-Allow-Origin", origin),
            ("Access-Control-Allow-Credentials", "true"),
            ("Access-Control-Allow-Methods", "PUT"),
            (
                "Access-Control-Allow-Headers",
                "authorization, x-a, content-type",
            ),
        ];
        let headers: Vec<_> = headers.into_iter().chain(location).collect();
        let status = if location.is_some() { status } else { 200 };
        Some(response(status, &headers))
    });
    assert!(outcome.result.is_ok(), "{outcome:?}");
    let exchanges = outcome.exchanges.into_iter();
    exchanges.map(|(request, _)| request).collect()
}

/// The `Origin` of each request: `-` for none, `page` or `null`.
fn origins(requests: &[Request]) -> Vec<&str> {
    let origins = requests.iter().map(|request| value(request, "origin"));
    origins
        .map(|origin| match origin {
            None => "-",
            Some(PAGE) => "page",
            Some(other) => other,
        })
        .collect()
}

#[test]
fn origin_of_each_hop() {
    let rows: [(&[&str], &str, &str); 16] = [
        // Path, origins with GET, origins with POST (which 307 preserves).
        (&[A], "-", "page"),
        (&[B], "page", "page"),
        (&[A, A], "- -", "page page"),
        (&[A, B], "- page", "page page"),
        (&[A, A, B], "- - page", "page page page"),
        (&[B, B], "page page", "page page"),
        (&[B, A], "page null", "page null"),
        (&[B, C], "page null", "page null"),
        (&[A, B, A], "- page null", "page page null"),
        (&[A, B, C], "- page null", "page page null"),
        (&[A, B, B], "- page page", "page page page"),
        (&[B, B, B], "page page page", "page page page"),
        (&[B, B, A], "page page null", "page page null"),
        (&[B, C, B], "page null null", "page null null"),
        (&[B, A, A], "page null null", "page null null"),
        (&[B, A, B], "page null null", "page null null"),
    ];
    for (path, with_get, with_post) in rows {
        for (method, expected) in [("GET", with_get), ("POST", with_post)] {
            let sent = along(Quirks::NONE, &with(method, &[]), 307, path);
            assert_eq!(origins(&sent).join(" "), expected, "{method} {path:?}");
        }
    }
    // Scheme and port are part of the origin; path, query and fragment are not.
    for (location, origin) in [
        ("/b2?q", "page"),
        ("?q#f", "page"),
        ("//b.example.com:443/", "page"),
        ("https://B.EXAMPLE.COM./", "null"),
        ("http://b.example.com/", "null"),
        ("https://b.example.com:8443/", "null"),
        ("https://b.b.example.com/", "null"),
    ] {
        let sent = along(Quirks::NONE, &get(), 302, &[B, location]);
        assert_eq!(origins(&sent), ["page", origin], "{location}");
    }
    // An opaque origin stays `null`.
    let opaque = Fetch::new("null", url(A));
    let sent = along(Quirks::NONE, &opaque, 302, &[A, A, B]);
    assert_eq!(origins(&sent), ["null", "null", "null"]);
}

#[test]
fn every_hop_is_checked() {
    // Path; Access-Control-Allow-Origin of each response; whether the script can read the last one.
    let rows: [(&[&str], &[&str], bool); 20] = [
        (&[A, A], &["", ""], true),
        (&[A, B], &["", "*"], true),
        (&[A, B], &["", PAGE], true),
        (&[B, B], &[PAGE, "*"], true),
        (&[B, C], &["*", "*"], true),
        (&[B, C], &[PAGE, "null"], true),
        (&[B, A], &[PAGE, "null"], true),
        (&[A, B, A], &["", PAGE, "*"], true),
        (&[A, B], &[PAGE, ""], false),
        (&[A, B], &["", "null"], false),
        (&[A, B], &["", "https://b.example.com"], false),
        (&[B, B], &["", PAGE], false),
        (&[B, B], &["null", PAGE], false),
        (&[B, A], &["", "*"], false),
        // Back at the page's own origin, the fetch is still checked.
        (&[B, A], &["*", ""], false),
        (&[B, A], &["*", PAGE], false),
        (&[B, C], &["*", PAGE], false),
        (&[B, C], &["*", "https://b.example.com"], false),
        (&[A, B, A], &["", "*", ""], false),
        (&[B, C, B], &["*", "*", PAGE], false),
    ];
    for (path, allowed, is_read) in rows {
        let responses: Vec<_> = (1..=path.len())
            .zip(allowed)
            .map(|(next, origin)| {
                let origin = Some(("Access-Control-Allow-Origin", *origin));
                let origin = origin.filter(|(_, origin)| !origin.is_empty());
                let location = path.get(next).map(|&url| ("Location", url));
                let status = location.map_or(200, |_| 302);
                let headers: Vec<_> = origin.into_iter().chain(location).collect();
                response(status, &headers)
            })
            .collect();
        let fetch = Fetch {
            url: url(path[0]),
            ..get()
        };
        let result = outcome(Quirks::NONE, &fetch, &responses).result;
        match (is_read, result) {
            (true, Ok(read)) => {
                let is_own = path.iter().all(|&url| url == A);
                let kind = if is_own {
                    ResponseKind::Basic
                } else {
                    ResponseKind::Cors
                };
                assert_eq!(read.kind, kind);
            }
            (false, Err(Blocked::Cors(_))) => {}
            (_, result) => panic!("{path:?} {allowed:?}: {result:?}"),
        }
    }
}

#[test]
fn methods_and_bodies() {
    // Status and method; the method after the redirect.
    let rows = [
        (301, "GET", "GET"),
        (301, "HEAD", "HEAD"),
        (301, "POST", "GET"),
        (301, "PUT", "PUT"),
        (302, "POST", "GET"),
        (302, "PUT", "PUT"),
        (302, "HEAD", "HEAD"),
        (303, "GET", "GET"),
        (303, "HEAD", "HEAD"),
        (303, "POST", "GET"),
        (303, "PUT", "GET"),
        (307, "POST", "POST"),
        (307, "PUT", "PUT"),
        (308, "POST", "POST"),
        (308, "PUT", "PUT"),
    ];
    let set = [
        ("content-encoding", "identity"),
        ("content-language", "en"),
        ("content-location", "/"),
        ("content-type", "text/plain"),
        ("x-a", "1"),
    ];
    for (status, method, expected) in rows {
        let has_body = !["GET", "HEAD"].contains(&method);
        let fetch = Fetch {
            body: has_body.then(|| b"body".to_vec()),
            ..with(method, &set)
        };
        let sent = along(Quirks::NONE, &fetch, status, &[A, A]);
        let second = sent.last().unwrap();
        assert_eq!(second.method, expected, "{status} {method}");
        let is_kept = method == expected;
        assert_eq!(
            second.body.is_some(),
            has_body && is_kept,
            "{status} {method}"
        );
        let mut headers = second.headers.clone();
        headers.retain(|line| line.0 != "origin");
        let expected = if is_kept { &set[..] } else { &set[4..] };
        assert_eq!(headers, lines(expected), "{status} {method}");
    }
}

#[test]
fn authorization_stays_with_its_origin() {
    let rows: [(&[&str], &[bool]); 7] = [
        (&[A, A], &[true, true]),
        (&[B, B], &[true, true]),
        (&[A, B], &[true, false]),
        (&[B, C], &[true, false]),
        (&[A, B, A], &[true, false, false]),
        (&[B, B, C], &[true, true, false]),
        (&[B, "http://b.example.com/"], &[true, false]),
    ];
    for (path, expected) in rows {
        let fetch = with("GET", &[("Authorization", "1"), ("X-A", "1")]);
        let sent = along(Quirks::NONE, &fetch, 308, path);
        let actual: Vec<_> = sent
            .iter()
            .filter(|request| !request.is_preflight)
            .collect();
        let has = |request: &&&Request| value(request, "authorization").is_some();
        let with: Vec<_> = actual.iter().map(|request| has(&request)).collect();
        assert_eq!(with, expected, "{path:?}");
        assert!(actual.iter().all(|request| value(request, "x-a").is_some()));
        // A preflight requests the headers that the request after it has.
        for pair in sent.windows(2).filter(|pair| pair[0].is_preflight) {
            let requested = value(&pair[0], "access-control-request-headers");
            let names = if has(&&&pair[1]) {
                "authorization,x-a"
            } else {
                "x-a"
            };
            assert_eq!(requested, Some(names), "{path:?}");
        }
    }
}

#[test]
fn preflights_of_each_hop() {
    let put = with("PUT", &[]);
    let post = Fetch {
        body: Some(b"{}".to_vec()),
        ..with("POST", &[("Content-Type", "application/json")])
    };
    // Fetch, status, path; the methods of the requests, with `?` before those of preflights.
    let rows: [(&Fetch, u16, &[&str], &str); 9] = [
        (&put, 307, &[A, A], "PUT PUT"),
        (&put, 307, &[A, B], "PUT ?PUT PUT"),
        (&put, 307, &[B, "/b2"], "?PUT PUT ?PUT PUT"),
        // The same URL: the preflight is cached.
        (&put, 307, &[B, B], "?PUT PUT PUT"),
        (&put, 307, &[B, C], "?PUT PUT ?PUT PUT"),
        (&put, 307, &[B, A], "?PUT PUT ?PUT PUT"),
        (&put, 303, &[B, C], "?PUT PUT GET"),
        (&post, 302, &[B, "/b2"], "?POST POST GET"),
        (&post, 308, &[B, "/b2"], "?POST POST ?POST POST"),
    ];
    for (fetch, status, path, expected) in rows {
        let sent = along(Quirks::NONE, fetch, status, path);
        let methods = sent.iter().map(|request| match request.is_preflight {
            true => format!(
                "?{}",
                value(request, "access-control-request-method").unwrap()
            ),
            false => request.method.clone(),
        });
        assert_eq!(methods.collect::<Vec<_>>().join(" "), expected, "{path:?}");
    }
    // The preflight after a redirect has the origin of its request, and its response can refuse it.
    let sent = along(Quirks::NONE, &put, 307, &[B, C]);
    assert_eq!(origins(&sent), ["page", "page", "null", "null"]);
    let granting = [
        ("Access-Control-Allow-Origin", PAGE),
        ("Access-Control-Allow-Methods", "PUT"),
    ];
    let moved = [&granting[..], &[("Location", C)]].concat();
    let responses = [
        response(200, &granting),
        response(307, &moved),
        response(200, &granting),
    ];
    let refused = CorsFailure::AllowOrigin(PAGE.into());
    let expected = Blocked::Preflight(PreflightFailure::Cors(refused));
    assert_eq!(blocked(&put, &responses), Some(expected));
}

#[test]
fn same_origin_credentials_are_not_sent_to_other_origins() {
    let with_credentials = |credentials, path: &[&str]| -> Vec<bool> {
        let fetch = Fetch {
            credentials,
            ..get()
        };
        let sent = along(Quirks::NONE, &fetch, 302, path);
        sent.iter()
            .map(|request| request.with_credentials)
            .collect()
    };
    assert_eq!(
        with_credentials(Credentials::SameOrigin, &[A, A, B, A]),
        [true, true, false, false]
    );
    assert_eq!(
        with_credentials(Credentials::Include, &[A, B, C, A]),
        [true; 4]
    );
    assert_eq!(with_credentials(Credentials::Omit, &[A, A, B]), [false; 3]);
}

#[test]
fn every_request_is_recorded() {
    let put = with("PUT", &[]);
    let sent = along(Quirks::NONE, &put, 307, &[B, C]);
    let urls: Vec<&Url> = sent.iter().map(|request| &request.url).collect();
    assert_eq!(urls, [&url(B), &url(B), &url(C), &url(C)]);
    let failed = outcome(Quirks::NONE, &put, &[]);
    assert_eq!(failed.result, Err(Blocked::Network));
    assert!(matches!(failed.exchanges.as_slice(), [(preflight, None)] if preflight.is_preflight));
}
