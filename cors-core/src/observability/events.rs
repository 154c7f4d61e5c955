//! Events of `tracing`.

use super::limit::Limits;
use super::seen::{Outcome, Seen};
use super::shadow::Difference;
use crate::decision::{Decision, Reasons};
use crate::request::{RequestHead, RequestHeader};
use crate::shown::Shown;
use std::time::Instant;
use tracing::Level;
use tracing::field::DisplayValue;

/// The target of all events, whichever the adapter.
const TARGET: &str = "cors";

/// The events of one middleware, or of one shadow policy.
#[derive(Debug)]
pub(super) struct Events {
    limits: Limits,
    started: Instant,
}

/// An event with the fields that all events have.
macro_rules! event {
    ($level:expr, $request:expr, { $($fields:tt)* }, $($message:tt)*) => {
        tracing::event!(
            target: TARGET,
            $level,
            $($fields)*
            origin = $request.line(RequestHeader::Origin).map(shown),
            method = %Shown($request.head.method()),
            requested_method = requested_method($request).map(shown),
            prefix = $request.policies.prefix_of($request.path, $request.head).map(tracing::field::display),
            $($message)*
        )
    };
}

impl Events {
    pub(super) fn new() -> Self {
        Self {
            limits: Limits::default(),
            started: Instant::now(),
        }
    }

    pub(super) fn refused<R: RequestHead>(&self, request: &Seen<'_, R>, decision: Decision) {
        self.refused_in(self.second(), request, decision);
    }

    fn refused_in<R: RequestHead>(&self, second: u32, request: &Seen<'_, R>, decision: Decision) {
        if !is_enabled(is_serious(decision)) {
            return;
        }
        let limit = self.limits.of(decision.reasons().next());
        let (Some(policy), Some(left_out)) = (request.policy, limit.admit(second)) else {
            return;
        };
        let why = policy.explain(decision, request.head);
        macro_rules! refused {
            ($level:expr) => {
                event!(
                    $level,
                    request,
                    {
                        verdict = decision.id(),
                        reasons = %Reasons(Some(decision)),
                        host = host(request, decision).map(shown),
                        left_out,
                    },
                    "{why}"
                )
            };
        }
        if is_serious(decision) {
            refused!(Level::WARN);
        } else {
            refused!(Level::INFO);
        }
    }

    pub(super) fn differs<R: RequestHead>(
        &self,
        request: &Seen<'_, R>,
        difference: &Difference<'_>,
    ) {
        if !is_enabled(false) {
            return;
        }
        let limit = self.limits.of(difference.reason());
        let Some(left_out) = limit.admit(self.second()) else {
            return;
        };
        let why = difference.explain(request.head);
        event!(
            Level::INFO,
            request,
            {
                change = difference.change().id(),
                in_force = Difference::id(difference.in_force),
                in_force_reasons = %Reasons(difference.in_force),
                candidate = Difference::id(difference.candidate),
                candidate_reasons = %Reasons(difference.candidate),
                left_out,
            },
            "shadow policy: {why}"
        );
    }

    fn second(&self) -> u32 {
        u32::try_from(self.started.elapsed().as_secs()).unwrap_or(u32::MAX)
    }
}

pub(super) fn replaced(revision: u64) {
    tracing::info!(target: TARGET, revision, "the policies were replaced");
}

#[cfg(feature = "watch")]
pub(super) fn file_error(error: &crate::watch::WatchError) {
    tracing::error!(
        target: TARGET,
        path = %error.path().display(),
        "the policies in force stay: {error}"
    );
}

/// Whether the reasons of a refusal are needed.
pub(super) fn are_refusals_enabled(outcome: Outcome) -> bool {
    is_enabled(matches!(outcome, Outcome::Blocked | Outcome::Misdirected))
}

fn is_enabled(is_serious: bool) -> bool {
    if is_serious {
        tracing::enabled!(target: TARGET, Level::WARN)
    } else {
        tracing::enabled!(target: TARGET, Level::INFO)
    }
}

/// Whether the application did not receive a request that is not a preflight.
fn is_serious(decision: Decision) -> bool {
    matches!(decision, Decision::Blocked(_) | Decision::Misdirected(_))
}

/// Sets the field `cors` of the current span, if the application declared it.
pub(super) fn record_on_span(outcome: Outcome) {
    if outcome != Outcome::NotCors {
        tracing::Span::current().record("cors", outcome.id());
    }
}

pub(super) fn allowed<R: RequestHead>(request: &Seen<'_, R>, outcome: Outcome) {
    if outcome != Outcome::NotCors {
        event!(Level::TRACE, request, { verdict = outcome.id(), }, "allowed");
    }
}

fn requested_method<'a, R: RequestHead>(request: &Seen<'a, R>) -> Option<&'a [u8]> {
    let is_preflight = request.head.method() == b"OPTIONS";
    is_preflight.then(|| request.line(RequestHeader::AccessControlRequestMethod))?
}

/// The host, if it is why the request was refused.
fn host<'a, R: RequestHead>(request: &Seen<'a, R>, decision: Decision) -> Option<&'a [u8]> {
    let is_why = matches!(decision, Decision::Misdirected(_));
    is_why.then(|| request.line(RequestHeader::Host))?
}

fn shown(bytes: &[u8]) -> DisplayValue<Shown<'_>> {
    tracing::field::display(Shown(bytes))
}

#[cfg(test)]
mod tests {
    use super::Events;
    use crate::observability::limit::EVENTS_PER_SECOND;
    use crate::observability::seen::Seen;
    use crate::recording::{Event, events};
    use crate::{Config, Policies, RequestHead, RequestHeader};

    struct Get(&'static [u8]);

    impl RequestHead for Get {
        fn method(&self) -> &[u8] {
            b"GET"
        }

        fn lines(&self, header: RequestHeader) -> impl Iterator<Item = &[u8]> {
            (header == RequestHeader::Origin)
                .then_some(self.0)
                .into_iter()
        }

        fn host_contradicts_target(&self) -> bool {
            false
        }
    }

    /// The events about this many requests in one second.
    fn refuse(events_of: &Events, second: u32, times: usize, origin: &'static [u8]) -> Vec<Event> {
        let policy = Config::new().build().unwrap();
        let policies = Policies::new(policy.clone());
        let head = Get(origin);
        let request = Seen::new(&policies, Some(&policy), "/", &head);
        let decision = request.decide().unwrap();
        events(|| (0..times).for_each(|_| events_of.refused_in(second, &request, decision)))
    }

    #[test]
    fn ten_thousand_refusals() {
        let limited = Events::new();
        let left_out = |events: &[Event]| {
            let texts = events.iter().map(|event| event.fields["left_out"].clone());
            texts.collect::<Vec<_>>()
        };
        let limit = EVENTS_PER_SECOND as usize;
        let first = refuse(&limited, 5, 10_000, b"https://a.com");
        assert_eq!(left_out(&first), vec!["0"; limit]);
        let second = refuse(&limited, 6, 10_000, b"https://b.com");
        assert_eq!(second.len(), limit);
        assert_eq!(left_out(&second)[..2], ["9990", "0"]);
        // Another reason has its own limit.
        let malformed = refuse(&limited, 6, 10_000, b"x");
        assert_eq!(left_out(&malformed), vec!["0"; limit]);
        assert_eq!(malformed[0].fields["reasons"], "origin-malformed");
        let last = refuse(&limited, 1_000_000, 1, b"https://c.com");
        assert_eq!(left_out(&last), ["9990"]);
    }
}
