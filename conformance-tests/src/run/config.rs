//! Checks configurations: which issues are found, and which origins the built policy allows.

use cors_core::issue::{Correction, Issue};
use cors_core::{Config, Policy};

use crate::vector::{ExpectedIssues, Source};

/// One line for every difference from the expected issues and origins.
pub(super) fn check(source: &Source, expect: &ExpectedIssues) -> Vec<String> {
    let config = match source {
        Source::Policy(table) => match table.clone().try_into::<Config>() {
            Ok(config) => config,
            Err(error) => return vec![format!("the policy cannot be read: {error}")],
        },
        Source::Env(variables) => Config::from_vars(variables.clone()),
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
    let parts = [
        ("errors", &expect.errors, errors),
        ("warnings", &expect.warnings, warnings),
    ];
    let mut lines = Vec::new();
    for (what, expected, issues) in parts {
        let got: Vec<String> = issues.iter().map(notation).collect();
        if got != *expected {
            lines.push(format!("{what}: expected {expected:#?}, got {got:#?}"));
        }
        let texts = issues.iter().map(Issue::to_string);
        let wordy = |text: &String| text.contains(['\n', '\r']) || text.ends_with('.');
        lines.extend(
            texts
                .filter(wordy)
                .map(|text| format!("not a single line without a full stop: {text:?}")),
        );
    }
    lines
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
