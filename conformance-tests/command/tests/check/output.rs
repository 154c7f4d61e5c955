//! The whole report, as text and as JSON.

use serde_json::{Value, json};
use test_support::scripted::Sent;

use crate::server::{Reply, Server, response};
use crate::{check, check_on_terminal, command, run};

fn json(server: &Server, args: &[&str]) -> (i32, Value) {
    let run = check(&server.url(), &[args, &["--format", "json"]].concat());
    let text = run.stdout.replace(&server.address, "API");
    let value = serde_json::from_str(&text);
    (
        run.status,
        value.unwrap_or_else(|error| panic!("{error}: {run:?}")),
    )
}

#[test]
fn json_of_a_readable_response() {
    let server = Server::same(response(
        "200 OK",
        &["access-control-allow-origin: *", "x-b: \u{e9}", "x-b: '2'"],
    ));
    let (status, report) = json(&server, &["-H", "Cookie: a"]);
    assert_eq!(status, 0);
    let response = json!({
        "version": "HTTP/1.1",
        "status": 200,
        "headers": [
            ["access-control-allow-origin", "*"],
            ["x-b", "\\xc3\\xa9"],
            ["x-b", "'2'"],
            ["content-length", "0"],
        ],
        "body": null,
    });
    for (name, expected) in [
        ("url", json!("http://API/")),
        ("origin", json!("https://app.example.com")),
        ("browser", json!("standard")),
        ("verdict", json!("readable")),
        ("reason", json!("status 200, headers content-length")),
        (
            "readable",
            json!({ "status": 200, "headers": ["content-length"] }),
        ),
        ("problem", json!(null)),
        ("stopped_at", json!(null)),
        (
            "notes",
            json!(["scripts cannot set `Cookie`, so it is left out; use `--cookie`"]),
        ),
        (
            "exchanges",
            json!([{
                "request": {
                    "method": "GET",
                    "url": "http://API/",
                    "preflight": false,
                    "credentials": false,
                    "headers": [["origin", "https://app.example.com"]],
                },
                "response": response,
            }]),
        ),
    ] {
        assert_eq!(report[name], expected, "{name}");
    }
}

#[test]
fn json_of_other_verdicts() {
    let (status, report) = json(
        &Server::same(response("404 Not Found", &[])),
        &["-X", "PUT"],
    );
    assert_eq!((status, &report["verdict"]), (1, &json!("blocked")));
    assert_eq!(report["readable"], json!(null));
    assert_eq!(report["exchanges"][0]["request"]["preflight"], json!(true));

    let (status, report) = json(&Server::same(""), &[]);
    assert_eq!((status, &report["verdict"]), (2, &json!("unreachable")));
    assert_eq!(report["problem"], json!("closed"));
    assert_eq!(report["exchanges"][0]["response"], json!(null));

    let away = [
        "access-control-allow-origin: *",
        "location: https://b.example/",
    ];
    let (status, report) = json(&Server::same(response("302 Found", &away)), &[]);
    assert_eq!((status, &report["verdict"]), (2, &json!("stopped")));
    assert_eq!(report["stopped_at"], json!("https://b.example/"));
    assert_eq!(report["exchanges"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&report["findings"], &report["console"]["safari"]),
        (&json!([]), &json!(null))
    );
}

const ERROR_PAGE: &str = "<html>\r\n<head><title>403 Forbidden</title></head>\r\n\r\n<body>\t\x1b]0;pwn\x07\u{9b}1m</body>\n";

fn with_body(status: &str, headers: &[&str], body: &str) -> String {
    let length = format!("content-length: {}", body.len());
    let mut lines = vec![length.as_str()];
    lines.extend(headers);
    let lines = lines.join("\r\n");
    format!("HTTP/1.1 {status}\r\n{lines}\r\n\r\n{body}")
}

/// The body often says why.
#[test]
fn the_body_of_a_refusal() {
    let long = "x".repeat(5000);
    let escaped =
        r"<html> <head><title>403 Forbidden</title></head> <body> \x1b]0;pwn\x07\xc2\x9b1m</body>";
    let cut = format!("{} ...", "x".repeat(200));
    for (status, body, expected) in [
        (
            "400 Bad Request",
            "Disallowed CORS method",
            Some("Disallowed CORS method"),
        ),
        (
            "200 OK",
            "Disallowed CORS method",
            Some("Disallowed CORS method"),
        ),
        ("403 Forbidden", ERROR_PAGE, Some(escaped)),
        ("500 Internal Server Error", &long, Some(&cut)),
        ("404 Not Found", " \r\n", None),
        ("404 Not Found", "", None),
    ] {
        let server = Server::same(with_body(status, &[], body));
        let args = ["-X", "PUT"];
        let run = check_on_terminal(&server.url(), &args);
        run.assert_no_control_characters();
        let line = run
            .stdout
            .lines()
            .find_map(|line| line.strip_prefix("< body: "));
        assert_eq!(line, expected, "{run:?}");
        let (_, report) = json(&server, &args);
        assert_eq!(report["exchanges"][0]["response"]["body"], json!(expected));
    }
}

