#![doc = include_str!("../OBSERVABILITY.md")]

#[cfg(feature = "metrics")]
mod counters;
#[cfg(not(feature = "metrics"))]
#[path = "observability/no_counters.rs"]
mod counters;
#[cfg(feature = "tracing")]
mod events;
#[cfg(not(feature = "tracing"))]
#[path = "observability/no_events.rs"]
mod events;
#[cfg(feature = "tracing")]
mod limit;
mod seen;
mod shadow;

use crate::policies::Policies;
use crate::request::RequestHead;
use events::Events;
use seen::{Outcome, Seen};
use shadow::ShadowSlot;

pub(crate) use seen::Seen as Request;
pub use shadow::Sample;

/// Reports that the policies of a file are not in force.
#[cfg(feature = "watch")]
pub(crate) fn file_error(error: &crate::watch::WatchError) {
    counters::file_error();
    events::file_error(error);
}

/// What one middleware reports.
#[derive(Debug)]
pub(crate) struct Observer {
    events: Events,
    shadow: ShadowSlot,
}

impl Observer {
    /// For a middleware whose first policies are in force.
    pub(crate) fn new() -> Self {
        counters::describe();
        counters::in_force(1);
        Self {
            events: Events::new(),
            shadow: ShadowSlot::new(),
        }
    }

    /// The policies were replaced, and the new ones have this revision.
    pub(crate) fn replaced(&self, revision: u64) {
        counters::replaced();
        counters::in_force(revision);
        events::replaced(revision);
    }

    pub(crate) fn set_shadow(&self, policies: Policies, sample: Sample) {
        self.shadow.set(policies, sample);
    }

    pub(crate) fn end_shadow(&self) {
        self.shadow.end();
    }

    #[inline]
    pub(crate) fn has_shadow(&self) -> bool {
        self.shadow.is_set()
    }

    /// Reports a request, once.
    #[inline]
    pub(crate) fn observe<'a, R: RequestHead + 'a>(
        &self,
        request: impl FnOnce() -> Request<'a, R>,
    ) {
        let request = request();
        if let Some(outcome) = request.outcome() {
            self.report(&request, outcome);
        }
        if self.shadow.is_set() {
            self.shadow.compare(&request);
        }
    }

    fn report<R: RequestHead>(&self, request: &Seen<'_, R>, outcome: Outcome) {
        counters::request(outcome.id());
        events::record_on_span(outcome);
        if outcome.is_allowed() {
            events::allowed(request, outcome);
        } else if (counters::ARE_ON || events::are_refusals_enabled(outcome))
            && let Some(decision) = request.decide()
        {
            counters::refusal(decision);
            self.events.refused(request, decision);
        }
    }
}
