//! What a script can read: `cors/response-headers.htm`, `fetch/api/cors/cors-filtering.js`,
//! `cors/access-control-expose-headers-parsing.window.js`, `fetch/api/cors/cors-expose-star.js`.

use browser_model::{Fetch, Quirks, ResponseKind};

use super::{PAGE, get, including, outcome, response, url};

const SENT: [(&str, &str); 13] = [
    ("Cache-Control", "no-cache"),
    ("Content-Language", "en"),
    ("Content-Length", "2"),
    ("Content-Type", "text/plain"),
    ("Expires", "0"),
    ("Last-Modified", "0"),
    ("Pragma", "x"),
    ("X-A", "1"),
    ("X-A", "2"),
    ("X-B", "3"),
    ("Authorization", "4"),
    ("Set-Cookie", "a=b"),
    ("Set-Cookie2", "a=b"),
];

const SAFELISTED: [&str; 7] = [
    "cache-control",
    "content-language",
    "content-length",
    "content-type",
    "expires",
    "last-modified",
    "pragma",
];

#[test]
fn expose_headers() {
    // Lines of Access-Control-Expose-Headers, and the additional readable headers without and with
    // credentials.
    let all = &[
        "x-a",
        "x-a",
        "x-b",
        "authorization",
        "access-control-expose-headers",
    ][..];
    let a = &["x-a", "x-a"][..];
    let a_b = &["x-a", "x-a", "x-b"][..];
    let rows: [(&[&str], &[&str], &[&str]); 33] = [
        (&[], &[], &[]),
        (&[""], &[], &[]),
        (&[","], &[], &[]),
        (&["x-a"], a, a),
        (&["X-A"], a, a),
        (&[" x-a\t"], a, a),
        (&["x-a,x-b"], a_b, a_b),
        (&["x-b , ,, x-a,"], a_b, a_b),
        (&["x-a", "x-b"], a_b, a_b),
        (&["x-a", ""], a, a),
        (&["authorization"], &["authorization"], &["authorization"]),
        (&["*"], all, &[]),
        (&["*,x-a"], all, a),
        (&["x-nothing", "*"], all, &[]),
        (&["set-cookie"], &[], &[]),
        (&["Set-Cookie2,set-cookie"], &[], &[]),
        (&["x-c"], &[], &[]),
        (&["x"], &[], &[]),
        (&["x-"], &[], &[]),
        (&["x-a-"], &[], &[]),
        (&["x-*"], &[], &[]),
        (&["**"], &[], &[]),
        // If one element is not a token, the whole list exposes nothing.
        (&["x-a x-b"], &[], &[]),
        (&["x-a;x-b"], &[], &[]),
        (&["x-a,(x-b)"], &[], &[]),
        (&["\"x-a\""], &[], &[]),
        (&["x-a,\"x-b\""], &[], &[]),
        (&["x-a:"], &[], &[]),
        (&["x-a\0"], &[], &[]),
        (&["\u{b}x-a"], &[], &[]),
        (&["x-a\u{c},x-b"], &[], &[]),
        (&["x-a", "@invalid"], &[], &[]),
        (&["*,@invalid"], &[], &[]),
    ];
    let expose = "Access-Control-Expose-Headers";
    for (values, without, with) in rows {
        let exposing = values.iter().map(|&value| (expose, value));
        for (fetch, more) in [(get(), without), (including(get()), with)] {
            let allowing = [
                ("Access-Control-Allow-Origin", PAGE),
                ("Access-Control-Allow-Credentials", "true"),
            ];
            let headers: Vec<_> = SENT.into_iter().chain(exposing.clone()).collect();
            let headers: Vec<_> = headers.into_iter().chain(allowing).collect();
            let outcome = outcome(Quirks::NONE, &fetch, &[response(200, &headers)]);
            let readable = outcome.result.unwrap();
            assert_eq!(readable.kind, ResponseKind::Cors);
            let mut names: Vec<_> = readable
                .headers
                .iter()
                .map(|line| line.0.as_str())
                .collect();
            assert_eq!(names.drain(..7).collect::<Vec<_>>(), SAFELISTED);
            // `*` exposes these two as well.
            names.retain(|name| !name.starts_with("access-control-allow-"));
            names.dedup_by(|one, other| one == other && *one == "access-control-expose-headers");
            assert_eq!(names, more, "{values:?} {:?}", fetch.credentials);
        }
    }
}

#[test]
fn values_are_unchanged() {
    let headers = [
        ("X-Odd", "two  words\u{e9}"),
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Expose-Headers", "*"),
    ];
    let readable = outcome(Quirks::NONE, &get(), &[response(404, &headers)])
        .result
        .unwrap();
    let expected = ("x-odd".to_owned(), "two  words\u{e9}".into());
    assert_eq!(
        (readable.status, readable.headers.first()),
        (404, Some(&expected))
    );
}

#[test]
fn same_origin_responses_are_readable_except_cookies() {
    let own = Fetch::new(PAGE, url("https://app.example.com:443/items"));
    let outcome = outcome(Quirks::NONE, &own, &[response(500, &SENT)]);
    let readable = outcome.result.unwrap();
    assert_eq!((readable.kind, readable.status), (ResponseKind::Basic, 500));
    assert_eq!(readable.headers.len(), SENT.len() - 2);
    assert!(
        !readable
            .headers
            .iter()
            .any(|line| line.0.starts_with("set-cookie"))
    );
}
