//! What is found about a case.

use conformance_tests::vector::Section;

/// What a mistake means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Harm {
    /// A browser behaves the same.
    Differs,
    /// What the policy allows does not work.
    Breaks,
    /// What the policy refuses works.
    Leaks,
    /// The server hangs, ends, or sends no HTTP.
    Fault,
}

impl Harm {
    /// All, with the most harmless first.
    pub(crate) const ALL: [Self; 4] = [Self::Differs, Self::Breaks, Self::Leaks, Self::Fault];

    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Differs => "differs",
            Self::Breaks => "breaks",
            Self::Leaks => "leaks",
            Self::Fault => "fault",
        }
    }
}

/// A mistake of the server.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub(crate) harm: Harm,
    /// The section of the standard that it is against.
    pub(crate) section: Section,
    pub(crate) lines: Vec<String>,
}

/// The result of a case.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    Passed,
    Found(Finding),
    /// The response differs as the file of differences states, for this reason.
    Declared(String),
    /// The server cannot express the policy.
    Unsupported(String),
    /// The server did not start.
    NotStarted(String),
    /// The case was not run, because the server failed several times before.
    Abandoned,
}
