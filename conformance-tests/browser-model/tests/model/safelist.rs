//! What a script can send, and what needs a preflight: `fetch/api/basic/request-forbidden-
//! headers.any.js`, `cors/simple-requests.htm`, `cors/cors-safelisted-request-header.any.js`.

use browser_model::{Blocked, Credentials, Fetch, Quirks};

use super::{PAGE, blocked, get, requests, response, url, value, with};

/// The names that the preflight requests; `None` without a preflight.
fn requested(fetch: &Fetch) -> Option<String> {
    let refusing = response(200, &[]);
    let sent = requests(Quirks::NONE, fetch, &refusing);
    let [request] = sent.as_slice() else {
        panic!("{sent:?}")
    };
    let names = value(request, "access-control-request-headers");
    request
        .is_preflight
        .then(|| names.unwrap_or_default().to_owned())
}

#[test]
fn values() {
    let long = |start: &str, length: usize| format!("{start:a<length$}");
    let safe = [
        ("accept", String::new()),
        ("accept", "*/*".into()),
        ("Accept", "text/html;q=0.5, */*".into()),
        ("accept", "a\tb !#$%&'*+-./;=^_`|~,".into()),
        ("accept", "\u{e9}\u{80}".into()),
        ("accept", long("", 128)),
        ("accept", format!("  {}\t", long("", 128))),
        ("accept-language", String::new()),
        ("Accept-Language", "de-CH, en;q=0.5, *".into()),
        ("accept-language", "AZaz09 *,-.;=".into()),
        ("content-language", "en".into()),
        ("content-language", long("", 128)),
        ("content-type", "text/plain".into()),
        ("Content-Type", "TEXT/Plain".into()),
        ("content-type", "text/plain;charset=utf-8".into()),
        ("content-type", " text/plain ; charset = utf-8 ".into()),
        ("content-type", "text/plain;".into()),
        ("content-type", "text/plain;;; x".into()),
        ("content-type", "text/plain; \u{e9}".into()),
        ("content-type", "multipart/form-data; boundary=a".into()),
        ("content-type", "application/x-www-form-urlencoded".into()),
        ("content-type", long("text/plain;", 128)),
        ("range", "bytes=0-".into()),
        ("Range", "bytes=0-0".into()),
        ("range", "bytes=9-10".into()),
        ("range", "bytes=007-7".into()),
        ("range", "bytes=1-99999999999999999999999".into()),
    ];
    for (name, value) in &safe {
        assert_eq!(
            requested(&with("POST", &[(name, value)])),
            None,
            "{name}: {value:?}"
        );
    }

    let mut not_safe = vec![
        ("accept", long("", 129)),
        ("accept-language", long("", 129)),
        ("accept-language", "en_US".into()),
        ("accept-language", "en\tde".into()),
        ("accept-language", "en/de".into()),
        ("accept-language", "\u{e9}".into()),
        ("accept-language", "\"en\"".into()),
        ("content-language", "@".into()),
        ("content-language", long("", 129)),
        ("content-type", String::new()),
        ("content-type", ";".into()),
        ("content-type", "text".into()),
        ("content-type", "/plain".into()),
        ("content-type", "text/".into()),
        ("content-type", "text/html".into()),
        ("content-type", "text/plainer".into()),
        ("content-type", "text /plain".into()),
        ("content-type", "text/ plain".into()),
        ("content-type", "text/plain charset".into()),
        ("content-type", "text/plain, text/plain".into()),
        ("content-type", "text/plain,".into()),
        ("content-type", ";text/plain".into()),
        ("content-type", "application/json".into()),
        ("content-type", "application/json; text/plain".into()),
        ("content-type", "application/csp-report".into()),
        ("content-type", "text/plain; a=\"b\"".into()),
        ("content-type", "text/plain; a=(b)".into()),
        ("content-type", long("text/plain;", 129)),
        ("range", String::new()),
        ("range", "bytes".into()),
        ("range", "bytes=".into()),
        ("range", "bytes=-".into()),
        ("range", "bytes=-5".into()),
        ("range", "bytes=5".into()),
        ("range", "bytes=5-3".into()),
        ("range", "bytes=10-9".into()),
        ("range", "bytes=0-1,3-4".into()),
        ("range", "bytes= 0-1".into()),
        ("range", "bytes =0-1".into()),
        ("range", "bytes=0 -1".into()),
        ("range", "bytes=0- 1".into()),
        ("range", "bytes=0-1-2".into()),
        ("range", "bytes=a-b".into()),
        ("range", "bytes=+1-2".into()),
        ("range", "BYTES=0-1".into()),
        ("range", "lines=0-1".into()),
        ("range", "bytes=\u{664}-".into()),
        ("range", format!("bytes=0-{}", "9".repeat(121))),
    ];
    let unsafe_bytes = (1..32).filter(|byte| ![9, 10, 13].contains(byte));
    for byte in unsafe_bytes.chain(*b"\"():<>?@[\\]{}\x7f").map(char::from) {
        not_safe.push(("accept", format!("a{byte}b")));
        not_safe.push(("content-type", format!("text/plain;a{byte}b")));
    }
    let other_names = [
        "last-event-id",
        "user-agent",
        "save-data",
        "dpr",
        "downlink",
        "ect",
        "rtt",
        "width",
        "viewport-width",
        "device-memory",
        "authorization",
        "x-requested-with",
        "cache-control",
        "if-none-match",
        "pragma",
        "accept-",
        "priority",
        "content-encoding",
        "*",
    ];
    not_safe.extend(other_names.map(|name| (name, "1".to_owned())));
    for (name, value) in &not_safe {
        let requested = requested(&with("POST", &[(name, value)]));
        assert_eq!(requested.as_deref(), Some(*name), "{value:?}");
    }
    println!("{} are safe, {} are not", safe.len(), not_safe.len());
}

