//! A policy as a JSON or TOML file.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use cors_core::issue::Issue;
use cors_core::{Config, ConfigError, Policy};

use super::{Failure, print_error};

pub(crate) struct PolicyFile {
    /// The path as the user gave it.
    pub(crate) name: String,
    pub(crate) config: Config,
    /// The text of the file, converted to JSON.
    pub(crate) json: String,
}

impl PolicyFile {
    /// Reads `.json` and `.toml` files, and JSON from standard input for `-`.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let name = path.display().to_string();
        let parsed = Format::of(path).and_then(|format| {
            let text = read_text(path).map_err(|error| format!("cannot read the file: {error}"))?;
            let json = format.json(text)?;
            Ok((from_json(&json)?, json))
        });
        match parsed {
            Ok((config, json)) => Ok(Self { name, config, json }),
            Err(problem) => Err(Failure::new(format_args!("{name}: {problem}"))),
        }
    }

    /// Creates the policy file that has this configuration.
    pub(crate) fn from_config(name: &str, config: Config) -> Result<Self, Failure> {
        let json = serde_json::to_string_pretty(&config).map_err(Failure::new)?;
        Ok(Self {
            name: name.to_owned(),
            config,
            json,
        })
    }

    /// Builds the policy of a server that is about to start, and prints its warnings on standard error.
    pub(crate) fn build(self) -> Result<Policy, Failure> {
        match self.config.build() {
            Ok(policy) => {
                for line in report(&self.name, policy.warnings()) {
                    print_error(line);
                }
                Ok(policy)
            }
            Err(error) => Err(Failure(refusal(&self.name, &error))),
        }
    }
}

/// Reads a configuration. The configuration keeps the errors inside the object, and its build reports
/// them.
pub(crate) fn from_json(text: &str) -> Result<Config, String> {
    serde_json::from_str(text).map_err(|error: serde_json::Error| match error.is_data() {
        true => error.to_string(),
        false => format!("invalid JSON: {error}"),
    })
}

/// One line per issue: file, severity, issue.
pub(crate) fn report(name: &str, issues: &[Issue]) -> impl Iterator<Item = String> {
    issues
        .iter()
        .map(move |issue| format!("{name}: {}: {issue}", issue.severity()))
}

fn refusal(name: &str, error: &ConfigError) -> String {
    let lines: Vec<_> = report(name, error.errors())
        .chain(report(name, error.warnings()))
        .collect();
    lines.join("\n")
}

enum Format {
    Json,
    Toml,
}

impl Format {
    fn of(path: &Path) -> Result<Self, String> {
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("json") => Ok(Self::Json),
            Some("toml") => Ok(Self::Toml),
            None if path == Path::new("-") => Ok(Self::Json),
            _ => Err("a policy file must have the extension .json or .toml".to_owned()),
        }
    }

    /// Converts the text of a file to JSON.
    fn json(&self, text: String) -> Result<String, String> {
        match self {
            Self::Json => Ok(text),
            Self::Toml => {
                let table: toml::Table =
                    toml::from_str(&text).map_err(|error| not_toml(&text, &error))?;
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
