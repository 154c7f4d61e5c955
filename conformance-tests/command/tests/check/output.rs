//! The whole report, as text and as JSON.

use serde_json::{Value, json};

use crate::check;
use crate::server::{Server, response};

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
