//! `cors explain`

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;

use serde_json::{Value, json};
use test_support::process::Server;

use crate::process::{Folder, Ran};

const POLICY: &str = r#"{
    "allow_origins": ["https://app.example.com", "https://*.github.io"],
    "allow_methods": ["GET", "PUT"],
    "allow_headers": ["X-A"],
    "expose_headers": ["X-Request-Id"]
}"#;

fn explain(folder: &Folder, args: &[&str]) -> Ran {
    folder.cors(&[&["explain", "--policy", "policy.json"], args].concat())
}

fn explain_json(policy: &str, args: &[&str]) -> (i32, Value) {
    let folder = Folder::with(&[("policy.json", policy)]);
    let ran = explain(&folder, &[args, &["--format", "json"]].concat());
    assert_eq!(ran.stderr, "");
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_consistent(ran.status, &report);
    (ran.status, report)
}

/// The parts of a report agree: the browser stops at the one step that fails, and only a blocked request needs a change.
fn assert_consistent(status: i32, report: &Value) {
    let is_readable = report["readable"] == true;
    assert_eq!(status, i32::from(!is_readable), "{report}");
    assert_eq!(report.get("blocked").is_none(), is_readable, "{report}");
    let steps = report["steps"].as_array().unwrap();
    let failed = |step: &Value| step["by"] == "browser" && step["passed"] == false;
    let number = steps.iter().filter(|step| failed(step)).count();
    assert_eq!(number, usize::from(!is_readable), "{report}");
    assert_eq!(failed(steps.last().unwrap()), !is_readable, "{report}");
    let changes = &report["changes"];
    let nothing = changes["edits"] == json!([]) && changes.get("rest").is_none();
    assert_eq!(nothing, is_readable, "{report}");
    let message = |step: &Value| {
        step["message"]
            .as_str()
            .is_some_and(|text| !text.contains("``"))
    };
    assert!(steps.iter().all(message), "{report}");
}

#[test]
fn an_allowed_request_step_by_step() {
    let folder = Folder::with(&[("policy.json", POLICY)]);
    let ran = explain(
        &folder,
        &[
            "--origin",
            "https://app.example.com",
            "-X",
            "PUT",
            "-H",
            "X-A: 1",
        ],
    );
    assert_eq!(ran, Ran::new(0, include_str!("explain/allowed.txt"), ""));
}

#[test]
fn a_refused_request_step_by_step() {
    let folder = Folder::with(&[("policy.json", POLICY)]);
    let args = [
        "--origin",
        "https://app.example.org",
        "-X",
        "DELETE",
        "-H",
        "X-B",
        "-H",
        "Content-Type: application/json",
    ];
    assert_eq!(
        explain(&folder, &args),
        Ran::new(1, include_str!("explain/refused.txt"), "")
    );
}

#[test]
fn the_text_has_no_escape_sequences_if_it_is_not_for_a_terminal() {
    let folder = Folder::with(&[("policy.json", POLICY)]);
    let ran = explain(&folder, &["--origin", "https://a.com", "-X", "\u{1b}[31m"]);
    assert_eq!(ran.status, 1);
    assert!(!ran.stdout.contains('\u{1b}'), "{}", ran.stdout);
}

