//! What an adapter keeps of a request until it has the response.

use crate::apply::{Echo, ResponseHeaders};
use crate::early_response::EarlyResponse;
use crate::live_policies::LivePolicies;
use crate::rendered::RenderedPolicy;
use crate::request::RequestHead;
use crate::verdict::Verdict;
use std::sync::Arc;

/// The CORS headers for the response to one request. The request is not borrowed, so a framework can
/// pass it to the application.
///
/// If there is an [`early_response`](Self::early_response), send it with
/// [its headers](Self::apply_early), and do not call the application. Otherwise, call the application
/// and [`apply`](Self::apply) the headers to its response.
#[derive(Clone, Debug)]
pub struct PendingHeaders<V> {
    policy: Arc<RenderedPolicy<V>>,
    verdict: Verdict,
    /// The request's `Origin`, if the response repeats it.
    origin: Option<V>,
}

impl<V: Clone> LivePolicies<RenderedPolicy<V>> {
    /// Decides about a request, and [reports](Self::observe) it. `None` if no policy applies. `path` returns
    /// the path of its target, as it was received. For `origin`, see [`PendingHeaders::new`].
    #[inline]
    pub fn decide<'p, R: RequestHead>(
        &self,
        path: impl Fn() -> &'p str,
        request: &R,
        origin: Option<&V>,
    ) -> Option<PendingHeaders<V>> {
        self.handle(path, request, RenderedPolicy::policy, |policy| {
            PendingHeaders::new(policy, request, origin)
        })
    }
}

impl<V: Clone> PendingHeaders<V> {
    /// Decides about a request. `origin` is the value of its first `Origin` line, the same that
    /// `request` returns. If it is allowed, the response repeats it without another check.
    #[inline]
    pub fn new<R: RequestHead>(
        policy: &Arc<RenderedPolicy<V>>,
        request: &R,
        origin: Option<&V>,
    ) -> Self {
        let verdict = policy.verdict(request);
        let is_echoed = policy.echoes_origin(verdict);
        Self {
            policy: Arc::clone(policy),
            verdict,
            origin: origin.filter(|_| is_echoed).cloned(),
        }
    }
}

impl<V> PendingHeaders<V> {
    /// The response to send instead of calling the application, or `None` to call it.
    #[inline]
    pub fn early_response(&self) -> Option<EarlyResponse> {
        self.policy.early_response(self.verdict)
    }

    /// Replaces the CORS headers of a response of the application, and adds to its `Vary` the request headers
    /// that they depend on. If there is an early response, but the application was called, the headers are those
    /// for a refused origin.
    #[inline]
    pub fn apply<H>(self, headers: &mut H)
    where
        H: for<'p> ResponseHeaders<'p, Rendered = V, Value = V>,
        V: 'static,
    {
        let allowed = self.verdict.allows_application();
        self.policy.apply_actual(allowed, headers, || self.origin);
    }

    /// Adds the CORS headers to the [early response](Self::early_response), which is new: it has no CORS
    /// headers and no `Vary`.
    ///
    /// `requested_headers` returns the value that
    /// [`requested_header_names`](crate::requested_header_names) returns.
    #[inline]
    pub fn apply_early<H>(self, headers: &mut H, requested_headers: impl FnOnce() -> Option<V>)
    where
        H: for<'p> ResponseHeaders<'p, Rendered = V, Value = V>,
        V: 'static,
    {
        let echo = Echo {
            origin: || self.origin,
            requested_headers,
        };
        self.policy.write(self.verdict, headers, false, echo);
    }
}
