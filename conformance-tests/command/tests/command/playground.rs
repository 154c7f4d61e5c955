//! `cors playground` over sockets. `browser.rs` tests it in a browser.

#[cfg(target_os = "linux")] // it reads /proc
mod leaks;

use std::net::TcpListener;

use serde_json::{Value, json};
use test_support::process::Server;

use super::http::{junk, request};
use crate::process::{Playground, cors, policy_file};

#[test]
fn uses_and_reports_other_ports() {
    // Hold the ports that are free; the others are in use already.
    let ports = [8000, 3000, 3001].into_iter();
    let holders: Vec<_> = ports
        .filter_map(|port| TcpListener::bind(("127.0.0.1", port)).ok())
        .collect();
    let held: Vec<_> = holders
        .iter()
        .map(|holder| holder.local_addr().unwrap())
        .collect();
    let server = Server::start(cors().arg("playground"));
    for address in &held {
        server.line_with(&format!("port {} ", address.port()));
    }
    let Playground {
        page, other, api, ..
    } = &Playground::started(server);
    for address in held {
        assert!(
            ![page, other, api].contains(&&address.to_string()),
            "{address}"
        );
    }
    let addresses = json_body(&request(page, "GET /addresses", &[], ""));
    let expected = json!({ "api": format!("http://{api}"), "other": format!("http://{other}") });
    assert_eq!(addresses, expected);
    let policy = json_body(&request(page, "GET /policy", &[], ""));
    let text: Value = serde_json::from_str(policy["text"].as_str().unwrap()).unwrap();
    assert_eq!(text["allow_origins"], json!([format!("http://{page}")]));
}

#[test]
fn applies_a_policy_as_a_whole_or_not_at_all() {
    let (_folder, path) = policy_file("good.toml", "allow_origins = ['https://example.com']");
    let playground = Playground::start(&["--policy", path.to_str().unwrap()]);
    let allows = |origin: &str| {
        let response = request(
            &playground.api,
            "GET /",
            &[&format!("origin: {origin}")],
            "",
        );
        response.contains(&format!("access-control-allow-origin: {origin}\r\n"))
    };
    assert!(allows("https://example.com") && !allows("https://example.org"));

    let wrong = r#"{"allow_origins": ["https://example.org", "https://example.com/"], "allow_credentials": true}"#;
    let response = apply(&playground.page, wrong, &[]);
    assert!(response.starts_with("HTTP/1.1 422 "), "{response}");
    let verdict = json_body(&response);
    assert_eq!(verdict["applied"], false);
    assert_eq!(
        verdict["errors"][0]["correction"],
        json!({ "replace": "https://example.com" })
    );
    let response = apply(&playground.page, "{", &[]);
    assert!(response.starts_with("HTTP/1.1 400 "), "{response}");
    assert_eq!(
        json_body(&response)["malformed"],
        "invalid JSON: EOF while parsing an object at line 1 column 1"
    );
    assert!(allows("https://example.com") && !allows("https://example.org"));

    let good = r#"{"allow_origins": ["https://example.org"]}"#;
    let response = apply(&playground.page, good, &[]);
    assert!(response.starts_with("HTTP/1.1 200 "), "{response}");
    assert!(!allows("https://example.com") && allows("https://example.org"));
}

