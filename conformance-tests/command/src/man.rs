//! `cors man`: the man pages.

use std::process::ExitCode;

use clap::{Args, Command, CommandFactory as _};
use clap_mangen::Man;

use super::{Cli, Failure, print_result};

#[derive(Args)]
pub(crate) struct Options {
    /// The command whose page to print, such as `lint` [default: the page of `cors` itself]
    command: Option<String>,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let mut cli = Cli::command();
    cli.build();
    let command = match &options.command {
        None => &cli,
        Some(name) => cli
            .find_subcommand(name)
            .ok_or_else(|| unknown(name, &cli))?,
    };
    let mut page = Vec::new();
    Man::new(command.clone())
        .source(concat!("cors ", env!("CARGO_PKG_VERSION")))
        .render(&mut page)
        .map_err(Failure::new)?;
    print_result(&String::from_utf8_lossy(&page))?;
    Ok(ExitCode::SUCCESS)
}

fn unknown(name: &str, cli: &Command) -> Failure {
    let names: Vec<_> = cli.get_subcommands().map(Command::get_name).collect();
    Failure::new(format_args!(
        "there is no command `{name}`; the commands are {}",
        names.join(", ")
    ))
}
