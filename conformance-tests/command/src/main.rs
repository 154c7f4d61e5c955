//! The `cors` command. It exits with status 2 on wrong usage, and with 1 on a refused policy, a
//! blocked fetch or any other failure.

mod fetch;
mod lint;
mod playground;
mod policy_file;
mod serve;
mod stop;

use std::fmt;
use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Parser, Subcommand};
use conformance_tests::subject::{FRAMEWORKS, Framework};

fn main() -> ExitCode {
    let command = Cli::parse().command.unwrap_or_default();
    let end = match command {
        Command::Playground(options) => playground::run(&options),
        Command::Serve(options) => serve::run(&options),
        Command::Lint(options) => lint::run(&options),
        Command::Fetch(options) => fetch::run(&options),
    };
    end.unwrap_or_else(|failure| {
        complain(failure);
        ExitCode::FAILURE
    })
}

/// Cross-origin resource sharing: try a policy in a browser, serve it, check it, ask a server
#[derive(Parser)]
#[command(name = "cors", version)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Try a policy with real requests of your browser; the default
    Playground(playground::Options),
    /// Serve the test application behind an adapter
    Serve(serve::Options),
    /// Report the errors and warnings of a policy file
    Lint(lint::Options),
    /// Ask a server as a script in a browser does, and tell why it is blocked
    Fetch(fetch::Options),
}

impl Default for Command {
    fn default() -> Self {
        Self::Playground(playground::Options::default())
    }
}

/// The name of a framework with an adapter.
fn framework() -> impl TypedValueParser<Value = Framework> {
    let named = |name: String| {
        let mut frameworks = FRAMEWORKS.into_iter();
        frameworks.find(|framework| framework.name == name)
    };
    PossibleValuesParser::new(FRAMEWORKS.map(|framework| framework.name))
        .try_map(move |name| named(name).ok_or("no such framework"))
}

/// Why the command ends early: one line a problem.
struct Failure(String);

impl Failure {
    /// A problem with the system, not with a policy.
    fn new(problem: impl fmt::Display) -> Self {
        Self(format!("error: {problem}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A line on standard output. A server goes on when nobody reads it any more.
fn say(line: impl fmt::Display) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// The same on standard error.
fn complain(line: impl fmt::Display) {
    let _ = writeln!(io::stderr(), "{line}");
}
