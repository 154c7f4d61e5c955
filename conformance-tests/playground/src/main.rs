//! The playground as a command of its own, without the other commands of `cors` and what they depend on.

use std::process::ExitCode;

use clap::Parser;
use command_support::exit_code;
use cors_playground::{Options, run};

fn main() -> ExitCode {
    exit_code(run(&Cli::parse().options))
}

const OTHERS: &str =
    "`cargo run -p cors-command -- --help` lists the other commands, such as `cors check`.";

/// Try a policy with real requests from your browser
#[derive(Parser)]
#[command(name = "playground", version, after_help = OTHERS)]
struct Cli {
    #[command(flatten)]
    options: Options,
}
