//! `cors conformance` as a child process, against right and wrong servers.

#![cfg(unix)] // `env`, and process groups
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by a panic"
)]

mod bugs;
mod frameworks;
mod reports;
mod running;
mod scoreboard;
mod server;
mod starlette;
mod usage;

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// The result of a run with `--format json`.
struct Run {
    status: i32,
    report: Value,
    stderr: String,
}

/// The command with limits that no right server exceeds under load.
fn conformance() -> Command {
    let mut command = impatient("60");
    command.args(["--start-limit", "300"]);
    command
}

/// The command with this limit for a response.
fn impatient(case_limit: &str) -> Command {
    let mut command = plain();
    command.args(["--case-limit", case_limit]);
    command
}

fn plain() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cors"));
    command.arg("conformance");
    command
}

/// The command line of the server in `server.rs`, with this bug.
fn server(bug: &str) -> String {
    let program = std::env::current_exe().unwrap();
    format!(
        "env CORS_BUG={bug} CORS_POLICY={{policy}} CORS_PORT={{port}} '{}' server::serve --exact --ignored --nocapture",
        program.display()
    )
}

fn run(command: &mut Command) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.json");
    let output = command.args(["--format", "json", "--output"]).arg(&file);
    let output = output.output().unwrap();
    Run {
        status: output.status.code().unwrap(),
        report: report(&file),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn report(file: &Path) -> Value {
    let text = fs::read_to_string(file).unwrap_or_else(|_| "null".to_owned());
    serde_json::from_str(&text).unwrap()
}

impl Run {
    /// How many requests the policy allows.
    fn allowed(&self) -> usize {
        let cases = self.report["cases"].as_array().expect(&self.stderr);
        let decisions = cases.iter().filter_map(|case| case["decision"].as_str());
        decisions.filter(|id| id.ends_with("-allowed")).count()
    }

    /// The cases that failed.
    fn failures(&self) -> Vec<&Value> {
        let cases = self.report["cases"].as_array().expect(&self.stderr);
        cases.iter().filter(|case| case["failed"] == true).collect()
    }
}
