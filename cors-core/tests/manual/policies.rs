//! The policies in the examples of a page.

use cors_core::issue::Key;
use cors_core::{Config, Policy};
use std::fmt::Write as _;

/// The policies of a page that build, in their order. Those that do not build are doctests that compare the error.
pub(crate) fn policies(page: &str) -> Vec<Policy> {
    let starts = page.split("Config::new()").skip(1);
    let files = starts.map(policy_file).filter(|file| !file.is_empty());
    let configs = files.map(|file| {
        toml::from_str::<Config>(&file).unwrap_or_else(|error| panic!("{file}{error}"))
    });
    configs.filter_map(|config| config.build().ok()).collect()
}

/// The calls of builder methods at the start of a text, as a policy file.
fn policy_file(mut calls: &str) -> String {
    let mut file = String::new();
    while let Some((name, rest)) = method(calls) {
        let (value, rest) = argument(rest);
        writeln!(file, "{name} = {value}").unwrap();
        calls = rest;
    }
    file
}

/// The name of a key, and what follows its opening parenthesis.
fn method(calls: &str) -> Option<(&str, &str)> {
    let mut calls = calls.trim_start();
    while calls.starts_with("//") {
        calls = calls.split_once('\n')?.1.trim_start();
    }
    let (name, rest) = calls.strip_prefix('.')?.split_once('(')?;
    let is_key = Key::ALL.iter().any(|key| key.as_str() == name);
    is_key.then_some((name, rest))
}

/// The argument in TOML, and what follows its closing parenthesis. Values of TOML look like those of Rust, except for
/// comments and raw strings.
fn argument(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut rest = text;
    loop {
        if let Some(after) = rest.strip_prefix(')') {
            return (value, after);
        } else if rest.starts_with("//") {
            rest = rest.trim_start_matches(|char| char != '\n');
        } else if let Some(raw) = rest.strip_prefix("r\"") {
            let (raw, after) = raw.split_once('"').unwrap();
            write!(value, "'{raw}'").unwrap();
            rest = after;
        } else if let Some(string) = rest.strip_prefix('"') {
            let (string, after) = string.split_once('"').unwrap();
            write!(value, "\"{string}\"").unwrap();
            rest = after;
        } else {
            let mut chars = rest.chars();
            value.extend(chars.next());
            rest = chars.as_str();
        }
    }
}