/// Arguments, the changes, and whether the response is then readable.
#[test]
fn changes_of_the_policy() {
    let page = ["--origin", "https://app.example.com"];
    let listed =
        r#"{"allow_origins": ["https://app.example.com"], "allow_methods": ["GET", "PATCH"]}"#;
    let any = r#"{"allow_origins": ["*"]}"#;
    let own = r#"{"allow_origins": ["https://app.example.com"], "own_origins": ["http://localhost:3000"]}"#;
    let blocking = r#"{"allow_origins": ["https://example.com"], "block_refused_origins": true}"#;
    let exposing = r#"{"allow_origins": ["https://app.example.com"], "expose_headers": ["*"]}"#;
    let url = ["--url", "http://api.example"];
    for (policy, args, edits, rest) in [
        (listed, &[][..], json!([]), Value::Null),
        (
            listed,
            &[
                "-X",
                "PUT",
                "-H",
                "X-B",
                "-H",
                "X-A",
                "-H",
                "Content-Type: a/b",
            ],
            json!([
                { "key": "allow_methods", "add": ["PUT"] },
                { "key": "allow_headers", "add": ["x-a", "x-b"] },
            ]),
            Value::Null,
        ),
        (
            listed,
            &["--credentials"],
            json!([{ "key": "allow_credentials", "set": true }]),
            Value::Null,
        ),
        (
            listed,
            &["-X", "patch"],
            json!([]),
            json!("write `PATCH` in the script instead of `patch`: methods are case-sensitive"),
        ),
        (
            any,
            &["-X", "patch"],
            json!([]),
            json!(
                "write `PATCH` in the script instead of `patch`, and add it to allow_methods: methods are case-sensitive"
            ),
        ),
        (
            any,
            &["-X", "purge"],
            json!([{ "key": "allow_methods", "add": ["purge"] }]),
            Value::Null,
        ),
        (
            listed,
            &["-X", "TRACE"],
            json!([]),
            json!("nothing in the policy: the browser does not send this request"),
        ),
        (
            listed,
            &["-H", "X Y"],
            json!([]),
            json!("nothing in the policy: the browser does not send this request"),
        ),
        (
            any,
            &["--credentials", "-X", "PUT"],
            json!([
                { "key": "allow_methods", "add": ["PUT"] },
                { "key": "allow_origins", "set": ["https://app.example.com"] },
                { "key": "allow_credentials", "set": true },
            ]),
            Value::Null,
        ),
        (own, &[], json!([]), Value::Null),
        (
            own,
            &url,
            json!([{ "key": "own_origins", "add": ["http://api.example"] }]),
            Value::Null,
        ),
        (
            blocking,
            &[],
            json!([{ "key": "allow_origins", "add": ["https://app.example.com"] }]),
            Value::Null,
        ),
    ] {
        let (status, mut report) = explain_json(policy, &[&page, args].concat());
        for edit in report["changes"]["edits"].as_array_mut().unwrap() {
            edit.as_object_mut().unwrap().remove("message");
        }
        assert_eq!(report["changes"]["edits"], edits, "{args:?}");
        assert_eq!(report["changes"]["rest"], rest, "{args:?}");
        let is_readable = edits == json!([]) && rest.is_null();
        assert_eq!(
            (status == 0, &report["readable"]),
            (is_readable, &json!(is_readable)),
            "{args:?}"
        );
    }
    // A change that makes the policy invalid is not a solution.
    let (_, report) = explain_json(exposing, &[&page[..], &["--credentials"]].concat());
    let rest = report["changes"]["rest"].as_str().unwrap();
    assert!(
        rest.starts_with("with these changes, the policy is not valid: "),
        "{rest}"
    );
    // No change allows `null`.
    let (_, report) = explain_json(listed, &["--origin", "null", "-X", "PUT"]);
    assert_eq!(report["changes"]["edits"], json!([]));
    let rest = report["changes"]["rest"].as_str().unwrap();
    assert!(
        rest.contains("every website can have the origin `null`"),
        "{rest}"
    );
}

#[test]
fn warnings_and_trust_of_a_broad_policy() {
    let policy = r#"{"allow_origins": ["https://*.github.io", "https://a.com", "https://a.com"]}"#;
    let (status, report) = explain_json(policy, &["--origin", "https://a.com"]);
    assert_eq!(status, 0);
    let trust = json!({ "sites": [
        { "anyone": false, "text": "a.com" },
        { "anyone": true, "text": "*.github.io, which anyone can have (such as `https://a.github.io`)" },
    ] });
    assert_eq!(report["trust"], trust);
    assert_eq!(report["warnings"][0]["message"], "duplicate entry");
    let folder = Folder::with(&[("policy.json", policy)]);
    let text = explain(&folder, &["--origin", "https://a.com"]).stdout;
    assert!(text.contains("\nWarnings of the policy\npolicy.json: warning: allow_origins[2]: `https://a.com`: duplicate entry"), "{text}");
}