#[test]
fn safe_values_of_more_than_1024_bytes_are_unsafe() {
    let value = "a".repeat(128);
    let lines = |count: usize, last: &str| {
        let mut lines = vec![("Accept", value.as_str()); count];
        lines.push(("Content-Language", last));
        with("GET", &lines)
    };
    assert_eq!(requested(&lines(7, &value)), None);
    assert_eq!(requested(&lines(8, "")), None);
    assert_eq!(
        requested(&lines(8, "a")).as_deref(),
        Some("accept,content-language")
    );
    // Values that are already unsafe do not count.
    let mut fetch = lines(8, "");
    fetch.headers.push(("X-A".to_owned(), value.clone().into()));
    assert_eq!(requested(&fetch).as_deref(), Some("x-a"));
}

#[test]
fn forbidden_methods() {
    for method in ["CONNECT", "TRACE", "TRACK", "connect", "Trace", "tRACK"] {
        let expected = Some(Blocked::ForbiddenMethod);
        assert_eq!(blocked(&with(method, &[]), &[]), expected, "{method}");
    }
}

#[test]
fn malformed_requests() {
    for method in [
        "", " ", "GET ", " GET", "G T", "GET\n", "G,T", "(GET)", "G\u{c9}T", "GET\0",
    ] {
        assert_eq!(
            blocked(&with(method, &[]), &[]),
            Some(Blocked::NoHttp),
            "{method:?}"
        );
    }
    for name in [
        "", " ", "a b", "a:", "a,b", "\"a\"", "\u{e4}", "a\n", "a\0", "origin ",
    ] {
        let fetch = with("GET", &[(name, "1")]);
        assert_eq!(blocked(&fetch, &[]), Some(Blocked::NoHttp), "{name:?}");
    }
    for value in ["a\nb", "a\rb", "\0", "a\0"] {
        let fetch = with("GET", &[("X-A", value)]);
        assert_eq!(blocked(&fetch, &[]), Some(Blocked::NoHttp), "{value:?}");
    }
    for method in ["GET", "head"] {
        let fetch = Fetch {
            body: Some(Vec::new()),
            ..with(method, &[])
        };
        assert_eq!(blocked(&fetch, &[]), Some(Blocked::Body));
    }
}

