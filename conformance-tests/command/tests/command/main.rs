//! The user interface of the `cors` command: arguments, texts, exit statuses, sockets.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by a panic"
)]

#[cfg(unix)] // the browser is stopped by its process group
mod browser;
mod copied;
mod http;
mod playground;
mod process;
mod schema;

use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::process::{Command, Stdio};

use conformance_tests::subject::FRAMEWORKS;
use serde_json::{Value, json};
use test_support::process::Server;

use self::http::{junk, request, without_date};
use self::process::{cors, policy_file};

const GOOD: &str = r#"{"allow_origins": ["https://example.com"], "allow_methods": ["GET", "PUT"]}"#;
const SUSPICIOUS: &str = r#"{"allow_origins": ["https://example.com", "https://example.com"]}"#;
const WRONG: &str = r#"{
    "allow_origins": ["https://example.com/", "https://a.example, https://b.example", "https://a.example"],
    "allow_headers": ["X Y", "Cookie"],
    "allowed_methods": ["GET"],
    "max_age": -1
}"#;

/// A script must not mistake an incomplete result for a whole one.
#[cfg(target_os = "linux")]
#[test]
fn a_result_that_cannot_be_written_is_a_failure() {
    let (_folder, file) = policy_file("good.json", GOOD);
    let file = file.to_str().unwrap();
    let (_folder, python) = policy_file("app.py", "CORSMiddleware(app, allow_origins=['*'])");
    for args in [
        &["schema"][..],
        &["convert", "--from", "starlette", python.to_str().unwrap()],
        &["audit", "http://localhost:1/", "--dry-run"],
        &["lint", file],
        &["diff", file, file],
        &["completions", "bash"],
        &["man"],
    ] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full");
        let output = cors().args(args).stdout(full.unwrap()).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(errors.contains("error: "), "{args:?}: {errors}");
    }
}

// ---- lint

#[test]
fn lint_good() {
    assert_eq!(
        lint("good.json", GOOD, &[]),
        (0, "FILE: no errors, no warnings\n".into(), "".into())
    );
}

#[test]
fn lint_warnings_fail_only_when_strict() {
    let report = "FILE: warning: allow_origins[1]: `https://example.com`: duplicate entry; remove it\n\
                  FILE: no errors, 1 warning\n";
    assert_eq!(
        lint("suspicious.json", SUSPICIOUS, &[]),
        (0, report.into(), "".into())
    );
    assert_eq!(
        lint("suspicious.json", SUSPICIOUS, &["--strict"]),
        (1, report.into(), "".into())
    );
    assert_eq!(lint("good.json", GOOD, &["--strict"]).0, 0);
}

#[test]
fn lint_errors() {
    let (status, report, stderr) = lint("wrong.json", WRONG, &[]);
    assert_eq!((status, stderr.as_str()), (1, ""));
    let expected = "\
FILE: error: `allowed_methods`: unknown key; did you mean `allow_methods`?
FILE: error: allow_origins[0]: `https://example.com/`: an origin ends with the host or the port, without a slash; use `https://example.com`
FILE: error: allow_origins[1]: `https://a.example, https://b.example`: an entry is one origin, not a list; use `https://a.example`, `https://b.example` as separate entries
FILE: error: allow_headers[0]: `X Y`: a header name is a token: letters, digits and !#$%&'*+-.^_`|~; use `X`, `Y` as separate entries
FILE: error: max_age: `-1`: max_age must not be negative; 0 disables the cache; use `0`
FILE: warning: allow_headers[1]: `Cookie`: no preflight requests this header, because scripts cannot set it; remove it
FILE: 5 errors, 1 warning
";
    assert_eq!(report, expected);
}

#[test]
fn lint_json() {
    let (status, report, stderr) = lint("wrong.json", WRONG, &["--format", "json"]);
    assert_eq!((status, stderr.as_str()), (1, ""));
    let report: Value = serde_json::from_str(&report).unwrap();
    let expected = json!({
        "severity": "error",
        "key": "allow_origins",
        "index": 0,
        "text": "https://example.com/",
        "rule": "origin-trailing-slash",
        "message": "an origin ends with the host or the port, without a slash",
        "correction": { "replace": "https://example.com" },
    });
    assert_eq!(report["errors"][1], expected);
    let corrections = |issues: &Value| -> Vec<Value> {
        let issues = issues.as_array().unwrap();
        issues
            .iter()
            .map(|issue| json!([issue["rule"], issue["correction"]]))
            .collect()
    };
    let expected = [
        json!(["unknown-key", { "rename_key": "allow_methods" }]),
        json!(["origin-trailing-slash", { "replace": "https://example.com" }]),
        json!(["origin-list", { "split": ["https://a.example", "https://b.example"] }]),
        json!(["header-token", { "split": ["X", "Y"] }]),
        json!(["max-age-negative", { "replace": "0" }]),
    ];
    assert_eq!(corrections(&report["errors"]), expected);
    assert_eq!(
        corrections(&report["warnings"]),
        [json!(["header-not-sendable", "remove"])]
    );
    let (status, report, _) = lint("good.json", GOOD, &["--format", "json"]);
    assert_eq!(
        (status, serde_json::from_str::<Value>(&report).unwrap()),
        (0, json!({ "errors": [], "warnings": [] }))
    );
}

