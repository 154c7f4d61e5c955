//! What reading a file or the environment has found, apart from the values.

use super::issues::Issues;
use crate::issue::{Issue, Key, Rule, Severity};

/// The problems of values that could not be read, and the variables that set a key.
#[derive(Clone, Debug, Default)]
pub(super) struct Reading {
    issues: Issues,
    /// Each place that could not be read: a key, or an entry of its list.
    unreadable: Vec<(Key, Option<usize>)>,
    variables: Vec<(Key, String)>,
}

/// From where a value was read is not a part of a configuration.
impl PartialEq for Reading {
    fn eq(&self, other: &Self) -> bool {
        self.issues == other.issues
    }
}

impl Eq for Reading {}

impl Reading {
    pub(super) fn push(&mut self, issue: Issue) {
        if let (Some(key), Severity::Error) = (issue.key, issue.severity()) {
            self.unreadable.push((key, issue.index));
        }
        self.issues.push(issue);
    }

    /// Forgets everything about the value of `key`, which is now replaced.
    pub(super) fn forget(&mut self, key: Key) {
        self.issues.forget(key);
        self.unreadable.retain(|(other, _)| *other != key);
        self.variables.retain(|(other, _)| *other != key);
        if matches!(key, Key::AllowOriginRegex | Key::OwnOrigins) {
            // One of these is enough.
            self.issues
                .remove_errors(|issue| issue.rule == Rule::VariableNotSet);
        }
    }

    /// The value of `key` is that of the variable `name`.
    pub(super) fn is_set_by(&mut self, key: Key, name: String) {
        self.variables.push((key, name));
    }

    /// Whether a key has the value of a variable.
    pub(super) fn has_variable(&self, key: Key) -> bool {
        self.variables.iter().any(|(other, _)| *other == key)
    }

    /// Whether the variable of `key` is empty.
    pub(super) fn has_empty_variable(&self, key: Key) -> bool {
        let mut warnings = self.issues.warnings().iter();
        warnings.any(|issue| issue.key == Some(key) && issue.rule == Rule::VariableEmpty)
    }

    /// The variable that set `key`.
    pub(super) fn variable(&self, key: Key) -> Option<&str> {
        let (_, name) = self.variables.iter().find(|(other, _)| *other == key)?;
        Some(name)
    }

    pub(super) fn issues(&self) -> &Issues {
        &self.issues
    }

    /// The entries of the list `key` that could not be read.
    pub(super) fn unreadable_entries(&self, key: Key) -> impl Iterator<Item = usize> {
        let of_key = self
            .unreadable
            .iter()
            .filter(move |(other, _)| *other == key);
        of_key.filter_map(|(_, index)| *index)
    }

    /// Whether the value of `key`, or a part of it, could not be read.
    pub(super) fn is_unreadable(&self, key: Key) -> bool {
        self.unreadable.iter().any(|(other, _)| *other == key)
    }

    /// Whether there is a name that resembles a key.
    pub(super) fn has_unknown_key(&self) -> bool {
        self.issues.errors().iter().any(|issue| issue.key.is_none())
    }
}
