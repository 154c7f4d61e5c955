//! The error of the build.

use super::issues::Issues;
use crate::issue::Issue;
use std::fmt;

/// The configuration is invalid. This error contains all issues.
///
/// `Display` and `Debug` write one line for each error, or for each warning if there is no error. So
/// all of them are visible if `main` returns this error, and also with `unwrap`.
///
/// Of more than 1000 errors or 1000 warnings, the first that the build found are kept, and the others are
/// counted.
#[derive(Clone, PartialEq, Eq)]
pub struct ConfigError(Issues);

impl ConfigError {
    pub(super) fn new(issues: Issues) -> Self {
        Self(issues)
    }

    /// The errors. Empty only if a [strict build](crate::Config::build_strict) failed because of
    /// warnings.
    pub fn errors(&self) -> &[Issue] {
        self.0.errors()
    }

    /// How many more errors there are than [`errors`](Self::errors) has.
    pub fn more_errors(&self) -> usize {
        self.0.more_errors()
    }

    /// The warnings: entries that are valid, but probably mistakes.
    pub fn warnings(&self) -> &[Issue] {
        self.0.warnings()
    }

    /// How many more warnings there are than [`warnings`](Self::warnings) has.
    pub fn more_warnings(&self) -> usize {
        self.0.more_warnings()
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (issues, more, name) = match self.errors() {
            [] => (self.warnings(), self.more_warnings(), "warning"),
            errors => (errors, self.more_errors(), "error"),
        };
        let all = issues.len() + more;
        let s = |count| if count == 1 { "" } else { "s" };
        write!(f, "invalid CORS policy, {all} {name}{}:", s(all))?;
        issues.iter().try_for_each(|issue| write!(f, "\n{issue}"))?;
        match more {
            0 => Ok(()),
            _ => write!(f, "\nand {more} more {name}{}", s(more)),
        }
    }
}

/// The text of `Display`, because `main` may return this error.
impl fmt::Debug for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for ConfigError {}
