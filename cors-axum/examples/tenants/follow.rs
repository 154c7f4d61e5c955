//! Keeps the policy of this instance in step with the database.

use crate::store::{Change, Error, Store};
use cors_axum::{ConfigError, CorsLayer, Policies, Policy};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Notify;
use tokio::task::spawn_blocking;
use tokio::time::{sleep, timeout};

/// So many changes are read and put in force at once.
const BATCH: i64 = 10_000;

/// So many wrong rows are remembered.
const MAX_WRONG_ROWS: usize = 1_000;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Timing {
    /// After this time, the log is read even without a notice, because notices can be lost.
    pub(crate) period: Duration,
    /// After a notice, the log is read this much later, so that many notices lead to one reading.
    pub(crate) pause: Duration,
    /// A query may take this long.
    pub(crate) query: Duration,
    /// Reading the whole list may take this long.
    pub(crate) load: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            period: Duration::from_secs(1),
            pause: Duration::from_millis(50),
            query: Duration::from_secs(10),
            load: Duration::from_secs(120),
        }
    }
}

/// What the health route shows.
#[derive(Debug, Default)]
pub(crate) struct Status {
    /// When the database was last read to the end.
    pub(crate) in_step: Option<Instant>,
    /// Why it could not be read since.
    pub(crate) problem: Option<String>,
    /// The number of the last change that is in force.
    pub(crate) change: i64,
    /// Rows that allow nothing, because they are not valid exact origins, with the reason.
    pub(crate) wrong_rows: BTreeMap<String, String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Follower {
    pub(crate) store: Store,
    pub(crate) cors: CorsLayer,
    /// The policy without the tenants' origins. It must list no exact origins of its own: a tenant who registers and
    /// deletes the same origin would remove it.
    pub(crate) template: Policy,
    pub(crate) timing: Timing,
    pub(crate) wake: Arc<Notify>,
    pub(crate) status: Arc<Mutex<Status>>,
}

/// What was read and is in force.
#[derive(Clone, Debug)]
struct InStep {
    policy: Policy,
    change: i64,
    wrong_rows: BTreeMap<String, String>,
}

impl Follower {
    pub(crate) fn status(&self) -> MutexGuard<'_, Status> {
        self.status.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes [`follow`](Self::follow) up. However many notices arrive, at most one is pending.
    pub(crate) async fn listen(self) {
        loop {
            let notice = || self.wake.notify_one();
            if let Err(error) = self.store.listen(notice).await {
                eprintln!("no notices: {error}");
            }
            sleep(self.timing.period).await;
        }
    }

    /// Reads what has changed, again and again. Whatever goes wrong, the last policy stays in force.
    pub(crate) async fn follow(self) {
        let mut last = None;
        loop {
            let problem = self.catch_up(&mut last).await.err();
            self.note(problem.map(|error| error.to_string()));
            let notice = timeout(self.timing.period, self.wake.notified()).await;
            if notice.is_ok() {
                sleep(self.timing.pause).await;
            }
        }
    }

    fn note(&self, problem: Option<String>) {
        let mut status = self.status();
        match &problem {
            None => status.in_step = Some(Instant::now()),
            Some(new) if status.problem.as_ref() != Some(new) => {
                eprintln!("the last policy stays in force: {new}");
            }
            Some(_) => {}
        }
        status.problem = problem;
    }

    async fn catch_up(&self, last: &mut Option<InStep>) -> Result<(), Error> {
        let Timing { query, load, .. } = self.timing;
        loop {
            let changes = match last {
                Some(last) => within(query, self.changes_after(last.change)).await?,
                None => None,
            };
            let next = match (last.clone(), changes) {
                (Some(_), Some(changes)) if changes.is_empty() => {
                    return within(query, self.store.shorten_log()).await;
                }
                (Some(mut next), Some(changes)) => {
                    // Now and then, a change makes a new list, which takes longer than a task may take.
                    spawn_blocking(move || next.apply(changes).map(|()| next)).await??
                }
                _ => within(load, self.load()).await?,
            };
            self.put_in_force(&next)?;
            *last = Some(next);
        }
    }

