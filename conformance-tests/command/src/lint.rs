//! `cors lint`: the errors and warnings of a policy file, or of the environment.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use cors_core::issue::Issue;
use cors_core::{Config, ConfigError, Policy};
use serde::Serialize;

use super::policy_file::{PolicyFile, ReadOptions, report};
use super::{Failure, print_result};

#[derive(Args)]
pub(crate) struct Options {
    /// A policy file, .json or .toml; `-` reads JSON or TOML from standard input
    #[arg(required_unless_present = "env")]
    file: Option<PathBuf>,
    /// Read environment variables such as CORS_ALLOW_ORIGINS and CORS_MAX_AGE instead of a file
    #[arg(long, conflicts_with_all = ["file", "key", "input_format"])]
    env: bool,
    /// The prefix of the variables
    #[arg(long, conflicts_with = "file", default_value = "CORS_")]
    prefix: String,
    #[command(flatten)]
    read: ReadOptions,
    /// Exit with status 1 also on warnings
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
    let (name, config) = read(options)?;
    let built = config.build();
    let found = Found::new(&built);
    let text = match options.format {
        Format::Text => found.text(&name),
        Format::Json => serde_json::to_string_pretty(&found).map_err(Failure::new)?,
    };
    print_result(&text)?;
    let failed = !found.errors.is_empty() || (options.strict && !found.warnings.is_empty());
    Ok(if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// The configuration, and where it is from.
fn read(options: &Options) -> Result<(String, Config), Failure> {
    let Some(path) = &options.file else {
        let config = Config::from_env_prefix(&options.prefix);
        return Ok(("environment".to_owned(), config));
    };
    let file = PolicyFile::read_with(path, &options.read)?;
    Ok((file.name, file.config))
}

#[derive(Serialize)]
struct Found<'a> {
    errors: &'a [Issue],
    warnings: &'a [Issue],
    #[serde(skip_serializing_if = "is_zero")]
    more_errors: usize,
    #[serde(skip_serializing_if = "is_zero")]
    more_warnings: usize,
}

fn is_zero(count: &usize) -> bool {
    *count == 0
}

impl<'a> Found<'a> {
    fn new(built: &'a Result<Policy, ConfigError>) -> Self {
        match built {
            Ok(policy) => Self {
                errors: &[],
                warnings: policy.warnings(),
                more_errors: 0,
                more_warnings: policy.more_warnings(),
            },
            Err(error) => Self {
                errors: error.errors(),
                warnings: error.warnings(),
                more_errors: error.more_errors(),
                more_warnings: error.more_warnings(),
            },
        }
    }

    fn text(&self, name: &str) -> String {
        let count = |count: usize, noun| match count {
            0 => format!("no {noun}s"),
            1 => format!("1 {noun}"),
            many => format!("{many} {noun}s"),
        };
        let sum = format!(
            "{name}: {}, {}",
            count(self.errors.len() + self.more_errors, "error"),
            count(self.warnings.len() + self.more_warnings, "warning")
        );
        let issues = report(name, self.errors, self.more_errors).chain(report(
            name,
            self.warnings,
            self.more_warnings,
        ));
        issues.chain([sum]).collect::<Vec<_>>().join("\n")
    }
}
