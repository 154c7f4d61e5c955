//! What the build has found so far.

use crate::config::error::ConfigError;
use crate::config::issues::Issues;
use crate::config::reading::Reading;
use crate::issue::{Correction, Issue, Key, Rule};
use crate::origin::builder::Redundant;
use std::collections::HashSet;

/// The issues so far.
pub(super) struct Report {
    reading: Reading,
    issues: Issues,
}

impl Report {
    pub(super) fn new(reading: Reading) -> Self {
        Self {
            issues: reading.issues().clone(),
            reading,
        }
    }

    pub(super) fn add(&mut self, issue: Issue) {
        self.issues.push(issue);
    }

    pub(super) fn has_errors(&self) -> bool {
        !self.issues.errors().is_empty()
    }

    /// Whether another error is kept, and not only counted.
    pub(super) fn keeps_errors(&self) -> bool {
        self.issues.keeps_errors()
    }

    /// What reading a file or the environment has found.
    pub(super) fn reading(&self) -> &Reading {
        &self.reading
    }

    /// The entries of a list with their positions, without those that are empty or could not be
    /// read.
    pub(super) fn entries<'a>(&mut self, key: Key, list: &'a [String]) -> Vec<(usize, &'a str)> {
        let unreadable: HashSet<usize> = self.reading.unreadable_entries(key).collect();
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
    pub(super) fn finish(self) -> Result<Issues, ConfigError> {
        let Self {
            reading,
            mut issues,
        } = self;
        issues.finish(|issue| {
            if let (Some(key), None) = (issue.key, &issue.variable) {
                issue.variable = reading.variable(key).map(str::to_owned);
            }
        });
        if issues.errors().is_empty() {
            Ok(issues)
        } else {
            Err(ConfigError::new(issues))
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
