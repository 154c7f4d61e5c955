//! Why the policies of a file are not in force.

use crate::compare::PolicyDiff;
use crate::language::TooComplex;
use std::error::Error;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// The policies of a file are not in force. Those that were in force before still are.
pub struct WatchError {
    path: PathBuf,
    problem: Problem,
}

/// What is wrong with a policy file, or with its policies.
#[derive(Debug)]
#[non_exhaustive]
pub enum Problem {
    /// It cannot be read: it is missing, for example, or there is no permission.
    Read(io::Error),
    /// It is a directory, a FIFO or a device.
    NotAFile,
    /// It has more than this number of bytes.
    TooLong(u64),
    /// It is not UTF-8 after this number of bytes.
    NotUtf8(usize),
    /// It has only white space. Probably, it is being written or the disk is full.
    Empty,
    /// It kept changing while it was read.
    KeepsChanging,
    /// The function of [`PolicyFile::new`](super::PolicyFile::new) returned this error: that of the format, or a
    /// [`ConfigError`](crate::ConfigError).
    Invalid(Box<dyn Error + Send + Sync>),
    /// Pages can do more than under the policies in force.
    Widens(PolicyDiff),
    /// It takes too many steps to find out whether pages can do more than under the policies in force.
    TooComplex(TooComplex),
    /// The middleware cannot apply the policies.
    Replace(Box<dyn Error + Send + Sync>),
    /// The function of [`PolicyFile::new`](super::PolicyFile::new), or the middleware, panicked.
    Panicked,
    /// The system starts no more threads.
    Thread(io::Error),
}

impl WatchError {
    pub(super) fn new(path: &Path, problem: Problem) -> Self {
        Self {
            path: path.to_owned(),
            problem,
        }
    }

    /// The absolute path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is wrong.
    pub fn problem(&self) -> &Problem {
        &self.problem
    }
}

impl fmt::Display for WatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.problem)
    }
}

/// The text of `Display`, because `main` may return this error.
impl fmt::Debug for WatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Its text includes that of the error that caused it. So [`source`](Error::source) is the source of that error:
/// what prints a chain of errors prints each text once. [`WatchError::problem`] has the error itself.
impl Error for WatchError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.problem {
            Problem::Read(error) | Problem::Thread(error) => error.source(),
            Problem::Invalid(error) | Problem::Replace(error) => error.source(),
            Problem::TooComplex(error) => error.source(),
            Problem::NotAFile
            | Problem::TooLong(_)
            | Problem::NotUtf8(_)
            | Problem::Empty
            | Problem::KeepsChanging
            | Problem::Widens(_)
            | Problem::Panicked => None,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(error) => write!(f, "cannot read the file: {error}"),
            Self::NotAFile => {
                f.write_str("not a regular file, but a directory, a FIFO or a device")
            }
            Self::TooLong(max) => write!(
                f,
                "the file has more than {max} bytes; raise the limit with `max_bytes`"
            ),
            Self::NotUtf8(valid) => write!(f, "not valid UTF-8 after {valid} bytes"),
            Self::Empty => f.write_str(
                "the file is empty; to allow no origin, write a policy without `allow_origins`, \
                 such as `max_age = 600`",
            ),
            Self::KeepsChanging => f.write_str(
                "the file was different each time it was read; write a new file and rename it over \
                 this one",
            ),
            Self::Invalid(error) | Self::Replace(error) => error.fmt(f),
            Self::Widens(diff) => write_widening(diff, f),
            Self::TooComplex(error) => write!(
                f,
                "it is not known whether the policies widen access, which `refuse_widening` refuses: \
                 {error}; restart to apply them"
            ),
            Self::Panicked => f.write_str("a panic, while the policies were read or replaced"),
            Self::Thread(error) => write!(f, "cannot start a thread to follow the file: {error}"),
        }
    }
}

/// One line, with the first of the differences.
fn write_widening(diff: &PolicyDiff, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str(
        "the policies widen access, which `refuse_widening` refuses; restart to apply them",
    )?;
    let mut widened = diff.widened();
    if let Some(first) = widened.next() {
        write!(f, "; {first}")?;
    }
    match widened.count() {
        0 => Ok(()),
        more => write!(f, ", and {more} more"),
    }
}
