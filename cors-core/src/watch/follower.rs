//! The thread that follows a file.

use super::error::{Problem, WatchError};
use super::load::{BYTE_ORDER_MARK, load};
use super::replace::Replace;
use super::reports::Reports;
use super::settle::{Content, Known, changed, known};
use super::signal::{Signal, Stopped};
use crate::live_policies::InForce;
use crate::observability::file_error;
use crate::policies::Policies;
use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Makes policies of the text of a file.
pub(super) type Parse =
    Box<dyn FnMut(&str) -> Result<Policies, Box<dyn Error + Send + Sync>> + Send>;

/// The file, and how it is read.
pub(super) struct Source {
    pub(super) path: PathBuf,
    pub(super) parse: Parse,
    pub(super) max_bytes: u64,
    pub(super) refuse_widening: bool,
}

impl Source {
    pub(super) fn load(&self) -> Content {
        load(&self.path, self.max_bytes)
    }

    pub(super) fn policies(&mut self, text: &str) -> Result<Policies, Problem> {
        let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
        (self.parse)(text).map_err(Problem::Invalid)
    }

    /// Whether these policies differ from those of the middleware. With `refuse_widening`, this takes time.
    pub(super) fn is_change(
        &self,
        policies: &Policies,
        middleware: &impl Replace,
    ) -> Result<bool, Problem> {
        let now = middleware.in_force();
        if **now.policies() == *policies {
            return Ok(false);
        }
        if self.refuse_widening {
            let diff = now.policies().diff(policies);
            let diff = diff.map_err(Problem::TooComplex)?;
            if diff.widens() {
                return Err(Problem::Widens(diff));
            }
        }
        Ok(true)
    }

    pub(super) fn error(&self, problem: Problem) -> WatchError {
        WatchError::new(&self.path, problem)
    }
}

pub(super) fn replace(middleware: &impl Replace, policies: Policies) -> Result<(), Problem> {
    middleware.replace(policies).map_err(Problem::Replace)
}

pub(super) struct Follower<M, F> {
    pub(super) source: Source,
    pub(super) middleware: M,
    pub(super) callback: F,
    /// What the file had when it was read last.
    pub(super) known: Known,
    pub(super) reports: Option<Reports>,
    pub(super) signal: Arc<Signal>,
    pub(super) debounce: Duration,
    pub(super) poll_interval: Duration,
}

impl<M: Replace, F: FnMut(Result<InForce, WatchError>)> Follower<M, F> {
    pub(super) fn run(mut self) {
        while self.step().is_ok() {}
    }

    /// Handles at most one change. The pause at the end limits how often the file is read.
    fn step(&mut self) -> Result<(), Stopped> {
        self.signal.wait(self.poll_interval)?;
        // The way to the file may have changed, so it is watched anew before the next reading. A later change is
        // then reported.
        let pause = || {
            self.reports = Reports::of(&self.source.path, &self.signal);
            self.signal.pause(self.debounce)
        };
        if let Some(content) = changed(&self.known, || self.source.load(), pause)? {
            self.known = known(&content);
            let result = match content {
                Ok(text) => self.apply(&text)?,
                Err(problem) => Err(problem),
            };
            if let Err(Problem::KeepsChanging) = result {
                self.signal.wake(); // The last reading may have been the last change.
            }
            self.call(result);
        }
        self.signal.pause(self.debounce)
    }

    /// A panic must not end the thread: a file with a stricter policy would then be ignored.
    fn apply(&mut self, text: &str) -> Result<Result<InForce, Problem>, Stopped> {
        let apply = AssertUnwindSafe(|| {
            let policies = match self.source.policies(text) {
                Ok(policies) => policies,
                Err(problem) => return Ok(Err(problem)),
            };
            let middleware = &self.middleware;
            // Before the signal is locked, so that dropping the watcher does not wait for the comparison.
            let is_change = self.source.is_change(&policies, middleware);
            let replaced = self.signal.unless_stopped(|| match is_change? {
                true => replace(middleware, policies),
                false => Ok(()),
            })?;
            Ok(replaced.map(|()| middleware.in_force()))
        });
        catch_unwind(apply).unwrap_or(Ok(Err(Problem::Panicked)))
    }

    fn call(&mut self, result: Result<InForce, Problem>) {
        let result = result.map_err(|problem| self.source.error(problem));
        if let Err(error) = &result {
            file_error(error);
        }
        let call = AssertUnwindSafe(|| (self.callback)(result));
        // The panic hook has reported it.
        let _ = catch_unwind(call);
    }
}
