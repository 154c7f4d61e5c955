//! Policies that are replaced while requests are handled.
//!
//! The adapters keep their policies here, shared by all clones of a middleware.

use crate::observability::{Observer, Request};
use crate::policies::Policies;
use crate::policy::Policy;
use crate::policy_table::PolicyTable;
use crate::request::RequestHead;
use arc_swap::ArcSwap;
use std::ops::Deref;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::SystemTime;

/// The policies that apply to new requests. They can be replaced at any time, without a lock for the
/// requests. For adapters.
///
/// The first policies stay in memory with this value, so that a request before the first replacement
/// only checks that there was none. Later ones are dropped once they are replaced and no request uses
/// them.
#[derive(Debug)]
pub struct LivePolicies<T> {
    first: Revision<T>,
    /// Empty until the first replacement.
    later: OnceLock<ArcSwap<Revision<T>>>,
    render: fn(Policies) -> PolicyTable<T>,
    /// Held while policies are replaced, so that the revision with the highest number is in force.
    replacing: Mutex<()>,
    observer: Observer,
}

/// A [`PolicyTable`] with its revision. For adapters.
#[derive(Debug)]
pub struct Revision<T> {
    table: PolicyTable<T>,
    in_force: InForce,
}

impl<T> Deref for Revision<T> {
    type Target = PolicyTable<T>;

    #[inline]
    fn deref(&self) -> &PolicyTable<T> {
        &self.table
    }
}

/// The policies that were in force when this value was read, and since when.
///
/// It does not change when the policies are replaced.
#[derive(Clone, Debug)]
pub struct InForce {
    policies: Arc<Policies>,
    revision: u64,
    since: SystemTime,
}

impl InForce {
    /// The policies, as they were passed to the middleware. [`Policies::find`] returns the one for a request.
    pub fn policies(&self) -> &Arc<Policies> {
        &self.policies
    }

    /// How many policies the middleware has had, these included: 1 for the first ones, 2 after one
    /// replacement.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// When these policies replaced the previous ones, or when the middleware was made. This is the clock
    /// of the system, which can be set back.
    pub fn since(&self) -> SystemTime {
        self.since
    }
}

impl<T> LivePolicies<T> {
    /// Renders these policies, and later the ones that replace them, with `render`.
    pub fn new(policies: impl Into<Policies>, render: fn(Policies) -> PolicyTable<T>) -> Self {
        Self {
            first: Revision::new(policies.into(), render, 1),
            later: OnceLock::new(),
            render,
            replacing: Mutex::new(()),
            observer: Observer::new(),
        }
    }

    /// Replaces the policies. All requests that begin after this call see the new ones.
    pub fn replace(&self, policies: impl Into<Policies>) {
        let mut next = Revision::new(policies.into(), self.render, 0);
        // The mutex guards no data, so a panic cannot leave it in a wrong state.
        let replacing = self
            .replacing
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        next.in_force.revision = self.in_force().revision + 1;
        next.in_force.since = SystemTime::now();
        self.observer.replaced(next.in_force.revision);
        let next = Arc::new(next);
        let later = self.later.get_or_init(|| ArcSwap::new(Arc::clone(&next)));
        let old = later.swap(next);
        drop(replacing);
        drop(old);
    }

    /// The first policies, if they are in force.
    ///
    /// Handle a request under replaced policies, with [`read`](Self::read), in a function that is not
    /// inlined. Otherwise, the code for a request before the first replacement becomes so large that it is
    /// not inlined either, which costs it 40 instructions.
    #[inline]
    fn first_in_force(&self) -> Option<&Revision<T>> {
        match self.later.get() {
            None => Some(&self.first),
            Some(_) => None,
        }
    }

    /// Calls `f` with the policies for a request that begins now.
    pub fn read<R>(&self, f: impl FnOnce(&Revision<T>) -> R) -> R {
        match self.later.get() {
            None => f(&self.first),
            Some(later) => f(&later.load()),
        }
    }

