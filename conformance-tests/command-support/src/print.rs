//! What a command prints.

use std::fmt;
use std::io::{self, Write as _};

use crate::failure::Failure;
use crate::style::BAD;

/// Prints the result of the command and a line break on standard output.
pub fn print_result(text: &str) -> Result<(), Failure> {
    let text = text.trim_end_matches('\n');
    writeln!(anstream::stdout(), "{text}").map_err(Failure::new)
}

/// Writes a result that may be redirected to a file, such as a policy, to standard output: byte for byte.
pub fn write_result(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(Failure::new)
}

/// Prints a line on standard output. Errors are ignored, so a server continues if its output is
/// closed.
pub fn print_line(line: impl fmt::Display) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// Prints a line on standard error. Errors are ignored.
pub fn print_error(line: impl fmt::Display) {
    let line = line.to_string();
    let (prefix, rest) = match line.strip_prefix("error:") {
        Some(rest) => ("error:", rest),
        None => ("", line.as_str()),
    };
    let _ = writeln!(anstream::stderr(), "{BAD}{prefix}{BAD:#}{rest}");
}
