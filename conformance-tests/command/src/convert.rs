//! `cors convert`: the CORS configuration of another library as a policy of this one.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use cors_convert::{Converted, Library, MAX_LENGTH, convert};

use super::policy_file::report;
use super::{Failure, print_error, write_result};

#[derive(Args)]
pub(crate) struct Options {
    /// The library whose configuration is converted
    #[arg(long, value_parser = library(), value_name = "LIBRARY")]
    from: Library,
    /// The source file or configuration file; `-` reads it from standard input
    #[arg(default_value = "-")]
    file: PathBuf,
    /// The format of the policy
    #[arg(long, value_enum, default_value_t)]
    to: Format,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Format {
    /// TOML, with the differences in meaning as comments
    #[default]
    Toml,
    /// JSON; the differences in meaning go to standard error
    Json,
}

fn library() -> impl TypedValueParser<Value = Library> {
    let named = |name: String| Library::ALL.into_iter().find(|from| from.as_str() == name);
    PossibleValuesParser::new(Library::ALL.map(Library::as_str))
        .try_map(move |name| named(name).ok_or("unknown library"))
}

/// The policy goes to standard output. Everything that prevents one goes to standard error.
pub(crate) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let name = options.file.display().to_string();
    let text =
        read(&options.file).map_err(|problem| Failure::new(format_args!("{name}: {problem}")))?;
    let converted = match convert(options.from, &text) {
        Ok(converted) => converted,
        Err(problems) => {
            for problem in problems {
                print_error(Failure::new(format_args!("{name}: {problem}")));
            }
            return Ok(ExitCode::FAILURE);
        }
    };
    let judged = Judged::new(&converted);
    let text = match options.to {
        Format::Toml => toml(&name, options.from, &converted, &judged)?,
        Format::Json => json(&name, &converted)?,
    };
    for issue in &judged.issues {
        print_error(issue);
    }
    write_result(&text)?;
    Ok(if judged.is_valid {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// What the core reports about the policy.
struct Judged {
    is_valid: bool,
    /// Errors, then warnings.
    issues: Vec<String>,
}

impl Judged {
    fn new(converted: &Converted) -> Self {
        let built = converted.config.clone().build();
        let issues = match &built {
            Ok(policy) => report("policy", policy.warnings(), policy.more_warnings()).collect(),
            Err(error) => report("policy", error.errors(), error.more_errors())
                .chain(report("policy", error.warnings(), error.more_warnings()))
                .collect(),
        };
        Self {
            is_valid: built.is_ok(),
            issues,
        }
    }
}

/// The policy, after comments with its issues and with what differs.
fn toml(
    name: &str,
    from: Library,
    converted: &Converted,
    judged: &Judged,
) -> Result<String, Failure> {
    let mut lines = vec![format!("Converted from {} ({name}).", from.as_str())];
    if !judged.is_valid {
        lines.push("This policy is invalid: correct the errors below.".to_owned());
    }
    lines.extend(judged.issues.iter().map(|issue| format!("- {issue}")));
    lines.push("What differs:".to_owned());
    lines.extend(converted.notes.iter().map(|note| format!("- {note}")));
    let mut text: String = lines.iter().map(|line| comment(line)).collect();
    text += "\n";
    text += &toml::to_string_pretty(&converted.config).map_err(Failure::new)?;
    Ok(text)
}

/// One line of a comment, whatever the text contains.
fn comment(line: &str) -> String {
    let line: String = line
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    format!("# {line}\n")
}

fn json(name: &str, converted: &Converted) -> Result<String, Failure> {
    for note in &converted.notes {
        print_error(format_args!("{name}: note: {note}"));
    }
    Ok(serde_json::to_string_pretty(&converted.config).map_err(Failure::new)? + "\n")
}

/// Reads at most one byte more than can be converted, so that an endless input ends.
fn read(path: &Path) -> Result<String, String> {
    let input: Box<dyn Read> = if path == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        Box::new(File::open(path).map_err(|error| format!("cannot read the file: {error}"))?)
    };
    let limit = u64::try_from(MAX_LENGTH)
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    let mut bytes = Vec::new();
    input
        .take(limit)
        .read_to_end(&mut bytes)
        .map_err(|error| format!("cannot read the file: {error}"))?;
    let too_long = bytes.len() > MAX_LENGTH;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text),
        // The limit may be in the middle of a character.
        Err(error) if too_long && error.utf8_error().error_len().is_none() => {
            Ok(String::from_utf8_lossy(error.as_bytes()).into_owned())
        }
        Err(error) => {
            let before = error.as_bytes().get(..error.utf8_error().valid_up_to());
            let lines = before
                .unwrap_or_default()
                .iter()
                .filter(|&&byte| byte == b'\n');
            Err(format!("line {}: not UTF-8", lines.count() + 1))
        }
    }
}
