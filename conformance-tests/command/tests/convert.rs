//! `cors convert` as a process: what it prints where, and its exit status.

#![allow(clippy::unwrap_used, reason = "a test fails by a panic")]

use std::fs;
use std::process::{Command, Output};

const PYTHON: &str = "CORSMiddleware(app, allow_origins=['https://a.example'], max_age=60)";
const UNSAFE: &str = "CORSMiddleware(app, allow_origins=['*'], allow_credentials=True)";

/// Converts a file with this content.
fn convert(args: &[&str], content: &[u8]) -> (Option<i32>, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app");
    fs::write(&path, content).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_cors"));
    let Output {
        status,
        stdout,
        stderr,
    } = command
        .arg("convert")
        .args(args)
        .arg(&path)
        .output()
        .unwrap();
    let text = |bytes| {
        let text = String::from_utf8(bytes).unwrap();
        text.replace(path.to_str().unwrap(), "FILE")
    };
    (status.code(), text(stdout), text(stderr))
}

#[test]
fn toml_has_the_notes_as_comments() {
    let expected = "\
# Converted from starlette (FILE).
# What differs:
# - line 1: Content-Type is always allowed here, so pages can send JSON; without it in the list, they could not
# - this library follows Starlette; section 6 of BEHAVIOUR.md lists where it deviates for safety

allow_origins = [\"https://a.example\"]
allow_methods = [\"GET\"]
allow_headers = []
allow_credentials = false
expose_headers = []
max_age = 60
";
    let converted = convert(&["--from", "starlette"], PYTHON.as_bytes());
    assert_eq!(converted, (Some(0), expected.to_owned(), String::new()));
}

#[test]
fn json_has_the_notes_on_standard_error() {
    let (status, policy, notes) =
        convert(&["--from", "starlette", "--to", "json"], PYTHON.as_bytes());
    assert_eq!(status, Some(0));
    let policy: serde_json::Value = serde_json::from_str(&policy).unwrap();
    assert_eq!(policy["allow_origins"][0], "https://a.example");
    assert!(
        notes.starts_with("FILE: note: line 1: Content-Type"),
        "{notes}"
    );
}

#[test]
fn an_invalid_policy_is_printed_with_its_errors() {
    let (status, policy, errors) = convert(&["--from", "starlette"], UNSAFE.as_bytes());
    assert_eq!(status, Some(1));
    assert!(
        errors.starts_with("policy: error: allow_origins[0]: `*`"),
        "{errors}"
    );
    assert!(policy.contains("\n# This policy is invalid"), "{policy}");
    assert!(
        policy.contains("\n# - policy: error: allow_origins[0]"),
        "{policy}"
    );
}

#[test]
fn what_cannot_be_read_gives_no_policy() {
    let (status, policy, errors) = convert(&["--from", "express"], b"\ncors({ origin: check })");
    let expected = "error: FILE: line 2: `origin`: `check` is not defined in this text: write its value in the configuration\n";
    assert_eq!(
        (status, policy.as_str(), errors.as_str()),
        (Some(1), "", expected)
    );
    let (status, _, errors) = convert(&["--from", "warp"], b"\n\xff");
    assert_eq!(
        (status, errors.as_str()),
        (Some(2), "error: FILE: line 2: not UTF-8\n")
    );
    let (status, _, errors) = convert(&["--from", "nginx"], &vec![b' '; 10_000_000]);
    assert_eq!(status, Some(1));
    assert!(errors.contains("longer than 64 KiB"), "{errors}");
}

#[test]
fn wrong_usage() {
    assert_eq!(convert(&[], b"").0, Some(2));
    assert_eq!(convert(&["--from", "flask"], b"").0, Some(2));
}
