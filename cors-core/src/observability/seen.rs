//! A request, and what was decided about it.

use crate::decision::Decision;
use crate::policies::Policies;
use crate::policy::Policy;
use crate::request::{Lines, RequestHead, RequestHeader};
use crate::verdict::{PreflightVerdict, VerdictKind};

/// A request, and the policy that applies to it.
#[derive(Debug)]
pub(crate) struct Seen<'a, R> {
    /// All policies in force. Only the feature `tracing` reads them.
    #[cfg_attr(not(feature = "tracing"), expect(dead_code, reason = "for events"))]
    pub(super) policies: &'a Policies,
    pub(super) policy: Option<&'a Policy>,
    pub(super) path: &'a str,
    pub(super) head: &'a R,
}

impl<'a, R: RequestHead> Seen<'a, R> {
    #[inline]
    pub(crate) fn new(
        policies: &'a Policies,
        policy: Option<&'a Policy>,
        path: &'a str,
        head: &'a R,
    ) -> Self {
        Self {
            policies,
            policy,
            path,
            head,
        }
    }

    /// The first line of a header.
    pub(super) fn line(&self, header: RequestHeader) -> Option<&'a [u8]> {
        self.head.lines(header).next()
    }

    /// What was decided, without the reasons. `None` if no policy applies.
    pub(super) fn outcome(&self) -> Option<Outcome> {
        let origin = Lines::of(self.head.lines(RequestHeader::Origin));
        let verdict = self.policy?.verdict(origin, self.head);
        Some(Outcome::of(verdict, matches!(origin, Lines::None)))
    }

    /// What was decided, with the reasons. `None` if no policy applies.
    pub(super) fn decide(&self) -> Option<Decision> {
        Some(self.policy?.decide(self.head))
    }

    /// What another policy decides. A request without `Origin` that reaches the application is the same
    /// with and without a policy.
    pub(super) fn decide_by(&self, policy: Option<&Policy>) -> Option<Decision> {
        match policy {
            Some(policy) => Some(policy.decide(self.head)),
            None if self.line(RequestHeader::Origin).is_none() => Some(Decision::NotCors),
            None => None,
        }
    }
}

/// A [`Decision`] without its reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    NotCors,
    ActualAllowed,
    ActualRefused,
    Blocked,
    Misdirected,
    PreflightAllowed,
    PreflightRefused,
}

impl Outcome {
    fn of(verdict: VerdictKind, lacks_origin: bool) -> Self {
        match verdict {
            VerdictKind::Forward { allowed: true } => Self::ActualAllowed,
            VerdictKind::Forward { allowed: false } if lacks_origin => Self::NotCors,
            VerdictKind::Forward { allowed: false } => Self::ActualRefused,
            VerdictKind::Block => Self::Blocked,
            VerdictKind::Misdirected => Self::Misdirected,
            VerdictKind::Preflight(PreflightVerdict::Allowed) => Self::PreflightAllowed,
            VerdictKind::Preflight(
                PreflightVerdict::Ambiguous
                | PreflightVerdict::OriginRefused(_)
                | PreflightVerdict::Refused(..),
            ) => Self::PreflightRefused,
        }
    }

    /// The same as [`Decision::id`].
    pub(super) fn id(self) -> &'static str {
        match self {
            Self::NotCors => "not-cors",
            Self::ActualAllowed => "actual-allowed",
            Self::ActualRefused => "actual-refused",
            Self::Blocked => "blocked",
            Self::Misdirected => "misdirected",
            Self::PreflightAllowed => "preflight-allowed",
            Self::PreflightRefused => "preflight-refused",
        }
    }

    /// The same as [`Decision::is_allowed`].
    pub(super) fn is_allowed(self) -> bool {
        matches!(
            self,
            Self::NotCors | Self::ActualAllowed | Self::PreflightAllowed
        )
    }
}