#[test]
fn other_bodies_are_not_shown() {
    let allowed = [
        "access-control-allow-origin: *",
        "access-control-allow-methods: PUT",
    ];
    let gzip = ["content-encoding: gzip"];
    for (responses, args) in [
        (["200 OK", "200 OK"], &["-X", "PUT"][..]),
        (["200 OK", "204 No Content"], &["-X", "PUT"]),
        (["500 Internal Server Error", "200 OK"], &["-X", "PUT"]),
        (["200 OK", "404 Not Found"], &["-X", "HEAD"]),
    ] {
        let server = Server::start(move |sent| match (sent.method(), responses) {
            ("OPTIONS", [status @ "200 OK", _]) => with_body(status, &allowed, "SECRET").into(),
            ("OPTIONS", [status, _]) => with_body(status, &gzip, "SECRET").into(),
            ("HEAD", [_, status]) => with_body(status, &[], "").into(),
            (_, [_, status]) => with_body(status, &allowed, "SECRET").into(),
        });
        let run = check(&server.url(), args);
        assert!(!run.stdout.contains("body: "), "{run:?}");
        assert!(!run.stdout.contains("SECRET"), "{run:?}");
    }
}

/// The head is enough for a verdict.
#[test]
fn a_body_that_does_not_end() {
    let head = "HTTP/1.1 403 Forbidden\r\ncontent-length: 100000000\r\n\r\n";
    let cut = format!("< body: {} ...\n", "no ".repeat(67).trim_end());
    let block = "no ".repeat(400);
    let first = format!("{head}{block}");
    for (server, body) in [
        (Server::start(move |_| Reply::Open(head.into())), ""),
        (
            Server::start(move |_| Reply::Open(format!("{head}no").into())),
            "< body: no\n",
        ),
        (
            Server::start(move |_| Reply::Endless(first.clone().into(), block.clone().into())),
            &cut,
        ),
    ] {
        let run = check(&server.url(), &[]);
        assert_eq!(run.status, 1, "{run:?}");
        assert!(run.stdout.contains(body), "{run:?}");
        assert_eq!(run.stdout.contains("body: "), !body.is_empty(), "{run:?}");
    }
}

#[test]
fn a_body_that_repeats_the_request() {
    let server = after_preflight(|sent| {
        let body = sent.headers.join("\n");
        with_body("500 Internal Server Error", &ALLOWED, &body)
    });
    let headers = [
        "-H",
        "A-Key: SECRET-1",
        "-H",
        "Authorization: Bearer SECRET-2",
    ];
    let args = [&headers[..], &["--cookie", "a=SECRET-3; b=SECRET-4"]].concat();
    let expected = "a-key: ... accept: */* authorization: Bearer ... cookie: a=...; b=... host: ";
    for format in ["text", "json"] {
        let run = check(&server.url(), &[&args[..], &["--format", format]].concat());
        assert!(run.stdout.contains(expected), "{run:?}");
        assert!(!run.stdout.contains("SECRET"), "{run:?}");
    }
}

/// The start of a secret is also secret.
#[test]
fn a_body_that_ends_inside_a_secret() {
    let token: String = (0..400).map(|n| format!("S{n:04}")).collect();
    let spaces = " ".repeat(1 << 10);
    let value = format!("Bearer {token}");
    for (body, missing, expected) in [
        (
            format!("Authorization: {value}"),
            0,
            "Authorization: Bearer ...",
        ),
        (format!("{}{value}", &spaces[..1_000]), 0, "Bearer ..."),
        (
            format!("Bearer {}{token}", &spaces[..1_016]),
            0,
            "Bearer ...",
        ),
        // The connection ends before the body does.
        ("Bearer S0000S".to_owned(), 1, "Bearer ..."),
        ("Bearer S".to_owned(), 1, "Bearer ..."),
        // The body ends here.
        ("Bearer S".to_owned(), 0, "Bearer S"),
    ] {
        let head = "HTTP/1.1 400 Bad Request\r\ncontent-length: ";
        let length = body.len() + missing;
        let server = after_preflight(move |_| format!("{head}{length}\r\n\r\n{body}"));
        assert_body(&server, &[&format!("Authorization: {value}")], expected);
    }
}

#[test]
fn secrets_that_overlap() {
    for (values, body, expected) in [
        (
            ["abcdefgh", "abcdefgh12345"],
            "abcdefgh12345 abcdefgh1",
            "... ...1",
        ),
        (["abcdefgh", "0abcdefgh12345"], "0abcdefgh12345", "..."),
        (["abcdefgh", "efgh12345"], "abcdefgh12345", "..."),
    ] {
        for [a, b] in [values, [values[1], values[0]]] {
            let server = after_preflight(move |_| with_body("400 Bad Request", &[], body));
            let lines = [format!("A-Key: {a}"), format!("Authorization: {b}")];
            assert_body(&server, &lines.each_ref().map(String::as_str), expected);
            assert_body(&server, &[&format!("A-Key: {a} {b}")], expected);
        }
    }
}