    /// Whether the policies have been replaced.
    pub fn is_replaced(&self) -> bool {
        self.later.get().is_some()
    }

    /// The policies before the first replacement, which live as long as `self`.
    pub fn first(&self) -> &Revision<T> {
        &self.first
    }

    /// The policies for a request that begins now, or `None` if they are the [`first`](Self::first) ones.
    pub fn later(&self) -> Option<Arc<Revision<T>>> {
        self.later.get().map(ArcSwap::load_full)
    }

    /// The policies that are in force, and since when.
    pub fn in_force(&self) -> InForce {
        match self.later.get() {
            None => self.first.in_force.clone(),
            Some(later) => later.load().in_force.clone(),
        }
    }
}

/// What the middleware reports, with the feature `tracing` or `metrics`. Without them, nothing here
/// costs anything.
impl<T> LivePolicies<T> {
    /// Reports a request. Adapters call this once for each request, with the policy for its path, out of
    /// this revision. No response depends on it.
    #[inline(always)]
    pub fn observe<'p, R: RequestHead>(
        &self,
        revision: &Revision<T>,
        policy: Option<&Policy>,
        path: impl FnOnce() -> &'p str,
        head: &R,
    ) {
        let policies = &revision.in_force.policies;
        self.observer
            .observe(|| Request::new(policies, policy, path(), head));
    }

    /// Calls `decide` with the policy for a request, and reports the request. `None` if no policy applies.
    #[inline(always)] // `decide` is small, and so is the code for the first policies.
    pub(crate) fn handle<'p, R: RequestHead, D>(
        &self,
        path: impl Fn() -> &'p str,
        head: &R,
        policy_of: impl Fn(&T) -> &Policy,
        decide: impl Fn(&Arc<T>) -> D,
    ) -> Option<D> {
        match self.first_in_force() {
            Some(first) => self.handle_by(first, path, head, policy_of, decide),
            None => self.handle_later(path(), head, policy_of, decide),
        }
    }

    #[inline(never)] // See `first_in_force`.
    fn handle_later<R: RequestHead, D>(
        &self,
        path: &str,
        head: &R,
        policy_of: impl Fn(&T) -> &Policy,
        decide: impl Fn(&Arc<T>) -> D,
    ) -> Option<D> {
        self.read(|revision| self.handle_by(revision, || path, head, &policy_of, &decide))
    }

    #[inline(always)] // See `first_in_force`.
    fn handle_by<'p, R: RequestHead, D>(
        &self,
        revision: &Revision<T>,
        path: impl Fn() -> &'p str,
        head: &R,
        policy_of: impl Fn(&T) -> &Policy,
        decide: impl Fn(&Arc<T>) -> D,
    ) -> Option<D> {
        let policy = revision.find_with(&path, head);
        let decided = policy.map(decide);
        let policy = policy.map(|policy| policy_of(policy));
        self.observe(revision, policy, path, head);
        decided
    }

    /// Whether there is a shadow policy. It may need to know the host of a request even if the policy in
    /// force does not.
    #[inline(always)]
    pub fn has_shadow(&self) -> bool {
        self.observer.has_shadow()
    }
}

#[cfg(any(feature = "metrics", feature = "tracing"))]
impl<T> LivePolicies<T> {
    /// Asks these policies, too, about a sample of the requests from now on, and reports where they
    /// differ. They replace the shadow policies before them.
    pub fn shadow(&self, policies: impl Into<Policies>, sample: crate::observability::Sample) {
        self.observer.set_shadow(policies.into(), sample);
    }

    /// Ends what [`shadow`](Self::shadow) began.
    pub fn end_shadow(&self) {
        self.observer.end_shadow();
    }
}

impl<T> Revision<T> {
    fn new(policies: Policies, render: fn(Policies) -> PolicyTable<T>, revision: u64) -> Self {
        Self {
            in_force: InForce {
                policies: Arc::new(policies.clone()),
                revision,
                since: SystemTime::now(),
            },
            table: render(policies),
        }
    }
}
