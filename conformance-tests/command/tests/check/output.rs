//! The whole report, as text and as JSON.

use serde_json::{Value, json};

use crate::server::{Server, response};
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
