//! What is wrong in one case.

use crate::culprit::Culprit;

/// What is wrong, and what to change. The texts are sentences without a full stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong.
    pub culprit: Culprit,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, with the values of this case.
    pub what: String,
    /// What to change, in any server.
    pub fix: String,
    /// The part of a standard that decides, with its address.
    pub standard: String,
}

/// How bad a [`Finding`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The script gets no response.
    Blocking,
    /// The script gets a response, but there is a problem. The fetch may fail in another browser or with a cache, the script
    /// cannot read all of the response, or other scripts can read it as well.
    Warning,
}

impl Finding {
    pub(crate) fn blocking(
        culprit: Culprit,
        what: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self {
            culprit,
            severity: Severity::Blocking,
            what: what.into(),
            fix: fix.into(),
            standard: String::new(),
        }
    }

    pub(crate) fn warning(
        culprit: Culprit,
        what: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::blocking(culprit, what, fix)
        }
    }

    pub(crate) fn by(self, standard: impl Into<String>) -> Self {
        Self {
            standard: standard.into(),
            ..self
        }
    }
}