    /// The next changes. `None` if the log no longer has them: it was shortened, or the database is an older
    /// copy.
    async fn changes_after(&self, change: i64) -> Result<Option<Vec<Change>>, Error> {
        let changes = self.store.changes_after(change, BATCH).await?;
        // In this order, because another instance may shorten the log at any time.
        let (lowest, highest) = self.store.log_bounds().await?.unwrap_or((1, 0));
        let is_complete = lowest <= change + 1 && change <= highest;
        Ok(is_complete.then_some(changes))
    }

    async fn load(&self) -> Result<InStep, Error> {
        self.store.create_tables().await?;
        // What changes while the list is read has a higher number, so it is read again as a change.
        let bounds = self.store.log_bounds().await?;
        let origins = self.store.origins().await?;
        let mut loaded = InStep {
            policy: self.template.clone(),
            change: bounds.map_or(0, |(_, highest)| highest),
            wrong_rows: BTreeMap::new(),
        };
        let loading = spawn_blocking(move || {
            for part in origins.chunks(10_000) {
                loaded.change_origins(part.to_vec(), Vec::new())?;
            }
            Ok::<_, ConfigError>(loaded)
        });
        Ok(loading.await??)
    }

    fn put_in_force(&self, next: &InStep) -> Result<(), Error> {
        // Pages of tenants must not use these routes.
        let policies = Policies::new(next.policy.clone());
        let policies = policies.without_cors("/tenants")?.without_cors("/health")?;
        self.cors.replace(policies);
        let mut status = self.status();
        status.change = next.change;
        status.wrong_rows.clone_from(&next.wrong_rows);
        Ok(())
    }
}

impl InStep {
    fn apply(&mut self, changes: Vec<Change>) -> Result<(), ConfigError> {
        let mut origins = BTreeMap::new();
        for change in changes {
            self.change = change.number;
            origins.insert(change.origin, change.is_registered);
        }
        let (added, removed): (Vec<_>, Vec<_>) = origins.into_iter().partition(|(_, is)| *is);
        let texts = |list: Vec<(String, bool)>| list.into_iter().map(|(text, _)| text).collect();
        self.change_origins(texts(added), texts(removed))
    }

    /// Changes the policy. Rows that are not valid are noted and left out.
    fn change_origins(
        &mut self,
        mut added: Vec<String>,
        mut removed: Vec<String>,
    ) -> Result<(), ConfigError> {
        for origin in &removed {
            self.wrong_rows.remove(origin);
        }
        loop {
            let [add, remove] = [&added, &removed].map(|list| list.iter().map(String::as_str));
            let error = match self.policy.with_changed_origins(add, remove) {
                Ok(policy) => {
                    self.policy = policy;
                    return Ok(());
                }
                Err(error) => error,
            };
            // The positions of the errors count the added origins, then the removed ones.
            let reasons = error.errors().iter();
            let reasons = reasons.filter_map(|issue| Some((issue.index()?, issue.message())));
            let reasons: BTreeMap<usize, String> = reasons.collect();
            if reasons.is_empty() {
                return Err(error); // Not about a row.
            }
            for (index, reason) in &reasons {
                if let Some(origin) = added.get(*index)
                    && self.wrong_rows.len() < MAX_WRONG_ROWS
                {
                    eprintln!("this row allows nothing: {origin:?}: {reason}");
                    self.wrong_rows.insert(origin.clone(), reason.clone());
                }
            }
            let mut index = 0..;
            let mut is_right = |_: &String| index.next().is_none_or(|i| !reasons.contains_key(&i));
            added.retain(&mut is_right);
            removed.retain(&mut is_right);
        }
    }
}

/// Limits the time, so that a database that hangs is a problem that is reported.
async fn within<T>(
    limit: Duration,
    task: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    match timeout(limit, task).await {
        Ok(result) => result,
        Err(_) => Err(format!("the database did not respond within {limit:?}").into()),
    }
}
