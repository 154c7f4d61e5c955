//! A candidate that is asked about requests beside the policies in force. No response depends on it.

use super::counters;
use super::events::Events;
use super::seen::Seen;
use crate::decision::Decision;
use crate::policies::Policies;
use crate::policy::Policy;
use crate::policy_table::PolicyTable;
use crate::request::RequestHead;
use arc_swap::ArcSwapOption;
use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Which part of the requests a shadow policy is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    one_in: u32,
}

impl Sample {
    /// Every request.
    pub const ALL: Self = Self { one_in: 1 };

    /// One request in `requests`, distributed evenly, but without a period. 0 is read as 1.
    pub const fn one_in(requests: u32) -> Self {
        Self {
            one_in: if requests == 0 { 1 } else { requests },
        }
    }
}

/// A place for a shadow policy.
#[derive(Debug)]
pub(super) struct ShadowSlot {
    /// A request without a shadow policy reads only this.
    is_set: AtomicBool,
    shadow: ArcSwapOption<Shadow>,
    /// Held while the two fields above are set.
    setting: Mutex<()>,
}

impl ShadowSlot {
    pub(super) fn new() -> Self {
        Self {
            is_set: AtomicBool::new(false),
            shadow: ArcSwapOption::empty(),
            setting: Mutex::new(()),
        }
    }

    pub(super) fn set(&self, policies: Policies, sample: Sample) {
        self.store(Some(Arc::new(Shadow::new(policies, sample))));
    }

    pub(super) fn end(&self) {
        self.store(None);
    }

    fn store(&self, shadow: Option<Arc<Shadow>>) {
        // The mutex guards no data, so a panic cannot leave it in a wrong state.
        let _setting = self.setting.lock().unwrap_or_else(PoisonError::into_inner);
        self.is_set.store(shadow.is_some(), Ordering::Relaxed);
        self.shadow.store(shadow);
    }

    #[inline]
    pub(super) fn is_set(&self) -> bool {
        self.is_set.load(Ordering::Relaxed)
    }

    #[inline(never)]
    pub(super) fn compare<R: RequestHead>(&self, request: &Seen<'_, R>) {
        if let Some(shadow) = &*self.shadow.load() {
            shadow.compare(request);
        }
    }
}

#[derive(Debug)]
struct Shadow {
    table: PolicyTable<Arc<Policy>>,
    sampler: Sampler,
    events: Events,
}

impl Shadow {
    fn new(policies: Policies, sample: Sample) -> Self {
        let Ok(table) = PolicyTable::new(policies, Ok::<_, Infallible>);
        Self {
            table,
            sampler: Sampler::new(sample),
            events: Events::new(),
        }
    }

    fn compare<R: RequestHead>(&self, request: &Seen<'_, R>) {
        if !self.sampler.takes_next() {
            return;
        }
        counters::compared();
        let candidate = self
            .table
            .find(request.path, request.head)
            .map(|policy| &***policy);
        let difference = Difference {
            in_force: request.decide_by(request.policy),
            candidate: request.decide_by(candidate),
            policies: [request.policy, candidate],
        };
        if difference.in_force != difference.candidate {
            counters::difference(&difference);
            self.events.differs(request, &difference);
        }
    }
}

/// A request on which the two policies differ.
#[derive(Debug)]
pub(super) struct Difference<'a> {
    /// `None` if no policy applies.
    pub(super) in_force: Option<Decision>,
    pub(super) candidate: Option<Decision>,
    /// The policy in force, and the candidate.
    #[cfg_attr(not(feature = "tracing"), expect(dead_code, reason = "for events"))]
    pub(super) policies: [Option<&'a Policy>; 2],
}

/// What the candidate would change for the page that sent the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Refuse,
    Allow,
    Other,
}

impl Change {
    pub(super) const fn id(self) -> &'static str {
        match self {
            Self::Refuse => "refuse",
            Self::Allow => "allow",
            Self::Other => "other",
        }
    }
}

impl Difference<'_> {
    pub(super) fn change(&self) -> Change {
        let is_allowed = |decision: Option<Decision>| decision.is_some_and(Decision::is_allowed);
        match (is_allowed(self.in_force), is_allowed(self.candidate)) {
            (true, false) => Change::Refuse,
            (false, true) => Change::Allow,
            _ => Change::Other,
        }
    }

    /// The first reason of the refusal: that of the candidate or, if it allows the request, that of the
    /// policy in force.
    pub(super) fn reason(&self) -> Option<&'static str> {
        let decisions = [self.candidate, self.in_force];
        decisions.into_iter().flatten().find_map(first_reason)
    }
}

fn first_reason(decision: Decision) -> Option<&'static str> {
    decision.reasons().next()
}

#[cfg(feature = "tracing")]
impl Difference<'_> {
    /// The name of a decision.
    pub(super) fn id(decision: Option<Decision>) -> &'static str {
        decision.map_or("no-policy", Decision::id)
    }

    /// Why one of the two refuses the request.
    pub(super) fn explain<R: RequestHead>(&self, head: &R) -> String {
        let [in_force, candidate] = self.policies;
        let explain = |policy: Option<&Policy>, decision: Option<Decision>| match (policy, decision)
        {
            (Some(policy), Some(decision)) => policy.explain(decision, head),
            _ => "no policy applies to the path".to_owned(),
        };
        match self.change() {
            Change::Refuse | Change::Other => explain(candidate, self.candidate),
            Change::Allow => explain(in_force, self.in_force),
        }
    }
}

/// Takes a part of the requests.
#[derive(Debug)]
struct Sampler {
    seen: AtomicU64,
    /// The highest hash of a request that is taken.
    highest: u64,
}

impl Sampler {
    fn new(sample: Sample) -> Self {
        Self {
            seen: AtomicU64::new(0),
            highest: u64::MAX / u64::from(sample.one_in),
        }
    }

    fn takes_next(&self) -> bool {
        /// The golden ratio. Its multiples are distributed evenly, and those of every nth request, too.
        const RATIO: u64 = 0x9E37_79B9_7F4A_7C15;
        let number = self.seen.fetch_add(1, Ordering::Relaxed);
        number.wrapping_mul(RATIO) <= self.highest
    }
}

#[cfg(test)]
mod tests {
    use super::{Sample, Sampler};

    #[test]
    fn a_sample_is_even() {
        for one_in in [0, 1, 2, 3, 10, 100, 1000] {
            let sampler = Sampler::new(Sample::one_in(one_in));
            let taken: Vec<bool> = (0..60_000).map(|_| sampler.takes_next()).collect();
            for period in 1..=7 {
                let expected = 60_000 / period / one_in.max(1) as usize;
                let found = taken.iter().step_by(period).filter(|it| **it).count();
                assert!(
                    found.abs_diff(expected) <= 4 + expected / 50,
                    "{one_in} {period} {found}"
                );
            }
        }
        let all = Sampler::new(Sample::ALL);
        assert!((0..10_000).all(|_| all.takes_next()));
    }
}