#[test]
fn forbidden_headers_are_not_sent() {
    let forbidden = [
        ("Accept-Charset", "1"),
        ("accept-encoding", "1"),
        ("Access-Control-Request-Headers", "1"),
        ("Access-Control-Request-Method", "PUT"),
        ("Connection", "close"),
        ("Content-Length", "1"),
        ("Cookie", "a=b"),
        ("Cookie2", "a=b"),
        ("Date", "1"),
        ("DNT", "1"),
        ("Expect", "1"),
        ("Host", "1"),
        ("Keep-Alive", "1"),
        ("Origin", "https://b.example.com"),
        ("Referer", "1"),
        ("Set-Cookie", "a=b"),
        ("TE", "1"),
        ("Trailer", "1"),
        ("Transfer-Encoding", "chunked"),
        ("Upgrade", "1"),
        ("Via", "1"),
        ("Proxy-", "1"),
        ("proxy-authorization", "1"),
        ("Sec-", "1"),
        ("SEC-Fetch-Site", "1"),
        ("X-HTTP-Method", "TRACE"),
        ("X-Http-Method-Override", "PUT, trace ,GET"),
        ("X-Method-Override", "connect"),
    ];
    let sent = requests(Quirks::NONE, &with("GET", &forbidden), &response(200, &[]));
    let [request] = sent.as_slice() else {
        panic!("{sent:?}")
    };
    assert_eq!(request.headers, super::lines(&[("origin", PAGE)]));
    // These look similar.
    for (name, value) in [
        ("proxy", "1"),
        ("sec", "1"),
        ("access-control-request", "1"),
        ("access-control-request-private-network", "true"),
        ("x-method-override", "PUT"),
        ("x-http-method", "TRACER"),
        ("x-method", "TRACE"),
    ] {
        let requested = requested(&with("GET", &[(name, value)]));
        assert_eq!(requested.as_deref(), Some(name));
    }
}

#[test]
fn origin_and_credentials() {
    // Page, method; the `Origin` that is sent.
    let api = "https://app.example.com/";
    for (page, method, origin) in [
        (PAGE, "GET", None),
        (PAGE, "HEAD", None),
        (PAGE, "POST", Some(PAGE)),
        (PAGE, "PUT", Some(PAGE)),
        (PAGE, "DELETE", Some(PAGE)),
        (PAGE, "OPTIONS", Some(PAGE)),
        (
            "https://b.example.com",
            "GET",
            Some("https://b.example.com"),
        ),
        (
            "https://b.example.com",
            "POST",
            Some("https://b.example.com"),
        ),
        ("null", "GET", Some("null")),
    ] {
        for credentials in [
            Credentials::Omit,
            Credentials::SameOrigin,
            Credentials::Include,
        ] {
            let fetch = Fetch {
                origin: page.to_owned(),
                url: url(api),
                method: method.to_owned(),
                credentials,
                ..get()
            };
            let sent = requests(Quirks::NONE, &fetch, &response(200, &[]));
            let [request] = sent.as_slice() else {
                panic!("{sent:?}")
            };
            assert_eq!(value(request, "origin"), origin, "{fetch:?}");
            let expected = match credentials {
                Credentials::Omit => false,
                Credentials::SameOrigin => page == PAGE,
                Credentials::Include => true,
            };
            assert_eq!(request.with_credentials, expected, "{fetch:?}");
        }
    }
}

#[test]
fn urls_that_are_not_fetched() {
    for api in [
        "http://api.example.com:6667/",
        "https://app.example.com:22/",
        "http://api.example.com:0/",
        "ftp://api.example.com/",
        "file:///items",
        "data:,",
        "blob:https://app.example.com/1",
        "ws://api.example.com/",
        "https://user@api.example.com/",
        "https://:secret@app.example.com/",
    ] {
        let fetch = Fetch {
            url: url(api),
            ..get()
        };
        let outcome = super::outcome(Quirks::NONE, &fetch, &[response(200, &[])]);
        assert_eq!(outcome.result, Err(Blocked::Unfetchable), "{api}");
        assert_eq!(outcome.exchanges, []);
    }
}
