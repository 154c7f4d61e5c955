//! The `cors` command. It exits with status 2 on wrong usage, and with status 1 on a rejected
//! policy, a blocked fetch or any other failure.

mod convert;
mod fetch;
mod lint;
mod playground;
mod policy_file;
mod schema;
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
        Command::Schema => schema::run(),
        Command::Convert(options) => convert::run(&options),
        Command::Fetch(options) => fetch::run(&options),
    };
    end.unwrap_or_else(|failure| {
        print_error(failure);
        ExitCode::FAILURE
    })
}

/// Try, serve and lint CORS policies, and check the responses of a server
#[derive(Parser)]
#[command(name = "cors", version)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Try a policy with real requests from your browser (the default command)
    Playground(playground::Options),
    /// Serve a test application with a policy
    Serve(serve::Options),
    /// Report the errors and warnings of a policy file, or of the environment
    Lint(lint::Options),
    /// Print the JSON Schema of a policy file, for editors
    Schema,
    /// Convert the CORS configuration of another library to a policy file
    Convert(convert::Options),
    /// Fetch a URL like a script in a browser, and report whether the response is readable
    Fetch(fetch::Options),
}

impl Default for Command {
    fn default() -> Self {
        Self::Playground(playground::Options::default())
    }
}

/// Parses the name of a framework that has an adapter.
fn framework() -> impl TypedValueParser<Value = Framework> {
    let named = |name: String| {
        let mut frameworks = FRAMEWORKS.into_iter();
        frameworks.find(|framework| framework.name == name)
    };
    PossibleValuesParser::new(FRAMEWORKS.map(|framework| framework.name))
        .try_map(move |name| named(name).ok_or("unknown framework"))
}

/// Why the command failed: one line per problem.
struct Failure(String);

impl Failure {
    /// Creates a failure with the prefix `error: `. Issues of a policy have a prefix of their own.
    fn new(problem: impl fmt::Display) -> Self {
        Self(format!("error: {problem}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Prints a line on standard output. Errors are ignored, so a server continues if its output is
/// closed.
fn print_line(line: impl fmt::Display) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// Prints a line on standard error. Errors are ignored.
fn print_error(line: impl fmt::Display) {
    let _ = writeln!(io::stderr(), "{line}");
}
