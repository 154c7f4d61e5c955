//! The exit status of a command.

use std::process::ExitCode;

use crate::failure::Failure;
use crate::print::print_error;

/// The exit status without a result, the same as that of `clap` on wrong usage.
pub const NO_RESULT: u8 = 2;

/// Returns the exit status of a command, and prints why it failed on standard error.
pub fn exit_code(end: Result<ExitCode, Failure>) -> ExitCode {
    end.unwrap_or_else(|failure| {
        print_error(failure);
        ExitCode::from(NO_RESULT)
    })
}
