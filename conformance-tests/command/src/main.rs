//! The `cors` command. It exits with status 1 if the result is negative, such as errors in a policy, a
//! blocked fetch or wider access. It exits with status 2 if there is no result, for example on wrong usage.

mod arguments;
mod audit;
mod authorities;
mod check;
mod client;
mod completions;
mod conformance;
mod convert;
mod diff;
mod explain;
mod lint;
mod man;
mod proxy;
mod questions;
mod schema;
mod serve;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use command_support::{Failure, NO_RESULT, exit_code, framework, policy_file, print_error};
use command_support::{print_line, print_result, printable, style, until_stopped, write_result};
use cors_playground as playground;

fn main() -> ExitCode {
    let command = Cli::parse().command.unwrap_or_default();
    let end = match command {
        Command::Check(options) => check::run(&options),
        Command::Explain(options) => explain::run(&options),
        Command::Audit(options) => audit::run(&options),
        Command::Conformance(options) => conformance::run(&options),
        Command::Lint(options) => lint::run(&options),
        Command::Diff(options) => diff::run(&options),
        Command::Schema => schema::run(),
        Command::Convert(options) => convert::run(&options),
        Command::Proxy(options) => proxy::run(&options),
        Command::Playground(options) => playground::run(&options),
        Command::Serve(options) => serve::run(&options),
        Command::Completions(options) => completions::run(&options),
        Command::Man(options) => man::run(&options),
    };
    exit_code(end)
}

/// Find out what browsers do with CORS, and write a correct policy
#[derive(Parser)]
#[command(name = "cors", version, help_template = HELP, after_help = questions::table())]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

/// Without the list of commands, which the table of questions contains.
const HELP: &str =
    "{about-with-newline}\n{usage-heading} {usage}{after-help}\n\nOptions:\n{options}";

#[derive(Subcommand)]
enum Command {
    /// Find out whether a browser would let a script read a response, and if not, why and what to change
    ///
    /// Sends the requests that a browser would send for a `fetch` of a script, and judges the responses as browsers do. It
    /// sends no cookies unless `--cookie` or a curl command names them, and contacts no host that the command line does not
    /// name. It does not read bodies, and does not consider service workers and browser extensions.
    Check(Box<check::Options>),
    /// Explain step by step what the browser and the server do with a request under a policy
    Explain(explain::Options),
    /// Send the requests of an attacker to a server, and report what it allows
    Audit(audit::Options),
    /// Test the CORS of any server, in any language
    Conformance(Box<conformance::Options>),
    /// Report the errors and warnings of a policy file, or of the environment
    Lint(lint::Options),
    /// Report what pages can do under only one of two policies
    Diff(diff::Options),
    /// Print the JSON Schema of a policy file, for editors
    Schema,
    /// Convert the CORS configuration of another library to a policy file
    Convert(convert::Options),
    /// Put a policy in front of a server without CORS, for development
    Proxy(proxy::Options),
    /// Try a policy with real requests from your browser (the default command)
    Playground(playground::Options),
    /// Serve a test application with a policy
    Serve(serve::Options),
    /// Print a script with which a shell completes the commands and their options
    Completions(completions::Options),
    /// Print the man page of `cors`, or of one of its commands
    Man(man::Options),
}

impl Default for Command {
    fn default() -> Self {
        Self::Playground(playground::Options::default())
    }
}
