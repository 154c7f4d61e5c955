//! A policy file, and the options for following it.

use super::error::{Problem, WatchError};
use super::follower::{Follower, Source, replace};
use super::replace::Replace;
use super::reports::Reports;
use super::signal::Signal;
use super::watcher::Watcher;
use crate::live_policies::InForce;
use crate::policies::Policies;
use std::error::Error;
use std::fmt;
use std::path::{self, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// A policy file that replaces the policies of a middleware when it changes. The [module](super) describes
/// how, with an example.
pub struct PolicyFile {
    source: Source,
    debounce: Duration,
    poll_interval: Duration,
    /// The text that was read last, and its policies.
    last: Option<(String, Policies)>,
}

impl PolicyFile {
    /// The file at `path`. `parse` makes policies of its text, which has no byte order mark.
    ///
    /// A relative path is resolved now: a later change of the working directory makes no difference.
    #[must_use]
    pub fn new<P: Into<Policies>>(
        path: impl Into<PathBuf>,
        mut parse: impl FnMut(&str) -> Result<P, Box<dyn Error + Send + Sync>> + Send + 'static,
    ) -> Self {
        let path = path.into();
        Self {
            source: Source {
                path: path::absolute(&path).unwrap_or(path),
                parse: Box::new(move |text| parse(text).map(Into::into)),
                max_bytes: 16 << 20,
                refuse_widening: false,
            },
            debounce: Duration::from_millis(200),
            poll_interval: Duration::from_secs(5),
            last: None,
        }
    }

    /// Whether to refuse policies under which pages can do anything that they cannot do under the policies in
    /// force, as [`Policies::diff`] finds it. A comparison that is too complex counts as such a difference.
    /// Default: `false`.
    ///
    /// The error has the first difference with an example, and [`Problem::Widens`] has all of them. A restart
    /// applies the policies. While a file is followed with this option, nothing else should replace the
    /// policies.
    #[must_use]
    pub fn refuse_widening(mut self, refuse: bool) -> Self {
        self.source.refuse_widening = refuse;
        self
    }

    /// How long a changed file must stay the same until it counts. Also the shortest time between two readings.
    /// Default: 200 milliseconds; at least 1.
    #[must_use]
    pub fn debounce(mut self, debounce: Duration) -> Self {
        self.debounce = debounce.max(Duration::from_millis(1));
        self
    }

    /// How often to read the file if no change is reported. Default: 5 seconds.
    #[must_use]
    pub fn poll_interval(mut self, interval: Duration) -> Self {
        self.poll_interval = interval;
        self
    }

    /// How many bytes the file may have. Default: 16 MiB.
    #[must_use]
    pub fn max_bytes(mut self, max: u64) -> Self {
        self.source.max_bytes = max;
        self
    }

    /// Reads the file now, for the first policies of a middleware.
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be read, or if the function of [`new`](Self::new) fails.
    pub fn read(&mut self) -> Result<Policies, WatchError> {
        self.try_read()
            .map_err(|problem| self.source.error(problem))
    }

    /// Follows the file until the [`Watcher`] is dropped. `middleware` is a clone of the one that the application
    /// uses.
    ///
    /// When this returns, the policies of the file are in force: it is read again, in case it has
    /// changed. From then on, `callback` is called once for each change of the file, on the thread that follows
    /// it, with the policies that are now in force or with the error. A panic in it, in the function of
    /// [`new`](Self::new) or in the middleware does not end the thread.
    ///
    /// # Errors
    ///
    /// Like [`read`](Self::read). Also fails if the policies are refused, or if there is no thread.
    pub fn watch<M: Replace>(
        mut self,
        middleware: M,
        callback: impl FnMut(Result<InForce, WatchError>) + Send + 'static,
    ) -> Result<Watcher, WatchError> {
        let path = self.source.path.clone();
        let signal = Arc::new(Signal::default());
        // First the reports, so that no change is lost between the reading and them.
        let reports = Reports::of(&path, &signal);
        let policies = self.read()?;
        let error = |problem| WatchError::new(&path, problem);
        if self
            .source
            .is_change(&policies, &middleware)
            .map_err(error)?
        {
            replace(&middleware, policies).map_err(error)?;
        }
        let follower = Follower {
            source: self.source,
            middleware,
            callback,
            known: Ok(self.last.map(|(text, _)| text).unwrap_or_default()),
            reports,
            signal: Arc::clone(&signal),
            debounce: self.debounce,
            poll_interval: self.poll_interval,
        };
        thread::Builder::new()
            .name("cors-policy-file".to_owned())
            .spawn(|| follower.run())
            .map_err(|cause| error(Problem::Thread(cause)))?;
        Ok(Watcher { signal })
    }

    fn try_read(&mut self) -> Result<Policies, Problem> {
        let text = self.source.load()?;
        let policies = match self.last.take() {
            Some((last, policies)) if last == text => policies,
            _ => self.source.policies(&text)?,
        };
        self.last = Some((text, policies.clone()));
        Ok(policies)
    }
}

impl fmt::Debug for PolicyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PolicyFile")
            .field("path", &self.source.path)
            .field("max_bytes", &self.source.max_bytes)
            .field("refuse_widening", &self.source.refuse_widening)
            .field("debounce", &self.debounce)
            .field("poll_interval", &self.poll_interval)
            .finish_non_exhaustive()
    }
}
