//! What the build has found so far.

use crate::config::error::ConfigError;
use crate::issue::{Correction, Issue, Key, Rule, Severity};
use crate::origin::builder::Redundant;
use std::collections::HashSet;

/// The issues so far.
pub(super) struct Report {
    issues: Vec<Issue>,
    /// The number of issues from reading a file or the environment. These come first.
    read: usize,
}

impl Report {
    pub(super) fn new(read_issues: Vec<Issue>) -> Self {
        Self {
            read: read_issues.len(),
            issues: read_issues,
        }
    }

    pub(super) fn add(&mut self, issue: Issue) {
        self.issues.push(issue);
    }

    /// The issues from reading a file or the environment.
    pub(super) fn read_issues(&self) -> &[Issue] {
        self.issues.get(..self.read).unwrap_or_default()
    }

    /// Whether the value of `key`, or a part of it, could not be read.
    pub(super) fn is_unreadable(&self, key: Key) -> bool {
        self.read_issues()
            .iter()
            .any(|issue| issue.key == Some(key))
    }

    /// The entries of a list with their positions, without those that are empty or could not be
    /// read.
    pub(super) fn entries<'a>(&mut self, key: Key, list: &'a [String]) -> Vec<(usize, &'a str)> {
        let unreadable: HashSet<usize> = self
            .read_issues()
            .iter()
            .filter(|issue| issue.key == Some(key))
            .filter_map(|issue| issue.index)
            .collect();
        let mut entries = Vec::with_capacity(list.len());
        for (index, text) in list.iter().enumerate() {
            if unreadable.contains(&index) {
                continue;
            }
            if text.is_empty() {
                let issue = Issue::new(key, "", Rule::EmptyItem).at(index);
                self.add(issue.corrected(Correction::Remove));
            } else {
                entries.push((index, text.as_str()));
            }
        }
        entries
    }

    /// The warnings, sorted by key and position.
    ///
    /// # Errors
    ///
    /// Fails if there is an error.
    pub(super) fn finish(self) -> Result<Vec<Issue>, ConfigError> {
        let mut issues = self.issues;
        issues.sort_by_key(|issue| (issue.key.map(|key| key as usize), issue.index));
        let (errors, warnings): (Vec<_>, Vec<_>) = issues
            .into_iter()
            .partition(|issue| issue.severity() == Severity::Error);
        if errors.is_empty() {
            Ok(warnings)
        } else {
            Err(ConfigError::new(errors, warnings))
        }
    }
}

/// The warning for an entry that is in the list already.
pub(super) fn duplicate(key: Key, index: usize, text: &str) -> Issue {
    Issue::new(key, text, Rule::Duplicate)
        .at(index)
        .corrected(Correction::Remove)
}

/// The warning for an entry that has no effect.
pub(super) fn redundant(key: Key, index: usize, text: &str, why: impl Into<String>) -> Issue {
    Issue::new(key, text, Rule::Redundant)
        .at(index)
        .detail(why)
        .corrected(Correction::Remove)
}

/// Reports the origins and patterns of a list that have no effect.
pub(super) fn add_redundant(key: Key, entries: Vec<Redundant<'_>>, report: &mut Report) {
    for entry in entries {
        report.add(match entry.covered_by {
            None => duplicate(key, entry.index, entry.text),
            Some(other) => {
                let why = format!("covered by `{other}`");
                redundant(key, entry.index, entry.text, why)
            }
        });
    }
}
