//! `cors check` as a program, with servers on this machine that send what each test scripts.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by a panic"
)]

mod applications;
#[cfg(unix)] // process groups
mod browsers;
mod culprits;
mod curl;
mod network;
mod output;
#[cfg(unix)] // a port is reserved for nginx
mod real_servers;
mod redirects;
mod requests;
mod server;
#[cfg(unix)]
mod set_ups;
mod tls;
mod usage;
mod verdicts;

use std::io::Write as _;
use std::process::{Command, Stdio};

const PAGE: [&str; 2] = ["--origin", "https://app.example.com"];

/// The codes for `error:`.
const OWN_CODES: [&str; 3] = ["\x1b[1m", "\x1b[31m", "\x1b[0m"];

/// What the program did.
#[derive(Debug)]
struct Run {
    status: i32,
    stdout: String,
    stderr: String,
}

fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cors"));
    command.arg("check");
    command
}

fn run(command: &mut Command) -> Run {
    run_with_input(command, "")
}

fn run_with_input(command: &mut Command, input: &str) -> Run {
    let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = pipes.stderr(Stdio::piped()).spawn().unwrap();
    // It may end before it has read everything.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run {
        status: output.status.code().unwrap(),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

/// Checks a URL for the page.
fn check(url: &str, args: &[&str]) -> Run {
    run(&mut command_for(url, args))
}

fn command_for(url: &str, args: &[&str]) -> Command {
    let origin: &[&str] = match args.contains(&"--origin") {
        true => &[],
        false => &PAGE,
    };
    let mut command = command();
    command.arg(url).args(origin).args(args);
    command
}

/// The same with the output for a terminal: in a pipe, all escape sequences are removed, also those of other texts.
fn check_on_terminal(url: &str, args: &[&str]) -> Run {
    run(command_for(url, args).env("CLICOLOR_FORCE", "1"))
}

impl Run {
    /// The line of the verdict.
    #[track_caller]
    fn verdict(&self) -> &str {
        const NAMES: [&str; 4] = ["readable: ", "blocked: ", "unreachable: ", "stopped: "];
        let is_verdict = |line: &&str| NAMES.iter().any(|name| line.starts_with(name));
        let verdict = self.stdout.lines().find(is_verdict);
        verdict.unwrap_or_else(|| panic!("no verdict: {self:?}"))
    }

    /// Asserts that no other text controls the terminal. The program itself writes colours.
    #[track_caller]
    fn assert_no_control_characters(&self) {
        let is_control = |char: char| char.is_control() && char != '\n';
        for text in [&self.stdout, &self.stderr] {
            let text = OWN_CODES
                .iter()
                .fold(text.clone(), |text, code| text.replace(code, ""));
            assert!(!text.contains(is_control), "{self:?}");
        }
    }

    /// Asserts that there is no response, for this reason.
    #[track_caller]
    fn assert_unreachable(&self, reason: &str) {
        assert_eq!(self.status, 2, "{self:?}");
        assert_eq!(self.stderr, format!("error: {reason}\n"), "{self:?}");
        assert_eq!(self.verdict(), format!("unreachable: {reason}"));
    }
}