#[test]
fn engines_block_mixed_content() {
    let policy = r#"{"allow_origins": ["https://a.com"]}"#;
    let blocked = |url: &str| {
        let (_, report) = explain_json(policy, &["--origin", "https://a.com", "--url", url]);
        let engines = report["engines"].as_array().unwrap().iter();
        let blocked = engines.filter(|engine| engine["readable"] == false);
        let names = blocked.map(|engine| {
            assert!(
                engine["message"]
                    .as_str()
                    .unwrap()
                    .starts_with("blocked: mixed content"),
                "{engine}"
            );
            assert!(engine["console"].is_string(), "{engine}");
            engine["name"].as_str().unwrap().to_owned()
        });
        names.collect::<Vec<_>>()
    };
    assert_eq!(blocked("https://api.example"), Vec::<String>::new());
    assert_eq!(
        blocked("http://api.example"),
        ["Chromium", "Firefox", "WebKit"]
    );
    assert_eq!(blocked("http://localhost:3000"), ["WebKit"]);
}

#[test]
fn readable_response_headers() {
    let last = |exposed: &str| {
        let policy =
            format!(r#"{{"allow_origins": ["https://a.com"], "expose_headers": {exposed}}}"#);
        let (_, report) = explain_json(&policy, &["--origin", "https://a.com"]);
        let last = report["steps"].as_array().unwrap().last().unwrap()["message"].clone();
        last.as_str()
            .unwrap()
            .strip_prefix("the script can read the status, the body, ")
            .unwrap()
            .to_owned()
    };
    assert_eq!(last("[]"), "the safelisted response headers");
    assert_eq!(last(r#"["*"]"#), "every response header");
    assert_eq!(
        last(r#"["X-A", "X-B"]"#),
        "the safelisted response headers and `X-A`, `X-B`"
    );
}

#[test]
fn a_long_list_of_sites_is_cut_in_the_text_only() {
    let origins: Vec<_> = (100..160)
        .map(|number| format!("https://a{number}.com"))
        .collect();
    let policy = json!({ "allow_origins": origins }).to_string();
    let folder = Folder::with(&[("policy.json", &policy)]);
    let text = explain(&folder, &["--origin", "https://a100.com"]).stdout;
    assert!(
        text.ends_with("\na148.com\na149.com\nand 10 more\n"),
        "{text}"
    );
    let (_, report) = explain_json(&policy, &["--origin", "https://a100.com"]);
    assert_eq!(report["trust"]["sites"].as_array().unwrap().len(), 60);
}

#[test]
fn engines_differ_where_they_deviate_from_the_standard() {
    let policy = r#"{"allow_origins": ["https://a.com"], "max_age": 10000}"#;
    let (status, report) = explain_json(
        policy,
        &["--origin", "https://a.com", "-H", "User-Agent: x"],
    );
    // By the standard, the header needs a preflight, which this policy refuses. Chromium sends none.
    assert_eq!((status, &report["readable"]), (1, &json!(false)));
    let engines = report["engines"].as_array().unwrap().iter();
    let engines: Vec<_> = engines
        .map(|engine| json!([engine["name"], engine["readable"], engine["deviations"]]))
        .collect();
    let hints = "client hints and `User-Agent` need no preflight";
    assert_eq!(
        json!(engines),
        json!([
            ["Chromium", true, [hints]],
            ["Firefox", false, []],
            ["WebKit", false, []]
        ])
    );
}

/// The headers are those that a real server sends to a real request.
#[test]
fn a_server_sends_the_headers_of_the_explanation() {
    let policies = [
        POLICY,
        r#"{"allow_origins": ["*"], "allow_methods": ["*"], "allow_headers": ["*"], "expose_headers": ["*"], "max_age": 0}"#,
        r#"{"allow_origins": ["https://app.example.com"], "allow_methods": ["PUT"], "allow_headers": ["*"], "allow_credentials": true,
            "timing_allow_origin": true, "preflight_status": 204, "diagnostics": true}"#,
        r#"{"allow_origins": ["https://app.example.com"], "block_refused_origins": true, "own_origins": ["http://localhost:4000"]}"#,
    ];
    let requests: [&[&str]; 5] = [
        &["--origin", "https://app.example.com"],
        &[
            "--origin",
            "https://app.example.com",
            "-X",
            "PUT",
            "-H",
            "X-A: 1",
        ],
        &[
            "--origin",
            "https://app.example.com",
            "-X",
            "DELETE",
            "-H",
            "X-B: 1",
            "--credentials",
        ],
        &[
            "--origin",
            "https://app.example.com",
            "-X",
            "PUT",
            "--credentials",
        ],
        &["--origin", "null", "-X", "POST"],
    ];
    for policy in policies {
        let folder = Folder::with(&[("policy.json", policy)]);
        let mut serve = Command::new(env!("CARGO_BIN_EXE_cors"));
        serve.args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--policy",
            "policy.json",
        ]);
        let server = Server::start(serve.current_dir(folder.path()));
        let line = server.line_with("listening on ");
        let url = line.strip_prefix("listening on ").unwrap();
        for args in requests {
            let (_, report) = explain_json(
                policy,
                &[args, &["--url", &format!("{url}/items")]].concat(),
            );
            for exchange in report["exchanges"].as_array().unwrap() {
                let (status, headers) = exchanged(url.strip_prefix("http://").unwrap(), exchange);
                assert_eq!(
                    headers,
                    cors_lines(&exchange["response_headers"]),
                    "{policy} {exchange}"
                );
                if !exchange["decision"]
                    .as_str()
                    .unwrap()
                    .starts_with("actual-")
                {
                    assert_eq!(json!(status), exchange["status"], "{exchange}");
                }
            }
        }
    }
}

/// Sends the request of an exchange. Returns the status and the lines of CORS in the response, sorted.
fn exchanged(address: &str, exchange: &Value) -> (u16, Vec<String>) {
    let method = exchange["method"].as_str().unwrap();
    let lines = lines(&exchange["request_headers"]).join("\r\n");
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!(
        "{method} /items HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: 0\r\n{lines}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    let (head, _) = response.split_once("\r\n\r\n").unwrap();
    let mut head = head.lines();
    let status = head
        .next()
        .unwrap()
        .split(' ')
        .nth(1)
        .unwrap()
        .parse()
        .unwrap();
    (status, only_cors(head.map(str::to_owned)))
}

fn lines(headers: &Value) -> Vec<String> {
    let lines = headers.as_array().unwrap().iter();
    lines
        .map(|line| {
            format!(
                "{}: {}",
                line[0].as_str().unwrap(),
                line[1].as_str().unwrap()
            )
        })
        .collect()
}

fn cors_lines(headers: &Value) -> Vec<String> {
    only_cors(lines(headers).into_iter())
}

fn only_cors(lines: impl Iterator<Item = String>) -> Vec<String> {
    let is_cors = |line: &String| {
        ["access-control-", "timing-", "vary"]
            .iter()
            .any(|start| line.starts_with(start))
    };
    let mut lines: Vec<_> = lines.filter(is_cors).collect();
    lines.sort();
    lines
}

#[test]
fn wrong_arguments() {
    let folder = Folder::with(&[
        ("policy.json", POLICY),
        ("wrong.json", r#"{"allow_origins": "https://a.com/"}"#),
    ]);
    let forms = "an origin must have the form `scheme://host`, `scheme://host:port` or `null`";
    for (origin, problem) in [
        (
            "https://a.com/",
            "browsers send this origin as `https://a.com`; use that form",
        ),
        (
            "HTTPS://A.com:443",
            "browsers send this origin as `https://a.com`; use that form",
        ),
        ("a.com", &format!("{forms}; perhaps `https://a.com`")),
        ("*", forms),
        ("", forms),
    ] {
        let ran = explain(&folder, &["--origin", origin]);
        let expected =
            format!("error: invalid value '{origin}' for '--origin <ORIGIN>': {problem}\n");
        assert_eq!((ran.status, ran.stdout.as_str()), (2, ""));
        assert!(ran.stderr.starts_with(&expected), "{}", ran.stderr);
    }
    for args in [
        &["--origin", "null", "--url", "ftp://a.com"][..],
        &["--origin", "null", "--url", "a"],
        &["--origin", "null", "-H", "A", "--header"],
        &[],
    ] {
        let ran = explain(&folder, args);
        assert_eq!((ran.status, ran.stdout.as_str()), (2, ""), "{args:?}");
        assert!(ran.stderr.starts_with("error: "), "{}", ran.stderr);
    }
    let wrong = folder.cors(&["explain", "--policy", "wrong.json", "--origin", "null"]);
    assert_eq!((wrong.status, wrong.stdout.as_str()), (2, ""));
    let problem = "wrong.json: error: allow_origins";
    assert!(wrong.stderr.starts_with(problem), "{}", wrong.stderr);
}
