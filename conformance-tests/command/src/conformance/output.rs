//! Where the report goes.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use crate::Failure;

/// Writes the report to the file, or to standard output.
pub(crate) fn write(file: Option<&Path>, text: &str) -> Result<(), Failure> {
    let Some(path) = file else {
        // A closed output is not a failure of the server.
        let _ = io::stdout().write_all(text.as_bytes());
        return Ok(());
    };
    fs::write(path, text).map_err(|error| {
        Failure::new(format_args!(
            "{}: cannot write the report: {error}",
            path.display()
        ))
    })
}
