//! `cors lint`: the errors and warnings of a policy file.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use cors_core::issue::Issue;
use serde::Serialize;

use super::Failure;
use super::policy_file::{PolicyFile, report};

#[derive(Args)]
pub(crate) struct Options {
    /// A policy file, .json or .toml; `-` reads JSON from standard input
    file: PathBuf,
    /// Exit with status 1 on warnings, too
    #[arg(long)]
    strict: bool,
    /// The format of the report
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Format {
    /// One line per issue
    #[default]
    Text,
    /// A JSON object with the lists `errors` and `warnings`
    Json,
}

/// The report is the result of the command, so it always goes to standard output.
pub(crate) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let file = PolicyFile::read(&options.file)?;
    let built = file.config.build();
    let found = match &built {
        Ok(policy) => Found {
            errors: &[],
            warnings: policy.warnings(),
        },
        Err(error) => Found {
            errors: error.errors(),
            warnings: error.warnings(),
        },
    };
    let text = match options.format {
        Format::Text => found.text(&file.name),
        Format::Json => serde_json::to_string_pretty(&found).map_err(Failure::new)? + "\n",
    };
    io::stdout()
        .write_all(text.as_bytes())
        .map_err(Failure::new)?;
    let failed = !found.errors.is_empty() || (options.strict && !found.warnings.is_empty());
    Ok(if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

#[derive(Serialize)]
struct Found<'a> {
    errors: &'a [Issue],
    warnings: &'a [Issue],
}

impl Found<'_> {
    fn text(&self, name: &str) -> String {
        let count = |issues: &[Issue], noun| match issues.len() {
            0 => format!("no {noun}s"),
            1 => format!("1 {noun}"),
            many => format!("{many} {noun}s"),
        };
        let sum = format!(
            "{name}: {}, {}",
            count(self.errors, "error"),
            count(self.warnings, "warning")
        );
        let issues = report(name, self.errors).chain(report(name, self.warnings));
        issues.chain([sum]).map(|line| line + "\n").collect()
    }
}
