//! Checks configurations: which issues are found, and which origins the built policy allows.

use cors_core::issue::{Correction, Issue};
use cors_core::{Config, Policies, Policy};

use crate::vector::{ExpectedIssues, Source};

/// One line for every difference from the expected issues and origins.
pub(super) fn check(source: &Source, expect: &ExpectedIssues) -> Vec<String> {
    let config = match source {
        Source::Policy(table) => match table.clone().try_into::<Config>() {
            Ok(config) => config,
            Err(error) => return vec![format!("the policy cannot be read: {error}")],
        },
        Source::Env(variables) => Config::from_vars("CORS_", variables.clone()),
        Source::Prefixes(prefixes) => return refused_prefixes(prefixes, expect),
    };
    match config.clone().build() {
        Err(error) => {
            let mut lines = against(expect, error.errors(), error.warnings());
            if config.build_strict().as_ref() != Err(&error) {
                lines.push("a strict build does not give the same errors".to_owned());
            }
            lines
        }
        Ok(policy) => {
            let mut lines = against(expect, &[], policy.warnings());
            if config.build_strict().is_ok() != policy.warnings().is_empty() {
                lines.push(
                    "a strict build does not fail exactly when there are warnings".to_owned(),
                );
            }
            lines.extend(origins(&policy, &expect.allows, true));
            lines.extend(origins(&policy, &expect.refuses, false));
            lines
        }
    }
}

fn refused_prefixes(prefixes: &[String], expect: &ExpectedIssues) -> Vec<String> {
    let mut policies = Policies::without_default();
    let (mut refused, mut texts) = (Vec::new(), Vec::new());
    for (index, prefix) in prefixes.iter().enumerate() {
        match policies.clone().without_cors(prefix) {
            Ok(added) => policies = added,
            Err(error) => {
                refused.push(format!("prefixes[{index}]"));
                texts.push(error.to_string());
            }
        }
    }
    let parts = [
        ("errors", &expect.errors, refused),
        ("warnings", &expect.warnings, Vec::new()),
    ];
    different(parts)
        .chain(texts.into_iter().filter_map(wordy))
        .collect()
}

fn origins<'a>(
    policy: &'a Policy,
    origins: &'a [String],
    expected: bool,
) -> impl Iterator<Item = String> + 'a {
    let wrong = move |origin: &&String| policy.is_origin_allowed(origin.as_bytes()) != expected;
    let verb = if expected { "refuses" } else { "allows" };
    origins
        .iter()
        .filter(wrong)
        .map(move |origin| format!("the policy {verb} {origin}"))
}

fn against(expect: &ExpectedIssues, errors: &[Issue], warnings: &[Issue]) -> Vec<String> {
    let shown = |issues: &[Issue]| issues.iter().map(notation).collect();
    let parts = [
        ("errors", &expect.errors, shown(errors)),
        ("warnings", &expect.warnings, shown(warnings)),
    ];
    let texts = errors.iter().chain(warnings).map(Issue::to_string);
    different(parts).chain(texts.filter_map(wordy)).collect()
}

/// One line for each list that is not as expected.
fn different(parts: [(&str, &Vec<String>, Vec<String>); 2]) -> impl Iterator<Item = String> {
    let different = parts
        .into_iter()
        .filter(|(_, expected, got)| got != *expected);
    different.map(|(what, expected, got)| format!("{what}: expected {expected:#?}, got {got:#?}"))
}

/// A line about a text for users that is not one line without a full stop.
fn wordy(text: String) -> Option<String> {
    let is_wordy = text.contains(['\n', '\r']) || text.ends_with('.');
    is_wordy.then(|| format!("not a single line without a full stop: {text:?}"))
}

/// An issue in the notation of the vectors: `key[index] rule -> correction`.
fn notation(issue: &Issue) -> String {
    let mut text = match issue.key() {
        Some(key) => key.to_string(),
        None => issue.text().to_owned(),
    };
    if let Some(index) = issue.index() {
        text += &format!("[{index}]");
    }
    text += &format!(" {}", issue.rule().id());
    match issue.correction() {
        None => text,
        Some(Correction::Replace(with)) => format!("{text} -> {with}"),
        Some(Correction::Split(entries)) => format!("{text} -> split {}", entries.join(" | ")),
        Some(Correction::Entry(entry)) => format!("{text} -> entry {entry}"),
        Some(Correction::Remove) => format!("{text} -> remove"),
        Some(Correction::RenameKey(key)) => format!("{text} -> rename {key}"),
        Some(other) => format!("{text} -> {other}"),
    }
}