const ALLOWED: [&str; 3] = [
    "access-control-allow-origin: https://app.example.com",
    "access-control-allow-credentials: true",
    "access-control-allow-headers: a-key, authorization",
];

/// A server that allows the preflight.
fn after_preflight(reply: impl Fn(&Sent) -> String + Send + Sync + 'static) -> Server {
    Server::start(move |sent| match sent.is_preflight() {
        true => response("200 OK", &ALLOWED).into(),
        false => reply(sent).into(),
    })
}

/// Checks what both reports show of the last body.
#[track_caller]
fn assert_body(server: &Server, headers: &[&str], expected: &str) {
    let args: Vec<&str> = headers.iter().flat_map(|line| ["-H", line]).collect();
    let run = check(&server.url(), &args);
    let line = format!("< body: {expected}\n");
    assert!(run.stdout.contains(&line), "{line} {run:?}");
    let (_, report) = json(server, &args);
    let last = report["exchanges"].as_array().unwrap().last().unwrap();
    assert_eq!(last["response"]["body"], expected);
}

/// Reports are pasted into issues.
#[test]
fn secrets_are_not_shown() {
    let server = Server::same(response(
        "200 OK",
        &[
            "access-control-allow-origin: https://app.example.com",
            "access-control-allow-credentials: true",
            "access-control-allow-headers: authorization, x-api-key, content-type",
            "set-cookie: session=SECRET; Secure",
            "set-cookie: SECRET",
        ],
    ));
    let args = [
        "-H",
        "Authorization: Bearer SECRET",
        "-H",
        "X-Api-Key: SECRET",
        "-H",
        "Content-Type: application/json",
        "--cookie",
        "a=SECRET",
    ];
    let text = check(&server.url(), &[&args[..], &["-v"]].concat());
    let json = check(&server.url(), &[&args[..], &["--format", "json"]].concat());
    let curl = format!(
        "curl {} -u user:SECRET -H 'X-Api-Key: SECRET' -e https://app.example.com/",
        server.url()
    );
    let curl = run(command().args(["--format", "json", "--from-curl", &curl]));
    // The consoles quote values that are not valid.
    let invalid = check(&server.url(), &["-H", "X-Api-Key: SEC\nRET"]);
    for (run, status) in [(&text, 0), (&json, 0), (&curl, 0), (&invalid, 1)] {
        assert_eq!(run.status, status, "{run:?}");
        for secret in ["SEC", "RET", "dXNlcjpTRUNSRVQ="] {
            assert!(!run.stdout.contains(secret), "{run:?}");
        }
    }
    for line in [
        ">   authorization: ...\n",
        ">   content-type: application/json\n",
        "<   set-cookie: session=...; Secure\n",
    ] {
        assert!(text.stdout.contains(line), "{text:?}");
    }
    let sent = server.all();
    let secrets = sent.iter().filter_map(|sent| sent.value("authorization"));
    let expected = ["Bearer SECRET", "Bearer SECRET", "Basic dXNlcjpTRUNSRVQ="];
    assert_eq!(
        secrets.collect::<Vec<_>>(),
        expected.map(|value| [value; 3]).concat()
    );
}

/// A value is not looked for where no console quotes it.
#[test]
fn a_short_secret_does_not_garble_the_url() {
    let server = Server::same(response("200 OK", &[]));
    let run = check(&server.url(), &["-H", "X-A: 1"]);
    let start = format!(
        "console of Chromium: Access to fetch at '{}' from",
        server.url()
    );
    assert!(run.stdout.contains(&start), "{run:?}");
}

#[test]
fn arguments_cannot_control_the_terminal() {
    const PWN: &str = "sec-\x1b]0;pwn\x07x";
    let server = Server::same(response("200 OK", &["access-control-allow-origin: *"]));
    let header = format!("{PWN}: 1");
    let value = format!("x: {PWN}\n\u{9b}1");
    for args in [
        ["-X", PWN],
        ["-H", &header],
        ["-H", &value],
        ["-H", "x\u{202e}y: 1"],
    ] {
        for format in ["text", "json"] {
            let run =
                check_on_terminal(&server.url(), &[&args[..], &["--format", format]].concat());
            assert!(!run.stdout.is_empty(), "{args:?}");
            run.assert_no_control_characters();
        }
    }
    let curl = format!(
        "curl {} -H $'sec-\\x1b]0;pwn\\x07x: 1' -e https://app.example.com/",
        server.url()
    );
    let run = run(command()
        .env("CLICOLOR_FORCE", "1")
        .args(["--from-curl", &curl]));
    assert!(
        run.stdout.contains("left out: sec-\\u{1b}]0;pwn\\u{7}x; "),
        "{run:?}"
    );
    run.assert_no_control_characters();
}
