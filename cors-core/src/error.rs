//! The error of a refused configuration.

use crate::issue::Issue;
use std::fmt;

/// A configuration was refused: everything that is wrong with it.
///
/// `Display` and `Debug` give one line a problem, so that `main` may return it and `unwrap` shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct ConfigError {
    errors: Vec<Issue>,
    warnings: Vec<Issue>,
}

impl ConfigError {
    pub(crate) fn new(errors: Vec<Issue>, warnings: Vec<Issue>) -> Self {
        Self { errors, warnings }
    }

    /// What must change. Empty only if a [strict build](crate::Config::build_strict) refused
    /// warnings.
    pub fn errors(&self) -> &[Issue] {
        &self.errors
    }

    /// What is merely suspicious.
    pub fn warnings(&self) -> &[Issue] {
        &self.warnings
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (issues, name) = match self.errors.as_slice() {
            [] => (&self.warnings, "warning"),
            _ => (&self.errors, "error"),
        };
        let s = if issues.len() == 1 { "" } else { "s" };
        write!(f, "CORS policy refused, {} {name}{s}:", issues.len())?;
        issues.iter().try_for_each(|issue| write!(f, "\n{issue}"))
    }
}

impl fmt::Debug for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for ConfigError {}
