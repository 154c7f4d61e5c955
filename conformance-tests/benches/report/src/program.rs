//! What the script `build-cost` measured.

use crate::records;
use serde::{Deserialize, Serialize};
use std::io;
use std::path::Path;

/// The results of one run of `build-cost`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Programs(pub Vec<Program>);

/// What a middleware adds to a small program of its framework.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Program {
    /// The framework.
    pub framework: String,
    /// The middleware.
    pub middleware: String,
    /// Crates.
    pub crates: usize,
    /// CPU seconds of a release build.
    pub seconds: f64,
    /// Bytes of the stripped program, in megabytes.
    pub megabytes: f64,
}

impl Programs {
    pub(crate) fn read(text: &str, path: &Path) -> io::Result<Self> {
        Ok(Self(records::read(text, path)?))
    }
}
