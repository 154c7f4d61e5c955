//! `cors diff`: what pages can do under only one of two policies.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use cors_core::{Change, Policy, PolicyDiff};
use serde::Serialize;

use super::policy_file::{PolicyFile, ReadOptions};
use super::style::BAD;
use super::{Failure, print_result};

#[derive(Args)]
pub(crate) struct Options {
    /// The policy file before the change, .json or .toml; `-` reads JSON or TOML from standard input
    old: PathBuf,
    /// The policy file after the change
    new: PathBuf,
    #[command(flatten)]
    read: ReadOptions,
    /// The format of the report
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Format {
    /// One line per difference, with an example of an origin
    #[default]
    Text,
    /// A JSON object with `widens` and the list `differences`
    Json,
}

/// Fails if pages can do more under the new policy.
pub(crate) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let stdin = Path::new("-");
    if options.old == stdin && options.new == stdin {
        let problem = "only one of the two policies can be read from standard input; give the other as a file";
        return Err(Failure::new(problem));
    }
    let policy = |path: &Path| policy(path, &options.read);
    let (old, new) = (policy(&options.old)?, policy(&options.new)?);
    let diff = old.diff(&new).map_err(|error| {
        let problem = format_args!(
            "cannot compare the policies: {error}; treat the change as one that widens access"
        );
        Failure::new(problem)
    })?;
    print_result(&options.format.report(&diff)?)?;
    Ok(match diff.widens() {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    })
}

fn policy(path: &Path, read: &ReadOptions) -> Result<Policy, Failure> {
    PolicyFile::read_with(path, read)?.build_silently()
}

#[derive(Serialize)]
struct Report<'a> {
    widens: bool,
    differences: &'a PolicyDiff,
}

impl Format {
    fn report(self, differences: &PolicyDiff) -> Result<String, Failure> {
        let report = Report {
            widens: differences.widens(),
            differences,
        };
        match self {
            Self::Text => Ok(text(differences)),
            Self::Json => serde_json::to_string_pretty(&report).map_err(Failure::new),
        }
    }
}

/// The text of the core, with a colour for what is widened.
fn text(differences: &PolicyDiff) -> String {
    let widened = Change::Widened.as_str();
    let lines = differences.to_string();
    let lines = lines.lines().map(|line| match line.strip_prefix(widened) {
        Some(rest) => format!("{BAD}{widened}{BAD:#}{rest}"),
        None => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}
