//! The issues of a configuration, up to a limit.

use crate::issue::{Issue, Key, Severity};

/// So many errors and so many warnings are kept. Any more are only counted, so that a generated
/// configuration with a million mistakes takes no more memory than one with a thousand.
pub(crate) const KEPT: usize = 1_000;

/// Errors and warnings in the order in which they were found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Issues {
    errors: Kept,
    warnings: Kept,
}

/// Issues of one severity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Kept {
    issues: Vec<Issue>,
    /// How many more there are about each key.
    more: Vec<(Option<Key>, usize)>,
}

impl Issues {
    pub(crate) fn push(&mut self, issue: Issue) {
        match issue.severity() {
            Severity::Error => self.errors.push(issue),
            Severity::Warning => self.warnings.push(issue),
        }
    }

    /// Removes the issues about `key`.
    pub(crate) fn forget(&mut self, key: Key) {
        self.errors.forget(key);
        self.warnings.forget(key);
    }

    /// Removes the errors for which `is_removed`.
    pub(crate) fn remove_errors(&mut self, is_removed: impl Fn(&Issue) -> bool) {
        self.errors.issues.retain(|issue| !is_removed(issue));
    }

    /// Whether another error is kept, and not only counted.
    pub(crate) fn keeps_errors(&self) -> bool {
        self.errors.issues.len() < KEPT
    }

    /// The errors that are kept.
    pub(crate) fn errors(&self) -> &[Issue] {
        &self.errors.issues
    }

    /// The warnings that are kept.
    pub(crate) fn warnings(&self) -> &[Issue] {
        &self.warnings.issues
    }

    /// How many errors are only counted.
    pub(crate) fn more_errors(&self) -> usize {
        self.errors.more()
    }

    /// How many warnings are only counted.
    pub(crate) fn more_warnings(&self) -> usize {
        self.warnings.more()
    }

    /// Changes every issue that is kept, and sorts them by key and position.
    pub(crate) fn finish(&mut self, change: impl Fn(&mut Issue)) {
        for kept in [&mut self.errors, &mut self.warnings] {
            kept.issues.iter_mut().for_each(&change);
            let place = |issue: &Issue| (issue.key.map(|key| key as usize), issue.index);
            kept.issues.sort_by_key(place);
        }
    }
}

impl Kept {
    fn push(&mut self, issue: Issue) {
        if self.issues.len() < KEPT {
            return self.issues.push(issue);
        }
        let counted = self.more.iter_mut().find(|(key, _)| *key == issue.key);
        match counted {
            Some((_, count)) => *count += 1,
            None => self.more.push((issue.key, 1)),
        }
    }

    fn forget(&mut self, key: Key) {
        self.issues.retain(|issue| issue.key != Some(key));
        self.more.retain(|(about, _)| *about != Some(key));
    }

    fn more(&self) -> usize {
        self.more.iter().map(|(_, count)| count).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::{Issues, KEPT};
    use crate::issue::{Issue, Key, Rule};

    #[test]
    fn more_issues_are_counted() {
        let mut issues = Issues::default();
        for index in 0..KEPT + 3 {
            issues.push(Issue::new(Key::AllowOrigins, "", Rule::EmptyItem).at(index));
            issues.push(Issue::new(Key::AllowMethods, "", Rule::Duplicate).at(index));
        }
        issues.push(Issue::unknown("x", Rule::UnknownKey));
        let kept = |issues: &Issues| (issues.errors().len(), issues.more_errors());
        assert_eq!(kept(&issues), (KEPT, 4));
        assert_eq!(issues.more_warnings(), 3);

        issues.forget(Key::AllowOrigins);
        assert_eq!(kept(&issues), (0, 1));
        assert_eq!((issues.warnings().len(), issues.more_warnings()), (KEPT, 3));
    }
}
