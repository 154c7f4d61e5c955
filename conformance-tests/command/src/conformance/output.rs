//! Where the report goes.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use crate::Failure;

/// Writes the report to the file, or to standard output.
pub(crate) fn write(file: Option<&Path>, text: &str) -> Result<(), Failure> {
    let Some(path) = file else {
        let mut out = io::stdout();
        let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        return written.map_err(Failure::new);
    };
    fs::write(path, text).map_err(|error| {
        Failure::new(format_args!(
            "{}: cannot write the report: {error}",
            path.display()
        ))
    })
}