#[test]
fn lint_reads_toml_as_json() {
    let wrong = "allow_origins = ['https://example.com/', 'https://a.example, https://b.example', 'https://a.example']\n\
                 allow_headers = ['X Y', 'Cookie']\nallowed_methods = ['GET']\nmax_age = -1\n";
    assert_eq!(
        lint("wrong.toml", wrong, &[]),
        lint("wrong.json", WRONG, &[])
    );
}

#[test]
fn lint_reads_standard_input() {
    let toml = "\u{feff}allow_origins = ['https://example.com/']";
    let wrong = "-: error: allow_origins[0]: `https://example.com/`: an origin ends with the host or \
                 the port, without a slash; use `https://example.com`\n-: 1 error, no warnings\n";
    let problem = |text: &str| (2, String::new(), format!("error: -: {text}\n"));
    for (input, args, expected) in [
        (
            GOOD,
            &[] as &[&str],
            (0, "-: no errors, no warnings\n".into(), String::new()),
        ),
        (toml, &[], (1, wrong.into(), String::new())),
        (
            toml,
            &["--input-format", "toml"],
            (1, wrong.into(), String::new()),
        ),
        (
            toml,
            &["--input-format", "json"],
            problem("invalid JSON: expected value at line 1 column 1"),
        ),
        (
            " \n",
            &[],
            problem("the input is empty, so there is no policy"),
        ),
        (
            "[]",
            &[],
            problem(
                "invalid TOML: unquoted keys cannot be empty, expected letters, numbers, `-`, `_` at line 1 column 2",
            ),
        ),
    ] {
        let mut child = cors()
            .args(["lint", "-"])
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(input.as_bytes()).unwrap();
        drop(stdin);
        let output = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let got = (
            output.status.code().unwrap(),
            text(output.stdout),
            text(output.stderr),
        );
        assert_eq!(got, expected, "{input}");
    }
}

#[test]
fn lint_skips_a_byte_order_mark() {
    let toml = "allow_origins = ['https://example.com']";
    for (name, text) in [("good.json", GOOD), ("good.toml", toml)] {
        assert_eq!(lint(name, &format!("\u{feff}{text}"), &[]).0, 0, "{name}");
    }
}

#[test]
fn lint_reads_a_table_of_a_larger_file() {
    let toml = "title = 'x'\nat = 2026-01-01\n[server.cors]\nallow_origins = ['https://example.com/']\n\
                [cors]\nallow_origins = ['https://example.com']\n[empty]\n";
    let json = r#"{"title": "x", "server": {"cors": {"allow_origins": ["https://example.com/"]}},
                   "cors": {"allow_origins": ["https://example.com"]}, "empty": {}}"#;
    for (name, text) in [("app.toml", toml), ("app.json", json)] {
        let linted = |key: &str| lint(name, text, &["--key", key]);
        assert_eq!(
            linted("cors"),
            (0, "FILE: no errors, no warnings\n".into(), "".into())
        );
        assert!(
            linted("server.cors")
                .1
                .ends_with("FILE: 1 error, no warnings\n")
        );
        assert!(linted("empty").1.ends_with("FILE: no errors, 1 warning\n"));
        for (key, problem) in [
            ("server.core", "there is no table `server.core`"),
            ("", "there is no table ``"),
        ] {
            let expected = (2, "".into(), format!("error: FILE: {problem}\n"));
            assert_eq!(linted(key), expected);
        }
        let (status, _, stderr) = linted("title.cors");
        let expected = "error: FILE: invalid type: string \"x\", expected an object on the way to `title.cors`";
        assert!(status == 2 && stderr.starts_with(expected), "{stderr}");
    }
    // A key that is written twice is not lost.
    let twice = r#"{"cors": {"allow_origins": ["*"], "max_age": 1, "max_age": 2}}"#;
    assert!(
        lint("twice.json", twice, &["--key", "cors"])
            .1
            .contains("duplicate key")
    );
    let twice = r#"{"cors": {}, "cors": {"allow_origins": ["*"]}}"#;
    assert!(
        lint("twice.json", twice, &["--key", "cors"])
            .2
            .contains("`cors` is written twice")
    );
}

