//! Wrong usage, and servers that do not start.

use std::fs;
use std::net::TcpStream;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use test_support::process::PATIENCE;

use crate::{conformance, impatient, plain, server};

/// The status and the standard error.
fn failed(args: &[&str]) -> (i32, String) {
    let output = plain().args(args).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "");
    let stderr = String::from_utf8(output.stderr).unwrap();
    (output.status.code().unwrap(), stderr)
}

#[test]
fn wrong_usage_exits_with_2() {
    for (args, problem) in [
        (&[][..], "--command"),
        (
            &["--command", "server {port}"],
            "the command must contain {policy}",
        ),
        (
            &["--command", "server {policy}"],
            "the command must contain {port}",
        ),
        (
            &["--command", "server '{policy} {port}"],
            "a quote is not closed",
        ),
        (&["--command", ""], "the command is empty"),
        (&["--url", "http://127.0.0.1:1"], "--policy"),
        (
            &["--url", "https://127.0.0.1", "--policy", "p.json"],
            "only http",
        ),
        (
            &[
                "--url",
                "http://user:secret@127.0.0.1",
                "--policy",
                "p.json",
            ],
            "no user name or password is sent",
        ),
        (
            &["--url", "http://127.0.0.1:1", "--policy", "no.json"],
            "no.json: cannot read",
        ),
        (
            &["--command", "x {policy} {port}", "--case-limit", "0"],
            "at least 0.001 seconds",
        ),
        (
            &[
                "--command",
                "x {policy} {port}",
                "--only",
                "vary/no-such-name",
            ],
            "no case has this name",
        ),
        // A policy file has one policy for all hosts and paths.
        (
            &["--command", "x {policy} {port}", "--only", "paths/"],
            "no case has this name",
        ),
        (
            &["--command", "x {policy} {port}", "--only", "hosts/"],
            "no case has this name",
        ),
        (
            &["--command", "x {policy} {port}", "--differences", "no.toml"],
            "no.toml",
        ),
    ] {
        let (status, stderr) = failed(args);
        assert_eq!(status, 2, "{args:?}: {stderr}");
        assert!(
            stderr.starts_with("error: ") && stderr.contains(problem),
            "{args:?}: {stderr}"
        );
    }
}

#[test]
fn a_server_that_does_not_start_exits_with_2() {
    for (server, limit, problem) in [
        (
            "/no/such/program",
            "60",
            "error: cannot start `/no/such/program`: ",
        ),
        (
            "sh -c 'echo no such module; exit 4'",
            "60",
            "exit status: 4; its last output: no such module\n",
        ),
        (
            "sh -c 'sleep 600 & sleep 600'",
            "0.2",
            "did not accept connections at 127.0.0.1:",
        ),
    ] {
        let server = format!("{server} {{policy}} {{port}}");
        let start = Instant::now();
        let (status, stderr) = failed(&[
            "--command",
            &server,
            "--start-limit",
            limit,
            "--only",
            "vary/",
        ]);
        assert_eq!(status, 2, "{stderr}");
        assert!(stderr.contains(problem), "{stderr}");
        // The processes of the server are stopped, and no longer hold the pipe of the output.
        assert!(start.elapsed().as_secs() < 300);
    }
}

#[test]
fn an_adapter_can_refuse_a_policy() {
    let right = server("none").replace('\'', "");
    let refusal = "echo no such option; exit 77";
    let some =
        format!("sh -c 'if grep -q diagnostics {{policy}}; then {refusal}; fi; exec {right}'");
    let all = format!("sh -c '{refusal}' {{policy}} {{port}}");
    for (server, status, count) in [(some, 0, 2), (all, 2, 8)] {
        let mut command = conformance();
        command.args(["--command", &server, "--only", "vary/allowed"]);
        command.args(["--only", "diagnostics/off", "--only", "diagnostics/actual"]);
        let output = command.output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(status), "{text} {stderr}");
        let summary = format!("{count} unsupported: no such option\n");
        assert!(text.starts_with(&summary), "{text}");
        assert_eq!(stderr.starts_with("error: nothing was tested"), status == 2);
    }
}

/// A server under test is in a process group of its own, which a terminal does not interrupt.
#[test]
fn an_interrupted_run_stops_its_server() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("port");
    let server = server("hangs").replace('\'', "");
    let server = format!("sh -c 'echo {{port}} > {}; exec {server}'", file.display());
    let mut run = impatient("3600")
        .args(["--command", &server])
        .spawn()
        .unwrap();
    let port = || fs::read_to_string(&file).ok()?.trim().parse::<u16>().ok();
    let is_up = || port().is_some_and(|port| TcpStream::connect(("127.0.0.1", port)).is_ok());
    wait_until(is_up);
    let pid = run.id().to_string();
    let sent = Command::new("kill").args(["-INT", &pid]).status();
    assert!(sent.unwrap().success());
    assert_eq!(run.wait().unwrap().code(), Some(130));
    wait_until(|| !is_up());
}

fn wait_until(holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE);
        thread::sleep(Duration::from_millis(5));
    }
}
