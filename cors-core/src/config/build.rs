//! Checks a configuration and makes the policy. Every rule is checked here, once.
//!
//! Each part returns what it could build, and reports issues. The parts are used only if there is no
//! error.

mod names;
mod origins;

use super::Config;
use super::error::ConfigError;
use crate::issue::{Correction, Issue, Key, Rule, Severity};
use crate::policy::Policy;
use std::collections::HashSet;

impl Config {
    /// Checks the configuration and makes the policy.
    ///
    /// # Errors
    ///
    /// Returns all errors and warnings, not only the first. If anything is an error, no policy is built.
    pub fn build(self) -> Result<Policy, ConfigError> {
        // Without `..`, a new key does not compile until it is checked and used here.
        let Self {
            allow_origins,
            allow_origin_regex,
            allow_methods,
            allow_headers,
            allow_credentials,
            expose_headers,
            max_age,
            preflight_status,
            diagnostics,
            block_refused_origins,
            dangerously_allow_credentials_on_public_suffixes,
            dangerously_allow_credentials_with_broad_regex,
            read_issues,
        } = self;
        let mut report = Report::new(read_issues);
        let origins = origins::Origins {
            entries: &allow_origins,
            regex: allow_origin_regex.as_deref(),
            credentials: allow_credentials,
            on_public_suffixes: dangerously_allow_credentials_on_public_suffixes,
            with_broad_regex: dangerously_allow_credentials_with_broad_regex,
        };
        let access = origins.build(&mut report);
        let methods = names::methods(&allow_methods, &mut report);
        let headers = names::allowed_headers(&allow_headers, &mut report);
        let exposed = names::exposed_headers(&expose_headers, allow_credentials, &mut report);
        check_max_age(max_age, &mut report);
        check_preflight_status(preflight_status, &mut report);
        let warnings = report.finish()?;
        Ok(Policy {
            access,
            methods,
            headers,
            exposed,
            max_age,
            bare_success: preflight_status == 204,
            diagnostics,
            block_refused_origins,
            on_public_suffixes: dangerously_allow_credentials_on_public_suffixes,
            with_broad_regex: dangerously_allow_credentials_with_broad_regex,
            warnings,
        })
    }

    /// Like [`build`](Self::build), but every warning is an error.
    ///
    /// # Errors
    ///
    /// Returns all errors and warnings.
    pub fn build_strict(self) -> Result<Policy, ConfigError> {
        let policy = self.build()?;
        if policy.warnings().is_empty() {
            Ok(policy)
        } else {
            Err(ConfigError::new(Vec::new(), policy.warnings().to_vec()))
        }
    }
}

fn check_max_age(seconds: u64, report: &mut Report) {
    // The default is the lowest cap, that of WebKit.
    if seconds > 600 {
        let issue = Issue::new(Key::MaxAge, seconds.to_string(), Rule::MaxAgeCapped);
        report.add(issue.detail("WebKit at 600 seconds, Chromium at 7200, Firefox at 86400"));
    }
}

fn check_preflight_status(status: u16, report: &mut Report) {
    if !matches!(status, 200 | 204) {
        let rule = Rule::PreflightStatus;
        let issue = Issue::new(Key::PreflightStatus, status.to_string(), rule);
        report.add(issue.corrected(Correction::Replace("200".to_owned())));
    }
}

/// The issues so far.
struct Report {
    issues: Vec<Issue>,
    /// The number of issues from reading a file or the environment. These come first.
    read: usize,
}

impl Report {
    fn new(read_issues: Vec<Issue>) -> Self {
        Self {
            read: read_issues.len(),
            issues: read_issues,
        }
    }

    fn add(&mut self, issue: Issue) {
        self.issues.push(issue);
    }

    /// The issues from reading a file or the environment.
    fn read_issues(&self) -> &[Issue] {
        self.issues.get(..self.read).unwrap_or_default()
    }

    /// Whether the value of `key`, or a part of it, could not be read.
    fn is_unreadable(&self, key: Key) -> bool {
        self.read_issues()
            .iter()
            .any(|issue| issue.key == Some(key))
    }

    /// The entries of a list with their positions, without those that are empty or could not be
    /// read.
    fn entries<'a>(&mut self, key: Key, list: &'a [String]) -> Vec<(usize, &'a str)> {
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
    fn finish(self) -> Result<Vec<Issue>, ConfigError> {
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
fn duplicate(key: Key, index: usize, text: &str) -> Issue {
    Issue::new(key, text, Rule::Duplicate)
        .at(index)
        .corrected(Correction::Remove)
}

/// The warning for an entry that has no effect.
fn redundant(key: Key, index: usize, text: &str, why: impl Into<String>) -> Issue {
    Issue::new(key, text, Rule::Redundant)
        .at(index)
        .detail(why)
        .corrected(Correction::Remove)
}