#[test]
fn lint_reads_the_environment() {
    let linted = |variables: &[(&str, &str)], args: &[&str]| {
        let mut command = cors();
        command.args(["lint", "--env"]).args(args).env_clear();
        run(command.envs(variables.iter().copied()), "FILE")
    };
    let origins = ("CORS_ALLOW_ORIGINS", "[\"https://example.com\"]");
    assert_eq!(
        linted(&[origins], &[]),
        (0, "environment: no errors, no warnings\n".into(), "".into())
    );
    let not_set = "environment: error: CORS_ALLOW_ORIGINS is not set, so no other site could read a response: \
                   list the origins in it, or `[]` for none, or set CORS_ALLOW_ORIGIN_REGEX\n\
                   environment: 1 error, no warnings\n";
    assert_eq!(linted(&[], &[]), (1, not_set.into(), "".into()));
    assert_eq!(linted(&[("APP_ALLOW_ORIGINS", "*")], &[]).0, 1);
    assert_eq!(
        linted(&[("APP_ALLOW_ORIGINS", "*")], &["--prefix", "APP_"]).0,
        0
    );
    assert_eq!(linted(&[origins, ("CORS_MAX_AGE", "")], &["--strict"]).0, 1);
    let wrong = linted(&[("CORS_ALLOW_ORIGINS", "https://a.com,b.com")], &[]).1;
    assert!(
        wrong.starts_with("environment: error: CORS_ALLOW_ORIGINS, entry 2: `b.com`: "),
        "{wrong}"
    );
}

