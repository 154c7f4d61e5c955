//! What wakes and stops the thread that follows a file.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Flags rather than a queue: many reports of changes are as good as one.
#[derive(Debug, Default)]
pub(super) struct Signal {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    is_woken: bool,
    is_stopped: bool,
}

/// The thread must end.
pub(super) struct Stopped;

impl Signal {
    /// Ends the next [`wait`](Self::wait), or the one that is under way.
    pub(super) fn wake(&self) {
        self.lock().is_woken = true;
        self.changed.notify_all();
    }

    /// Waits for what [`unless_stopped`](Self::unless_stopped) is doing. After this, it does nothing.
    pub(super) fn stop(&self) {
        self.lock().is_stopped = true;
        self.changed.notify_all();
    }

    /// Waits until the thread is woken, or until `limit` has passed.
    pub(super) fn wait(&self, limit: Duration) -> Result<(), Stopped> {
        self.wait_while(limit, |state| !state.is_woken)?.is_woken = false;
        Ok(())
    }

    /// Waits until `time` has passed.
    pub(super) fn pause(&self, time: Duration) -> Result<(), Stopped> {
        self.wait_while(time, |_| true).map(drop)
    }

    pub(super) fn unless_stopped<T>(&self, act: impl FnOnce() -> T) -> Result<T, Stopped> {
        let state = self.lock();
        match state.is_stopped {
            true => Err(Stopped),
            false => Ok(act()),
        }
    }

    fn wait_while(
        &self,
        limit: Duration,
        go_on: impl Fn(&State) -> bool,
    ) -> Result<MutexGuard<'_, State>, Stopped> {
        let go_on = |state: &mut State| !state.is_stopped && go_on(state);
        let waited = self.changed.wait_timeout_while(self.lock(), limit, go_on);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        match state.is_stopped {
            true => Err(Stopped),
            false => Ok(state),
        }
    }

    /// A panic while the flags are locked does not make them wrong.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stopped_signal_acts_no_more() {
        let signal = Signal::default();
        assert!(matches!(signal.unless_stopped(|| 1), Ok(1)));
        signal.stop();
        assert!(signal.unless_stopped(|| 1).is_err());
        assert!(signal.wait(Duration::MAX).is_err());
        assert!(signal.pause(Duration::MAX).is_err());
    }

    #[test]
    fn many_reports_wake_once() {
        let signal = Signal::default();
        (0..10_000).for_each(|_| signal.wake());
        assert!(signal.wait(Duration::MAX).is_ok());
        assert!(!signal.lock().is_woken);
        assert!(signal.wait(Duration::ZERO).is_ok(), "the time is over");
    }
}
