//! What each engine does differently, and that others do not.

use browser_model::{Browser, Fetch, Quirks};

use super::{Lines, PAGE, answer, url, value, with};

const ENGINES: [(&str, Quirks); 4] = [
    ("standard", Quirks::NONE),
    ("chromium", Quirks::CHROMIUM),
    ("firefox", Quirks::FIREFOX),
    ("webkit", Quirks::WEBKIT),
];

/// A fetch, the URLs to which it is redirected, and the requests that follow from it.
struct Row<'a> {
    from: &'a str,
    forces_preflight: bool,
    method: &'a str,
    headers: Lines<'a>,
    path: &'a [&'a str],
    standard: &'a str,
    /// Of the engines that differ.
    others: &'a [(&'a str, &'a str)],
}

const PLAIN: Row<'_> = Row {
    from: super::API,
    forces_preflight: false,
    method: "GET",
    headers: &[],
    path: &[],
    standard: "GET page",
    others: &[],
};

#[test]
fn requests() {
    const A: &str = "https://app.example.com/a";
    const B: &str = "https://api.example.com/b";
    const B2: &str = "https://api.example.com/b2";
    const C: &str = "https://c.example.com/c";
    let type_json = [("content-type", "application/json")];
    let rows = [
        PLAIN,
        Row {
            headers: &[("range", "BYTES=0-5")],
            standard: "?GET(range) page, GET page",
            others: &[("webkit", "GET page")],
            ..PLAIN
        },
        Row {
            headers: &[("range", "BYTES=-5")],
            standard: "?GET(range) page, GET page",
            ..PLAIN
        },
        Row {
            headers: &[("accept", "\u{e9}")],
            others: &[("firefox", "?GET(accept) page, GET page")],
            ..PLAIN
        },
        Row {
            headers: &[("content-type", "text/plain; \u{e9}")],
            others: &[("firefox", "?GET(content-type) page, GET page")],
            ..PLAIN
        },
        Row {
            headers: &[("content-type", "text/plain;;;")],
            others: &[("firefox", "?GET(content-type) page, GET page")],
            ..PLAIN
        },
        Row {
            headers: &[("content-type", "text/plain; a=b")],
            ..PLAIN
        },
        // What the page is called to the preflight, after a redirect from one other origin to the next.
        Row {
            method: "PUT",
            path: &[C],
            standard: "?PUT() page, PUT page, ?PUT() null, PUT null",
            others: &[("firefox", "?PUT() page, PUT page, ?PUT() page, PUT null")],
            ..PLAIN
        },
        // Authorization is removed on the way.
        Row {
            headers: &[("authorization", "1"), ("x-a", "1")],
            path: &[C],
            standard: "?GET(authorization,x-a) page, GET+authorization page, ?GET(x-a) null, GET null",
            others: &[
                (
                    "firefox",
                    "?GET(authorization,x-a) page, GET+authorization page, ?GET(x-a) page, GET null",
                ),
                (
                    "webkit",
                    "?GET(authorization,x-a) page, GET+authorization page, ?GET(authorization,x-a) null, GET null",
                ),
            ],
            ..PLAIN
        },
        // Here the redirect removes the content type, and makes a GET of it.
        Row {
            method: "POST",
            headers: &type_json,
            path: &[B],
            standard: "?POST(content-type) page, POST page, GET page",
            others: &[
                (
                    "firefox",
                    "?POST(content-type) page, POST page, ?GET() page, GET page",
                ),
                (
                    "webkit",
                    "?POST(content-type) page, POST page, ?GET(content-type) page, GET page",
                ),
            ],
            ..PLAIN
        },
        // One redirect later, Firefox asks for it all the same.
        Row {
            method: "POST",
            headers: &type_json,
            path: &[B, B2],
            standard: "?POST(content-type) page, POST page, GET page, GET page",
            others: &[
                (
                    "firefox",
                    "?POST(content-type) page, POST page, ?GET() page, GET page, \
                     ?GET(content-type) page, GET page",
                ),
                (
                    "webkit",
                    "?POST(content-type) page, POST page, ?GET(content-type) page, GET page, \
                     ?GET(content-type) page, GET page",
                ),
            ],
            ..PLAIN
        },
        Row {
            path: &[B, C],
            standard: "GET page, GET page, GET null",
            ..PLAIN
        },
        // An origin that Authorization is not meant for gets it from Firefox, one redirect later.
        Row {
            headers: &[("authorization", "1")],
            path: &[C, C],
            standard: "?GET(authorization) page, GET+authorization page, GET null, GET null",
            others: &[
                (
                    "firefox",
                    "?GET(authorization) page, GET+authorization page, ?GET() page, GET null, \
                     ?GET(authorization) page, GET+authorization null",
                ),
                (
                    "webkit",
                    "?GET(authorization) page, GET+authorization page, ?GET(authorization) null, \
                     GET null, GET null",
                ),
            ],
            ..PLAIN
        },
        // Firefox and WebKit ask for what the page's own origin needs no preflight for.
        Row {
            from: A,
            method: "POST",
            headers: &type_json,
            path: &[B],
            standard: "POST page, GET page",
            others: &[
                ("firefox", "POST page, ?GET() page, GET page"),
                ("webkit", "POST page, ?GET(content-type) page, GET page"),
            ],
            ..PLAIN
        },
        Row {
            method: "DELETE",
            path: &[C],
            standard: "?DELETE() page, DELETE page, ?DELETE() null, DELETE null",
            others: &[
                (
                    "firefox",
                    "?DELETE() page, DELETE page, ?DELETE() page, DELETE null",
                ),
                (
                    "webkit",
                    "?DELETE() page, DELETE page, ?GET() null, GET null",
                ),
            ],
            ..PLAIN
        },
        Row {
            from: A,
            method: "POST",
            path: &[A],
            standard: "POST page, GET -",
            others: &[("webkit", "POST page, GET page")],
            ..PLAIN
        },
        Row {
            forces_preflight: true,
            method: "POST",
            standard: "?POST() page, POST page",
            others: &[("chromium", "POST page")],
            ..PLAIN
        },
    ];
    let hint = |name, value| {
        let asked = format!("?GET({name}) page, GET page");
        (name, value, asked)
    };
    let hints = [
        hint("device-memory", "0.5"),
        hint("downlink", "1"),
        hint("dpr", "2"),
        hint("ect", "4g"),
        hint("rtt", "1"),
        hint("save-data", "On"),
        hint("user-agent", "x"),
        hint("viewport-width", "1"),
        hint("width", "1"),
    ];
    let no_hints = [
        hint("device-memory", "1."),
        hint("dpr", "1.2.3"),
        hint("save-data", "off"),
        hint("viewport-width", "1.5"),
        hint("width", ""),
        hint("x-a", "1"),
    ];
    for row in rows {
        row.judge();
    }
    for (name, value, asked) in &hints {
        Row {
            headers: &[(name, value)],
            standard: asked,
            others: &[("chromium", "GET page")],
            ..PLAIN
        }
        .judge();
    }
    for (name, value, asked) in &no_hints {
        Row {
            headers: &[(name, value)],
            standard: asked,
            ..PLAIN
        }
        .judge();
    }
}

