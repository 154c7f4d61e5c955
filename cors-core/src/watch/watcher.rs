//! The handle of a file that is followed.

use super::signal::Signal;
use std::sync::Arc;

/// Follows a policy file until it is dropped. See [`PolicyFile::watch`](super::PolicyFile::watch).
///
/// Dropping it waits for a replacement that is under way, but not for the file system. Afterwards, the
/// policies are not replaced any more. The thread ends soon.
#[derive(Debug)]
#[must_use = "the file is followed only until this value is dropped; write `let _watcher = `, not `let _ = `"]
pub struct Watcher {
    pub(super) signal: Arc<Signal>,
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.signal.stop();
    }
}