#[test]
fn refuses_other_websites() {
    let playground = Playground::start(&[]);
    let page = playground.page.as_str();
    let port = page.rsplit(':').next().unwrap();
    let before = json_body(&request(page, "GET /policy", &[], ""));
    let json = "content-type: application/json";
    for (headers, status) in [
        // A form or a `no-cors` fetch.
        (vec!["content-type: text/plain".to_owned()], 415),
        (
            vec!["content-type: text/plain;application/json".to_owned()],
            415,
        ),
        (vec![], 415),
        // A fetch with the right type, as if its preflight had been granted.
        (
            vec![json.to_owned(), "origin: https://example.com".to_owned()],
            403,
        ),
        (vec![json.to_owned(), "origin: null".to_owned()], 403),
        (
            vec![
                json.to_owned(),
                format!("origin: http://{}", playground.other),
            ],
            403,
        ),
        // DNS rebinding: to the browser, the request is same-origin.
        (
            vec![
                json.to_owned(),
                "host: example.com".to_owned(),
                "origin: http://example.com".to_owned(),
            ],
            403,
        ),
        (
            vec![json.to_owned(), format!("host: example.com:{port}")],
            403,
        ),
        // Another name or port of this machine: a page of another program.
        (vec![json.to_owned(), "host: localhost".to_owned()], 403),
        (vec![json.to_owned(), "host: localhost:1".to_owned()], 403),
        (vec![json.to_owned(), format!("host: [::1]:{port}")], 403),
        (
            vec![json.to_owned(), format!("host: 127.0.0.2:{port}")],
            403,
        ),
        (
            vec![
                json.to_owned(),
                format!("host: {page}"),
                format!("host: {page}"),
            ],
            403,
        ),
        (
            vec![json.to_owned(), format!("origin: http://localhost:{port}")],
            403,
        ),
        (
            vec![
                json.to_owned(),
                format!("origin: http://{page}"),
                format!("origin: http://{page}"),
            ],
            403,
        ),
        (
            vec![json.to_owned(), "sec-fetch-site: same-site".to_owned()],
            403,
        ),
        (
            vec![json.to_owned(), "sec-fetch-site: cross-site".to_owned()],
            403,
        ),
        (
            vec![
                json.to_owned(),
                format!("host: 127.0.0.1.example.com:{port}"),
            ],
            403,
        ),
    ] {
        let headers: Vec<_> = headers.iter().map(String::as_str).collect();
        let response = request(page, "POST /apply", &headers, r#"{"allow_origins": ["*"]}"#);
        assert!(
            response.starts_with(&format!("HTTP/1.1 {status} ")),
            "{headers:?}: {response}"
        );
    }
    // Preflights and reads are refused, too, without any CORS header.
    let preflight = [
        "origin: https://example.com",
        "access-control-request-method: POST",
        "access-control-request-headers: content-type",
    ];
    for response in [
        request(page, "OPTIONS /apply", &preflight, ""),
        request(
            page,
            "GET /log?row=1&credentials=false&read=",
            &["origin: https://example.com"],
            "",
        ),
        request(page, "GET /policy", &["host: example.com"], ""),
        // A `no-cors` fetch has no `Origin`.
        request(page, "GET /policy", &["sec-fetch-site: same-site"], ""),
    ] {
        assert!(response.starts_with("HTTP/1.1 403 "), "{response}");
        assert!(!response.contains("access-control-"), "{response}");
    }
    assert_eq!(json_body(&request(page, "GET /policy", &[], "")), before);
    // The page itself can apply a policy, at each of its addresses.
    for host in [page.to_owned(), format!("localhost:{port}")] {
        let own = [
            format!("host: {host}"),
            format!("origin: http://{host}"),
            "sec-fetch-site: same-origin".to_owned(),
        ];
        let response = apply(page, super::GOOD, &own.each_ref().map(String::as_str));
        assert!(response.starts_with("HTTP/1.1 200 "), "{host}: {response}");
    }
    // A link on another website leads to the page.
    let link = ["sec-fetch-site: cross-site"];
    assert!(request(page, "GET /", &link, "").starts_with("HTTP/1.1 200 "));
}

#[test]
fn the_server_of_the_frame_has_no_controls() {
    let playground = Playground::start(&[]);
    let Playground { page, other, .. } = &playground;
    let before = json_body(&request(page, "GET /policy", &[], ""));
    for response in [
        apply(other, super::GOOD, &[]),
        request(other, "GET /policy", &[], ""),
        request(other, "GET /log?row=1&credentials=false&read=", &[], ""),
        request(other, "GET /addresses", &[], ""),
        request(other, "GET /", &[], ""),
    ] {
        assert!(response.starts_with("HTTP/1.1 404 "), "{response}");
    }
    let rebound = request(other, "GET /frame", &["host: example.com"], "");
    assert!(rebound.starts_with("HTTP/1.1 403 "), "{rebound}");
    assert_eq!(json_body(&request(page, "GET /policy", &[], "")), before);
}

#[test]
fn a_policy_that_is_too_long_is_refused() {
    let playground = Playground::start(&[]);
    let origins = |count: usize| {
        let origins = (0..count).map(|n| format!("https://customer-{n}.example.com"));
        json!({ "allow_origins": origins.collect::<Vec<_>>() }).to_string()
    };
    let response = apply(&playground.page, &origins(10_000), &[]);
    assert!(response.starts_with("HTTP/1.1 200 "), "{response}");

    let response = apply(&playground.page, &origins(20_000), &[]);
    assert!(response.starts_with("HTTP/1.1 413 "), "{response}");
    let problem = json_body(&response)["malformed"].clone();
    let stated = "the policy has more than 524288 bytes, the limit of the playground; \
                  check it with `cors lint`, and try it with `cors serve`";
    assert_eq!(problem, stated);
    let policy = json_body(&request(&playground.page, "GET /policy", &[], ""));
    assert_eq!(policy["text"], origins(10_000));
}

#[test]
fn logs_decisions_and_expectations() {
    let playground = Playground::start(&[]);
    let Playground { page, api, .. } = &playground;
    let origin = format!("origin: http://{page}");
    request(
        api,
        "OPTIONS /items?row=a",
        &[&origin, "access-control-request-method: DELETE"],
        "",
    );
    request(api, "GET /items?row=b", &[&origin], "");
    apply(
        page,
        &format!(r#"{{"allow_origins": ["http://{page}"]}}"#),
        &[],
    );
    request(api, "GET /items?row=c", &[&origin], "");

    let log = |query: &str| json_body(&request(page, &format!("GET /log?{query}"), &[], ""));
    let refused = log("row=a&credentials=false&read=");
    assert_eq!(refused["requests"][0]["decision"], "preflight-refused");
    assert_eq!(
        refused["requests"][0]["reasons"],
        json!(["method-not-allowed"])
    );
    assert_eq!(refused["expected"], json!({ "outcome": "blocked" }));
    // The expectation of a request depends on the policy that decided it.
    let readable = json!({ "outcome": "readable", "header": "readable" });
    assert_eq!(
        log("row=b&credentials=true&read=X-Request-Id")["expected"],
        readable
    );
    let change = json!({
        "key": "expose_headers",
        "add": ["x-request-id"],
        "message": "expose_headers: add `x-request-id`",
    });
    let hidden = json!({ "outcome": "readable", "header": "hidden", "change": change });
    assert_eq!(
        log("row=c&credentials=false&read=X-Request-Id")["expected"],
        hidden
    );
    assert_eq!(
        log("row=c&credentials=true&read=")["expected"]["outcome"],
        "blocked"
    );
    assert_eq!(
        log("row=d&credentials=false&read="),
        json!({ "requests": [], "expected": null })
    );
    // `Vary` is not a CORS header. The path has a query of its own.
    request(api, "GET /items?a=1&row=e", &[&origin], "");
    let response = &log("row=e&credentials=false&read=")["requests"][0];
    let allowed = json!([["access-control-allow-origin", format!("http://{page}")]]);
    assert_eq!(response["headers"], allowed);
    assert_eq!(response["other_headers"][0][0], "vary");
    // Where a redirect leads is not in the log.
    request(api, "GET /redirect?row=f", &[&origin], "");
    assert_eq!(
        log("row=f&credentials=false&read=")["expected"],
        json!(null)
    );
}

#[test]
fn explains_a_request_under_the_active_policy() {
    let playground = Playground::start(&[]);
    let Playground { page, api, .. } = &playground;
    let explain = |question: &str| {
        let headers = ["content-type: application/json"];
        request(page, "POST /explain", &headers, question)
    };
    let asked = |origin: &str| {
        let url = format!("http://{api}/items");
        json!({ "origin": origin, "url": url, "method": "PATCH", "headers": [["X-A", "1"]], "credentials": true, "body": "" })
    };
    let refused = json_body(&explain(&asked(&format!("http://{page}")).to_string()));
    assert_eq!(refused["readable"], false);
    assert_eq!(
        refused["steps"][2]["message"],
        "preflight refused: method `PATCH` is not in allow_methods; header `x-a` is not in allow_headers"
    );
    apply(
        page,
        r#"{"allow_origins": ["https://a.com"], "allow_credentials": true, "allow_methods": ["*"], "allow_headers": ["*"]}"#,
        &[],
    );
    assert_eq!(
        json_body(&explain(&asked("https://a.com").to_string()))["readable"],
        true
    );
    let is_refused = |question: &str, problem: &str| {
        let response = explain(question);
        assert!(
            response.starts_with("HTTP/1.1 400 ") && response.contains(problem),
            "{response}"
        );
    };
    is_refused("", "EOF");
    is_refused("{}", "missing field `origin`");
    is_refused(
        &asked("https://a.com/").to_string(),
        "the origin is not one that browsers send",
    );
    is_refused(
        &asked("https://a.com").to_string().replace("http://", "//"),
        "the URL is not valid",
    );
    let long = explain(&asked(&"a".repeat(70_000)).to_string());
    assert!(long.starts_with("HTTP/1.1 413 "), "{long:.200}");
}

#[test]
fn answers_in_short_and_makes_the_changes() {
    let playground = Playground::start(&[]);
    let Playground { page, api, .. } = &playground;
    let headers = ["content-type: application/json"];
    let post = |route: &str, body: &Value| {
        request(page, &format!("POST {route}"), &headers, &body.to_string())
    };
    let origin = format!("http://{page}");
    let asked = json!({
        "origin": origin,
        "url": format!("http://{api}/items"),
        "method": "PATCH",
        "headers": [["X-A", "1"], ["Cookie", "a=1"]],
        "credentials": true,
        "body": null,
    });
    let answer = json_body(&post("/answer", &asked));
    assert_eq!(answer["readable"], false);
    assert_eq!(answer["left_out"], json!(["Cookie"]));
    let why = "preflight refused: method `PATCH` is not in allow_methods; header `x-a` is not in allow_headers";
    assert_eq!(answer["why"], why);

    // The changes are made in the text, and only there.
    let before = json_body(&request(page, "GET /policy", &[], ""));
    let text =
        json!({ "allow_origins": [origin], "allow_headers": ["x-a"], "allow_credentials": true });
    let edits = &answer["changes"]["edits"];
    let edited = json_body(&post(
        "/edit",
        &json!({ "text": text.to_string(), "edits": edits }),
    ));
    let edited = edited["text"].as_str().unwrap();
    assert_eq!(json_body(&request(page, "GET /policy", &[], "")), before);
    let expected = json!({
        "allow_origins": [origin],
        "allow_methods": ["GET", "PATCH"],
        "allow_headers": ["x-a"],
        "allow_credentials": true,
        "expose_headers": [],
        "max_age": 600,
    });
    assert_eq!(serde_json::from_str::<Value>(edited).unwrap(), expected);
    for (action, is_on) in [
        (json!({ "key": "allow_credentials", "set": true }), true),
        (json!({ "key": "allow_credentials", "set": false }), false),
        (json!({ "key": "allow_credentials", "add": [] }), false),
    ] {
        let text = json!({ "allow_origins": [origin] }).to_string();
        let changed = post("/edit", &json!({ "text": text, "edits": [action] }));
        let changed = json_body(&changed)["text"].clone();
        let changed: Value = serde_json::from_str(changed.as_str().unwrap()).unwrap();
        assert_eq!(changed["allow_credentials"], is_on, "{action}");
    }

    // Applied, they are enough. The revision tells other tabs.
    assert_eq!(
        json_body(&request(page, "GET /revision", &[], "")),
        json!({ "revision": 1 })
    );
    assert_eq!(json_body(&apply(page, edited, &[]))["revision"], 2);
    assert_eq!(
        json_body(&request(page, "GET /revision", &[], "")),
        json!({ "revision": 2 })
    );
    let answer = json_body(&post("/answer", &asked));
    assert_eq!(
        (&answer["readable"], &answer["why"]),
        (&json!(true), &json!(null))
    );

    for wrong in [
        json!({ "text": "{", "edits": [] }),
        json!({ "text": "{}", "edits": [{ "key": "origins", "add": [] }] }),
        json!({ "text": "{}", "edits": [{ "key": "allow_origins" }] }),
        json!({ "text": "{}", "edits": vec![json!({ "key": "allow_methods", "add": [] }); 201] }),
        json!({ "text": "{}" }),
        // These keys would be lost.
        json!({ "text": r#"{"alow_methods":["PUT"]}"#, "edits": [] }),
        json!({ "text": r#"{"block_refused_origins":"maybe"}"#, "edits": [] }),
    ] {
        let response = post("/edit", &wrong);
        assert!(response.starts_with("HTTP/1.1 400 "), "{response}");
    }
    let long = json!({ "text": "x".repeat(2 * 1024 * 1024), "edits": [] });
    assert!(post("/edit", &long).starts_with("HTTP/1.1 413 "));
}

#[test]
fn survives_junk_and_escapes_control_characters() {
    let playground = Playground::start(&[]);
    junk(&playground.api);
    junk(&playground.page);
    // Control characters that an HTTP server accepts: C1 controls and directional overrides.
    request(
        &playground.api,
        "GET /last\u{9b}31m\u{202e}",
        &["origin: \u{9b}31m\u{202e}"],
        "",
    );
    let line = playground.server.line_with("/last");
    assert!(
        line.contains("origin-malformed") && line.is_ascii(),
        "{line:?}"
    );
    assert!(request(&playground.page, "GET /", &[], "").starts_with("HTTP/1.1 200 "));
}

fn apply(page: &str, policy: &str, headers: &[&str]) -> String {
    request(
        page,
        "POST /apply",
        &[&["content-type: application/json"], headers].concat(),
        policy,
    )
}

fn json_body(response: &str) -> Value {
    let (_, body) = response.split_once("\r\n\r\n").unwrap();
    serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {response}"))
}
