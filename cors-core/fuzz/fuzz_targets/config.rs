//! A policy file in JSON, or, if it does not start with `{`, environment variables, one per line.
//!
//! Whatever the input, the build must not panic, every message must be a single line, every
//! correction must fix its problem, and a built policy must read back as the same policy.

#![no_main]

use cors_core::issue::{Correction, Issue, Key, Severity};
use cors_core::{Config, ConfigError, Policy};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use std::slice;

fuzz_target!(|text: &[u8]| {
    let Some(config) = read(text) else { return };
    let built = config.clone().build();
    let strict = config.clone().build_strict();
    match &built {
        Ok(policy) => {
            assert_eq!(strict.is_ok(), policy.warnings().is_empty());
            let read_back = policy.to_config();
            assert_eq!(read_back.clone().build().as_ref(), Ok(policy));
            let (original, json) = (json(&config), json(&read_back));
            for key in Key::ALL.iter().filter(|key| is_scalar(**key)) {
                assert_eq!(original[key.as_str()], json[key.as_str()]);
            }
            assert_eq!(serde_json::from_value::<Config>(json).unwrap(), read_back);
        }
        Err(error) => {
            assert!(!error.errors().is_empty());
            assert!(is_all(error.errors(), Severity::Error));
            assert!(is_all(error.warnings(), Severity::Warning));
            let more = usize::from(error.more_errors() > 0);
            assert_eq!(
                error.to_string().lines().count(),
                1 + error.errors().len() + more
            );
            assert_eq!(strict.as_ref(), Err(error));
        }
    }
    for issue in issues(built) {
        is_one_line(&issue.to_string());
        is_one_line(&issue.message());
        correction_is_legal(&issue);
    }
    follow_corrections(&config);
});

fn read(text: &[u8]) -> Option<Config> {
    if text.starts_with(b"{") {
        return serde_json::from_slice(text).ok();
    }
    let text = String::from_utf8_lossy(text);
    let vars = text.lines().filter_map(|line| line.split_once('='));
    Some(Config::from_vars(
        "CORS_",
        vars.map(|(name, value)| (name.to_owned(), value.to_owned())),
    ))
}

fn json(config: &Config) -> Value {
    serde_json::to_value(config).unwrap()
}

/// Whether the key has a single value, which is read back exactly as it was set.
fn is_scalar(key: Key) -> bool {
    key != Key::AllowOriginRegex && !LISTS.contains(&key)
}

/// All issues that a build reports.
fn issues(built: Result<Policy, ConfigError>) -> Vec<Issue> {
    match built {
        Ok(policy) => policy.warnings().to_vec(),
        Err(error) => [error.errors(), error.warnings()].concat(),
    }
}

fn is_all(issues: &[Issue], severity: Severity) -> bool {
    issues.iter().all(|issue| issue.severity() == severity)
}

fn is_one_line(text: &str) {
    assert!(!text.is_empty());
    assert!(!text.contains(char::is_control), "{text:?}");
}

/// Checks that a correction breaks no rule by itself, in particular not the rule that it corrects.
fn correction_is_legal(issue: &Issue) {
    let alone = match (issue.key(), issue.correction()) {
        (_, None | Some(Correction::Remove)) => return,
        (Some(key), Some(Correction::Replace(text))) => with_key(key, slice::from_ref(text)),
        (Some(key), Some(Correction::Split(entries))) => with_key(key, entries),
        (Some(_), Some(Correction::Entry(entry))) => {
            with_key(Key::AllowOrigins, slice::from_ref(entry))
        }
        (None, Some(Correction::RenameKey(name))) => {
            let is_known = |key: &&Key| {
                let variable = format!("CORS_{}", key.as_str().to_uppercase());
                *name == key.as_str() || *name == variable
            };
            return assert!(Key::ALL.iter().any(|key| is_known(&key)), "{issue}");
        }
        other => panic!("{other:?}"),
    };
    let issues = issues(alone.build());
    assert!(is_all(&issues, Severity::Warning), "{issue}\n{issues:?}");
    assert_eq!(count(issue, &issues), 0, "{issue}");
}

/// Applies the corrections of a list one at a time. Each must remove a problem.
fn follow_corrections(config: &Config) {
    // The values without the regex, and without the issues from reading.
    let mut config = LISTS
        .iter()
        .fold(Config::new(), |new, &key| {
            with_list(new, key, list(config, key).to_vec())
        })
        .allow_credentials(config.get_allow_credentials());
    let mut before = issues(config.clone().build());
    for _ in 0..16 {
        let next = before
            .iter()
            .find_map(|issue| Some((issue, corrected(&config, issue)?)));
        let Some((issue, next)) = next else { return };
        let after = issues(next.clone().build());
        // A duplicate entry may now be a redundant one.
        let helped = count(issue, &after) < count(issue, &before) || after.len() < before.len();
        assert!(helped, "{issue}\n{after:?}");
        (config, before) = (next, after);
    }
}

/// The number of `issues` with the same key and rule.
fn count(issue: &Issue, issues: &[Issue]) -> usize {
    let same = |other: &&Issue| (other.key(), other.rule()) == (issue.key(), issue.rule());
    issues.iter().filter(same).count()
}

/// Applies the correction of an entry to `config`.
fn corrected(config: &Config, issue: &Issue) -> Option<Config> {
    let entries = match issue.correction()? {
        Correction::Replace(text) => slice::from_ref(text),
        Correction::Split(entries) => entries,
        Correction::Remove => &[],
        _ => return None,
    };
    let (key, index) = (issue.key()?, issue.index()?);
    let mut list = list(config, key).to_vec();
    list.splice(index..=index, entries.iter().cloned());
    Some(with_list(config.clone(), key, list))
}

/// A configuration with one key.
fn with_key(key: Key, entries: &[String]) -> Config {
    if LISTS.contains(&key) {
        with_list(Config::new(), key, entries.to_vec())
    } else {
        let name = format!("CORS_{}", key.as_str().to_uppercase());
        Config::new().with_vars("CORS_", [(name, entries[0].clone())])
    }
}

const LISTS: [Key; 5] = [
    Key::AllowOrigins,
    Key::AllowMethods,
    Key::AllowHeaders,
    Key::ExposeHeaders,
    Key::OwnOrigins,
];

fn list(config: &Config, key: Key) -> &[String] {
    match key {
        Key::AllowOrigins => config.get_allow_origins(),
        Key::AllowMethods => config.get_allow_methods(),
        Key::AllowHeaders => config.get_allow_headers(),
        Key::OwnOrigins => config.get_own_origins(),
        _ => config.get_expose_headers(),
    }
}

fn with_list(config: Config, key: Key, list: Vec<String>) -> Config {
    match key {
        Key::AllowOrigins => config.allow_origins(list),
        Key::AllowMethods => config.allow_methods(list),
        Key::AllowHeaders => config.allow_headers(list),
        Key::OwnOrigins => config.own_origins(list),
        _ => config.expose_headers(list),
    }
}
