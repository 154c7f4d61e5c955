//! Why a command failed.

use std::fmt;

/// Why the command failed: one line per problem.
#[derive(Debug)]
pub struct Failure(pub(crate) String);

impl Failure {
    /// Creates a failure with the prefix `error: `. Issues of a policy have a prefix of their own.
    pub fn new(problem: impl fmt::Display) -> Self {
        Self(format!("error: {problem}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
