//! A policy as a JSON or TOML file, or as a table in one.

mod part;

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use clap::{Args, ValueEnum};
use cors_core::issue::Issue;
use cors_core::{Config, ConfigError, Policy};

use crate::failure::Failure;
use crate::print::print_error;

/// How to find the policy in a file.
#[derive(Args)]
pub struct ReadOptions {
    /// The key of the table in the file that contains the policy, such as `cors` or `server.cors`
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// The format of the file, if its name does not show it
    #[arg(long, value_enum, value_name = "FORMAT")]
    input_format: Option<Format>,
}

/// The policy in a file.
pub struct PolicyFile {
    /// The path as the user gave it.
    pub name: String,
    /// The configuration, not yet built.
    pub config: Config,
    /// The text of the file, converted to JSON.
    pub json: String,
}

impl PolicyFile {
    /// Reads `.json` and `.toml` files, and either from standard input for `-`.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        Self::read_part(path, None, None)
    }

    /// Reads a file as the options say.
    pub fn read_with(path: &Path, options: &ReadOptions) -> Result<Self, Failure> {
        Self::read_part(path, options.input_format, options.key.as_deref())
    }

    /// Reads a file in `format`. If there is a `key`, such as `server.cors`, the policy is the table with
    /// this key.
    fn read_part(path: &Path, format: Option<Format>, key: Option<&str>) -> Result<Self, Failure> {
        let name = path.display().to_string();
        let parsed = Source::of(path, format).and_then(|source| {
            let text = read_text(path).map_err(|error| format!("cannot read the file: {error}"))?;
            let text = text.strip_prefix('\u{feff}').unwrap_or(&text); // Editors of Windows add it.
            let json = source.format(text)?.json(text)?;
            let config = match key {
                Some(key) => part::from_json(&json, key)
                    .map_err(|error| json_problem(&error))?
                    .ok_or_else(|| format!("there is no table `{key}`"))?,
                None => from_json(&json)?,
            };
            Ok((config, json))
        });
        match parsed {
            Ok((config, json)) => Ok(Self { name, config, json }),
            Err(problem) => Err(Failure::new(format_args!("{name}: {problem}"))),
        }
    }

    /// Creates the policy file that has this configuration.
    pub fn from_config(name: &str, config: Config) -> Result<Self, Failure> {
        let json = serde_json::to_string_pretty(&config).map_err(Failure::new)?;
        Ok(Self {
            name: name.to_owned(),
            config,
            json,
        })
    }

    /// Builds the policy without printing its warnings.
    pub fn build_silently(self) -> Result<Policy, Failure> {
        let refused = |error| Failure(refusal(&self.name, &error));
        self.config.build().map_err(refused)
    }

    /// Builds the policy of a server that is about to start, and prints its warnings on standard error.
    pub fn build(self) -> Result<Policy, Failure> {
        let name = self.name.clone();
        let policy = self.build_silently()?;
        for line in report(&name, policy.warnings(), policy.more_warnings()) {
            print_error(line);
        }
        Ok(policy)
    }
}

/// Reads a configuration. The configuration keeps the errors inside the object, and its build reports
/// them.
pub fn from_json(text: &str) -> Result<Config, String> {
    serde_json::from_str(text).map_err(|error| json_problem(&error))
}

fn json_problem(error: &serde_json::Error) -> String {
    match error.is_data() {
        true => error.to_string(),
        false => format!("invalid JSON: {error}"),
    }
}

/// One line per issue: file, severity, issue. If there are `more`, a line says so.
pub fn report(name: &str, issues: &[Issue], more: usize) -> impl Iterator<Item = String> {
    let severity = |issue: &Issue| issue.severity();
    let rest = issues.last().filter(|_| more > 0).map(move |last| {
        let s = if more == 1 { "" } else { "s" };
        format!("{name}: and {more} more {}{s}", severity(last))
    });
    let lines = issues
        .iter()
        .map(move |issue| format!("{name}: {}: {issue}", severity(issue)));
    lines.chain(rest)
}

fn refusal(name: &str, error: &ConfigError) -> String {
    let lines: Vec<_> = report(name, error.errors(), error.more_errors())
        .chain(report(name, error.warnings(), error.more_warnings()))
        .collect();
    lines.join("\n")
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Json,
    Toml,
}

/// Where the format of a text is known from.
enum Source {
    Known(Format),
    /// Standard input: the text itself.
    Text,
}

impl Source {
    fn of(path: &Path, format: Option<Format>) -> Result<Self, String> {
        if let Some(format) = format {
            return Ok(Self::Known(format));
        }
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("json") => Ok(Self::Known(Format::Json)),
            Some("toml") => Ok(Self::Known(Format::Toml)),
            None if path == Path::new("-") => Ok(Self::Text),
            _ => Err("a policy file must have the extension .json or .toml".to_owned()),
        }
    }

    /// A policy in JSON is an object, and no TOML starts with a brace. An empty text is probably not a
    /// policy, but the output of a program that failed.
    fn format(&self, text: &str) -> Result<Format, String> {
        let text = text.trim_start();
        match self {
            Self::Known(format) => Ok(*format),
            Self::Text if text.is_empty() => {
                Err("the input is empty, so there is no policy".to_owned())
            }
            Self::Text if text.starts_with('{') => Ok(Format::Json),
            Self::Text => Ok(Format::Toml),
        }
    }
}

impl Format {
    /// Converts the text of a file to JSON.
    fn json(self, text: &str) -> Result<String, String> {
        match self {
            Self::Json => Ok(text.to_owned()),
            Self::Toml => {
                let table: toml::Table =
                    toml::from_str(text).map_err(|error| not_toml(text, &error))?;
                serde_json::to_string_pretty(&table).map_err(|error| error.to_string())
            }
        }
    }
}

fn read_text(path: &Path) -> io::Result<String> {
    if path == Path::new("-") {
        let mut text = String::new();
        io::stdin().read_to_string(&mut text)?;
        return Ok(text);
    }
    fs::read_to_string(path)
}

/// The error on one line, in the style of `serde_json`. Its own `Display` has several lines.
fn not_toml(text: &str, error: &toml::de::Error) -> String {
    let message = error.message().replace('\n', ", ");
    let start = error.span().map_or(0, |span| span.start);
    let before = text.get(..start).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|&c| c != '\n').count() + 1;
    format!("invalid TOML: {message} at line {line} column {column}")
}
