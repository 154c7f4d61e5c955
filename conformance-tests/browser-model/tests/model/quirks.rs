//! The deviations of each engine, and that the other engines do not have them.

use browser_model::{Browser, Fetch, Quirks};

use super::{Lines, PAGE, response, url, value, with};

const ENGINES: [(&str, Quirks); 4] = [
    ("standard", Quirks::NONE),
    ("chromium", Quirks::CHROMIUM),
    ("firefox", Quirks::FIREFOX),
    ("webkit", Quirks::WEBKIT),
];

/// A fetch, the URLs to which it is redirected, and the requests that the browser sends.
struct Row<'a> {
    from: &'a str,
    forces_preflight: bool,
    method: &'a str,
    headers: Lines<'a>,
    path: &'a [&'a str],
    standard: &'a str,
    /// The requests of the engines that deviate.
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
        // The origin of the preflight after a redirect from another origin to a different origin.
        Row {
            method: "PUT",
            path: &[C],
            standard: "?PUT() page, PUT page, ?PUT() null, PUT null",
            others: &[("firefox", "?PUT() page, PUT page, ?PUT() page, PUT null")],
            ..PLAIN
        },
        // The redirect removes Authorization.
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
        // The redirect removes the content type and changes the method to GET.
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
        // After one more redirect, Firefox requests the content type in the preflight again.
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
        // After one more redirect, Firefox sends Authorization to an origin that it is not meant for.
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
        // Firefox and WebKit send a preflight because of a header of the first, same-origin request.
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
        let requested = format!("?GET({name}) page, GET page");
        (name, value, requested)
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
        row.check();
    }
    for (name, value, requested) in &hints {
        Row {
            headers: &[(name, value)],
            standard: requested,
            others: &[("chromium", "GET page")],
            ..PLAIN
        }
        .check();
    }
    for (name, value, requested) in &no_hints {
        Row {
            headers: &[(name, value)],
            standard: requested,
            ..PLAIN
        }
        .check();
    }
}

impl Row<'_> {
    fn check(&self) {
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
            let requested = value(request, "access-control-request-headers");
            headers.extend(requested.map(|names| ("Access-Control-Allow-Headers", names)));
            let next = (!request.is_preflight).then(|| path.next()).flatten();
            headers.extend(next.map(|url| ("Location", *url)));
            Some(response(next.map_or(200, |_| 302), &headers))
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
            let response = response(
                200,
                &[
                    ("Access-Control-Allow-Origin", origin),
                    ("Access-Control-Allow-Credentials", "true"),
                    ("Access-Control-Allow-Headers", headers),
                ],
            );
            let including = super::including(fetch.clone());
            [&fetch, &including].map(|fetch| {
                let outcome = Browser::new(quirks).fetch(fetch, |_| Some(response.clone()));
                outcome.result.is_ok()
            })
        };
        assert_eq!(read("*", PAGE), [engine != "standard", false], "{engine}");
        assert_eq!(read("*, Authorization", PAGE), [true, true], "{engine}");
        assert_eq!(read("", PAGE), [false, false], "{engine}");
    }
}

#[test]
fn firefox_checks_a_preflight_against_the_origin_that_it_sent() {
    let put = Fetch {
        url: url("https://b.example.com/"),
        ..with("PUT", &[])
    };
    for (engine, quirks) in ENGINES {
        for origin in [PAGE, "null"] {
            let methods = ("Access-Control-Allow-Methods", "PUT");
            let any = ("Access-Control-Allow-Origin", "*");
            let responses = [
                response(200, &[any, methods]),
                response(307, &[any, ("Location", "https://c.example.com/")]),
                response(200, &[("Access-Control-Allow-Origin", origin), methods]),
                response(200, &[any]),
            ];
            let outcome = super::outcome(quirks, &put, &responses);
            let expected = origin == if engine == "firefox" { PAGE } else { "null" };
            assert_eq!(outcome.result.is_ok(), expected, "{engine} {origin}");
        }
    }
}

#[test]
fn firefox_ignores_empty_lines() {
    const ORIGIN: &str = "Access-Control-Allow-Origin";
    const CREDENTIALS: &str = "Access-Control-Allow-Credentials";
    let including = super::including(with("GET", &[]));
    let read = |quirks, headers| {
        let outcome = super::outcome(quirks, &including, &[response(200, headers)]);
        outcome.result.is_ok()
    };
    for (engine, quirks) in ENGINES {
        let rows: [Lines<'_>; 3] = [
            &[(ORIGIN, ""), (ORIGIN, PAGE), (CREDENTIALS, "true")],
            &[(ORIGIN, PAGE), (ORIGIN, " "), (CREDENTIALS, "true")],
            &[(ORIGIN, PAGE), (CREDENTIALS, "true"), (CREDENTIALS, "")],
        ];
        for headers in rows {
            assert_eq!(
                read(quirks, headers),
                engine == "firefox",
                "{engine} {headers:?}"
            );
        }
        let rows: [Lines<'_>; 3] = [
            &[(ORIGIN, ""), (ORIGIN, ""), (CREDENTIALS, "true")],
            &[(ORIGIN, PAGE), (CREDENTIALS, "")],
            &[
                (ORIGIN, PAGE),
                (ORIGIN, PAGE),
                (ORIGIN, ""),
                (CREDENTIALS, "true"),
            ],
        ];
        for headers in rows {
            assert!(!read(quirks, headers), "{engine} {headers:?}");
        }
    }
}

#[test]
fn chromium_blocks_user_names_in_urls() {
    let fetch = Fetch {
        url: url("https://app.example.com/a"),
        ..with("GET", &[])
    };
    for (engine, quirks) in ENGINES {
        for target in [
            "https://user@app.example.com/",
            "https://:secret@app.example.com/",
        ] {
            let responses = [response(302, &[("Location", target)]), response(200, &[])];
            let outcome = super::outcome(quirks, &fetch, &responses);
            assert_eq!(
                outcome.result.is_ok(),
                engine != "chromium",
                "{engine} {target}"
            );
        }
    }
}
