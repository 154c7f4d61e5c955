//! The formats of the report.

use crate::{conformance, server};

fn report(format: &str, bug: &str) -> String {
    let mut command = conformance();
    command.args(["--command", &server(bug), "--format", format]);
    let output = command
        .args([
            "--only",
            "origin-match/null-not-listed",
            "--only",
            "vary/allowed",
        ])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(i32::from(bug != "none")));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn text() {
    let text = report("text", "allows-null");
    let expected = "\
FAILED origin-match/null-not-listed: leaks
    rule: Fetch, CORS check (https://fetch.spec.whatwg.org/#concept-cors-check)
    why: BEHAVIOUR 1: `null` only by name; catalogue 7
    policy: { \"allow_origins\": [ \"https://app.example.com\" ], \"allow_methods\": [ \"GET\" ], \"allow_headers\": [], \"allow_credentials\": false, \"expose_headers\": [], \"max_age\": 600 }
    request: GET / | Host: api.example.com | Origin: null
    leaks: a fetch with method GET from a page of null is not blocked, although the policy refuses it
    access-control-allow-origin: expected [], got [\"null\"]
1 failed: Fetch, CORS check
";
    assert!(text.starts_with(expected), "{text}");
    assert!(text.ends_with("1 failures (5 passed, 1 leaks)\n"), "{text}");
    let text = report("text", "none");
    assert!(
        text.ends_with("0 failures (6 passed)\n") && text.lines().count() == 1,
        "{text}"
    );
}

#[test]
fn tap() {
    let text = report("tap", "allows-null");
    assert!(text.starts_with("TAP version 14\n1..6\n"), "{text}");
    let points = text
        .lines()
        .filter(|line| line.starts_with("ok ") || line.starts_with("not ok "));
    let points: Vec<_> = points.collect();
    assert_eq!(points.len(), 6);
    assert!(points.iter().any(
        |line| line.starts_with("not ok ") && line.ends_with(" - origin-match/null-not-listed")
    ));
    assert!(
        text.contains("  ---\n  harm: leaks\n  rule: \"Fetch, CORS check\"\n"),
        "{text}"
    );
}

#[test]
fn junit() {
    let text = report("junit", "allows-null");
    for part in [
        "tests=\"6\" skipped=\"0\" failures=\"1\" errors=\"0\"",
        "<testsuite name=\"origin-match\"",
        "<testcase name=\"origin-match/null-not-listed\" classname=\"Fetch, CORS check\">",
        "<failure message=\"Fetch, CORS check\" type=\"leaks\">",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}