#[test]
fn lint_counts_more_issues() {
    let entries = vec!["\"a\""; 1_500].join(",");
    let text = format!(r#"{{"allow_origins": [{entries}]}}"#);
    let (_, report, _) = lint("many.json", &text, &[]);
    assert!(report.ends_with("FILE: and 500 more errors\nFILE: 1500 errors, no warnings\n"));
    let (_, report, _) = lint("many.json", &text, &["--format", "json"]);
    assert_eq!(
        serde_json::from_str::<Value>(&report).unwrap()["more_errors"],
        500
    );
}

#[test]
fn files_without_a_policy() {
    for (name, text, problem) in [
        (
            "policy.yaml",
            GOOD,
            "a policy file must have the extension .json or .toml",
        ),
        (
            "policy",
            GOOD,
            "a policy file must have the extension .json or .toml",
        ),
        (
            "policy.json",
            "{\n  \"max_age\": 1,\n}",
            "invalid JSON: trailing comma at line 3 column 1",
        ),
        (
            "policy.json",
            "[]",
            "invalid type: sequence, expected a CORS policy: an object with keys such as `allow_origins` at line 1 column 0",
        ),
        (
            "policy.json",
            "",
            "invalid JSON: EOF while parsing a value at line 1 column 0",
        ),
        (
            "policy.toml",
            "max_age = 1\nallow_origins = [\n",
            "invalid TOML: unclosed array, expected `]` at line 2 column 18",
        ),
        (
            "policy.toml",
            "max_age = 1\nmax_age = 2",
            "invalid TOML: duplicate key at line 2 column 1",
        ),
    ] {
        assert_eq!(
            lint(name, text, &[]),
            (2, "".into(), format!("error: FILE: {problem}\n"))
        );
    }
    let output = cors().args(["lint", "no-such-file.json"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let cause = fs::read("no-such-file.json").unwrap_err();
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        format!("error: no-such-file.json: cannot read the file: {cause}\n")
    );
}

/// Returns status, standard output and standard error, with `FILE` for the name of the file.
fn lint(name: &str, policy: &str, args: &[&str]) -> (i32, String, String) {
    let (_folder, path) = policy_file(name, policy);
    run(
        cors().arg("lint").arg(&path).args(args),
        path.to_str().unwrap(),
    )
}

fn run(command: &mut Command, file: &str) -> (i32, String, String) {
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().replace(file, "FILE");
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

// ---- usage

#[test]
fn wrong_usage_exits_with_2() {
    let (_folder, path) = policy_file("good.json", GOOD);
    let policy = path.to_str().unwrap();
    for args in [
        &[
            "serve",
            "--framework",
            "express",
            "--policy",
            policy,
            "--listen",
            "127.0.0.1:0",
        ][..],
        &[
            "serve",
            "--framework",
            "axum",
            "--policy",
            policy,
            "--listen",
            "somewhere",
        ],
        &["playground", "--framework", "express"],
        &["lint"],
        &["lint", policy, "--env"],
        &["lint", policy, "--prefix", "APP_"],
        &["lint", "--env", "--key", "cors"],
        &["lint", policy, "--format", "xml"],
        &["check", policy],
    ] {
        let (status, stdout, stderr) = run(cors().args(args), policy);
        assert_eq!((status, stdout.as_str()), (2, ""), "{args:?}");
        assert!(stderr.starts_with("error: "), "{args:?}: {stderr}");
    }
}

// ---- serve

#[test]
fn serve_responds_to_preflights_and_survives_junk() {
    let (_folder, path) = policy_file("good.json", GOOD);
    for framework in FRAMEWORKS {
        let server = Server::start(serve(framework.name, "127.0.0.1:0").arg(&path));
        let address = &server.address();
        let preflight = |origin| {
            let headers = [
                &format!("origin: {origin}"),
                "access-control-request-method: PUT",
            ];
            request(address, "OPTIONS /items", &headers, "")
        };
        let granted = preflight("https://example.com");
        assert!(granted.starts_with("HTTP/1.1 200 OK\r\n"), "{granted}");
        for line in [
            "access-control-allow-origin: https://example.com\r\n",
            "access-control-allow-methods: GET, PUT\r\n",
        ] {
            assert!(granted.contains(line), "{granted}");
        }
        let refused = preflight("https://example.org");
        assert!(
            refused.starts_with("HTTP/1.1 400 Bad Request\r\n"),
            "{refused}"
        );
        assert!(
            refused.ends_with("\r\n\r\nDisallowed CORS origin"),
            "{refused}"
        );
        junk(address);
        let again = preflight("https://example.com");
        assert_eq!(without_date(&again), without_date(&granted));
    }
}

#[test]
fn serve_starts_only_with_a_good_policy() {
    let (_folder, path) = policy_file("wrong.json", WRONG);
    let report = lint("wrong.json", WRONG, &[]).1;
    let issues: Vec<_> = report.lines().collect();
    for framework in FRAMEWORKS {
        let mut serve = serve(framework.name, "127.0.0.1:0");
        let (status, stdout, stderr) = run(serve.arg(&path), path.to_str().unwrap());
        assert_eq!((status, stdout.as_str()), (2, ""));
        assert_eq!(
            stderr.lines().collect::<Vec<_>>(),
            issues[..issues.len() - 1]
        );
    }
}

#[test]
fn serve_reports_a_busy_port() {
    let (_folder, path) = policy_file("good.json", GOOD);
    let holder = TcpListener::bind("127.0.0.1:0").unwrap();
    let busy = holder.local_addr().unwrap();
    let cause = TcpListener::bind(busy).unwrap_err();
    for framework in FRAMEWORKS {
        let mut serve = serve(framework.name, &busy.to_string());
        let (status, stdout, stderr) = run(serve.arg(&path), "FILE");
        assert_eq!((status, stdout.as_str()), (2, ""));
        assert_eq!(stderr, format!("error: cannot listen on {busy}: {cause}\n"));
    }
}

/// The command without the value of `--policy`.
fn serve(framework: &str, listen: &str) -> Command {
    let mut command = cors();
    command.args([
        "serve",
        "--framework",
        framework,
        "--listen",
        listen,
        "--policy",
    ]);
    command
}

// ---- signals

#[cfg(unix)]
#[test]
fn signals_stop_the_servers_cleanly() {
    let (_folder, path) = policy_file("good.json", GOOD);
    for signal in ["-INT", "-TERM"] {
        let serve = FRAMEWORKS.map(|framework| {
            let mut command = serve(framework.name, "127.0.0.1:0");
            command.arg(&path);
            (command, "listening on ")
        });
        let playground = (cors(), "API   ");
        for (mut command, ready) in serve.into_iter().chain([playground]) {
            let mut server = Server::start(&mut command);
            server.line_with(ready);
            let pid = server.child.id().to_string();
            let sent = Command::new("kill").args([signal, &pid]).status();
            assert!(sent.unwrap().success());
            let status = server.child.wait().unwrap();
            assert_eq!(status.code(), Some(0), "{signal} {command:?}");
        }
    }
}