impl Row<'_> {
    fn judge(&self) {
        for (engine, quirks) in ENGINES {
            let other = self.others.iter().find(|(name, _)| *name == engine);
            let expected = other.map_or(self.standard, |(_, requests)| requests);
            assert_eq!(
                self.requests(quirks),
                expected,
                "{engine} {:?}",
                self.headers
            );
        }
    }

    fn requests(&self, quirks: Quirks) -> String {
        let mut path = self.path.iter();
        let fetch = Fetch {
            url: url(self.from),
            forces_preflight: self.forces_preflight,
            ..with(self.method, self.headers)
        };
        let outcome = Browser::new(quirks).fetch(&fetch, |request| {
            let mut headers = vec![
                (
                    "Access-Control-Allow-Origin",
                    value(request, "origin").unwrap_or("*"),
                ),
                ("Access-Control-Allow-Methods", "DELETE, PUT"),
            ];
            let asked = value(request, "access-control-request-headers");
            headers.extend(asked.map(|names| ("Access-Control-Allow-Headers", names)));
            let next = (!request.is_preflight).then(|| path.next()).flatten();
            headers.extend(next.map(|url| ("Location", *url)));
            Some(answer(next.map_or(200, |_| 302), &headers))
        });
        assert!(outcome.result.is_ok(), "{outcome:?}");
        let requests = outcome.exchanges.iter().map(|(request, _)| {
            let has_key = value(request, "authorization").is_some();
            let key = if has_key { "+authorization" } else { "" };
            let origin = value(request, "origin")
                .unwrap_or("-")
                .replace(PAGE, "page");
            let value = |name| value(request, name).unwrap_or_default();
            match request.is_preflight {
                true => format!(
                    "?{}({}) {origin}",
                    value("access-control-request-method"),
                    value("access-control-request-headers"),
                ),
                false => format!("{}{key} {origin}", request.method),
            }
        });
        requests.collect::<Vec<_>>().join(", ")
    }
}

#[test]
fn authorization_under_any() {
    let fetch = with("GET", &[("Authorization", "1")]);
    for (engine, quirks) in ENGINES {
        let read = |headers, origin| {
            let answer = answer(
                200,
                &[
                    ("Access-Control-Allow-Origin", origin),
                    ("Access-Control-Allow-Credentials", "true"),
                    ("Access-Control-Allow-Headers", headers),
                ],
            );
            let including = super::including(fetch.clone());
            [&fetch, &including].map(|fetch| {
                let outcome = Browser::new(quirks).fetch(fetch, |_| Some(answer.clone()));
                outcome.result.is_ok()
            })
        };
        assert_eq!(read("*", PAGE), [engine != "standard", false], "{engine}");
        assert_eq!(read("*, Authorization", PAGE), [true, true], "{engine}");
        assert_eq!(read("", PAGE), [false, false], "{engine}");
    }
}

#[test]
fn a_preflight_that_firefox_makes_for_the_page_is_checked_for_the_page() {
    let put = Fetch {
        url: url("https://b.example.com/"),
        ..with("PUT", &[])
    };
    for (engine, quirks) in ENGINES {
        for origin in [PAGE, "null"] {
            let methods = ("Access-Control-Allow-Methods", "PUT");
            let any = ("Access-Control-Allow-Origin", "*");
            let answers = [
                answer(200, &[any, methods]),
                answer(307, &[any, ("Location", "https://c.example.com/")]),
                answer(200, &[("Access-Control-Allow-Origin", origin), methods]),
                answer(200, &[any]),
            ];
            let outcome = super::outcome(quirks, &put, &answers);
            let expected = origin == if engine == "firefox" { PAGE } else { "null" };
            assert_eq!(outcome.result.is_ok(), expected, "{engine} {origin}");
        }
    }
}
