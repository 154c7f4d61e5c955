//! Where the report goes.

use std::fs;
use std::path::Path;

use crate::{Failure, write_result};

/// Writes the report to the file, or to standard output.
pub(crate) fn write(file: Option<&Path>, text: &str) -> Result<(), Failure> {
    let Some(path) = file else {
        return write_result(text);
    };
    fs::write(path, text).map_err(|error| {
        Failure::new(format_args!(
            "{}: cannot write the report: {error}",
            path.display()
        ))
    })
}
