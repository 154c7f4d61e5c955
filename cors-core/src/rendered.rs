//! A policy with the values of its response headers.
//!
//! All values are rendered once, at start-up, as the header values of a framework. A request only
//! clones or borrows them.

use crate::policy::{Exposed, Policy};
use crate::request::{Lines, RequestHead, RequestHeader};
use crate::requested_headers::AllowedHeaders;
use crate::verdict::{PreflightVerdict, Verdict, VerdictKind};
use std::borrow::Cow;
use std::sync::Arc;

/// A policy whose header values are rendered as `V`, the type of a framework for header values.
///
/// An adapter asks it for the [`verdict`](Self::verdict) on a request. If there is an
/// [`early_response`](Self::early_response), the adapter sends it instead of calling the application.
/// In either case [`apply`](Self::apply) writes the headers of the response.
#[derive(Clone, Debug)]
pub struct RenderedPolicy<V> {
    pub(crate) policy: Arc<Policy>,
    /// `*`
    pub(crate) any_origin: V,
    /// `true`
    pub(crate) credentials: V,
    /// `None` if no method is allowed.
    pub(crate) methods: Option<V>,
    /// `None` if the response repeats the requested names.
    pub(crate) headers: Option<V>,
    pub(crate) max_age: V,
    pub(crate) exposed: Option<V>,
    pub(crate) vary_preflight: V,
    pub(crate) vary_origin: V,
}

/// The response to a preflight depends on these headers, whether it is allowed or not: they also decide
/// whether the request is a preflight at all.
const VARY_PREFLIGHT: &str =
    "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";

impl<V: Clone> RenderedPolicy<V> {
    /// Renders the header values of `policy` with `value`. They are visible ASCII, which every framework
    /// accepts. Values that are the same for every policy are passed as `Cow::Borrowed`, because most
    /// frameworks clone a static value without a reference count.
    ///
    /// # Errors
    ///
    /// Returns the first error of `value`.
    pub fn new<E>(
        policy: impl Into<Arc<Policy>>,
        mut value: impl FnMut(Cow<'static, str>) -> Result<V, E>,
    ) -> Result<Self, E> {
        let policy = policy.into();
        let mut render = |text: Cow<'static, str>| {
            let value = value(text)?;
            // The first clone of a value may allocate. It happens here, not during a request.
            let _ = value.clone();
            Ok(value)
        };
        let list = |names: &[String]| (!names.is_empty()).then(|| names.join(", ").into());
        let methods = list(&policy.methods);
        let headers = match &policy.headers {
            AllowedHeaders::Listed(listed) => Some(listed.names().join(", ").into()),
            // Fetch: with credentials `*` is an ordinary name, and it never covers `Authorization`.
            AllowedHeaders::Any if policy.allows_credentials() => None,
            AllowedHeaders::Any => Some("*, Authorization".into()),
        };
        let exposed = match &policy.exposed {
            Exposed::Any => Some("*".into()),
            Exposed::Listed(names) => list(names),
        };
        let mut some = |text: Option<Cow<'static, str>>| text.map(&mut render).transpose();
        let (methods, headers, exposed) = (some(methods)?, some(headers)?, some(exposed)?);
        Ok(Self {
            any_origin: render("*".into())?,
            credentials: render("true".into())?,
            methods,
            headers,
            max_age: render(policy.max_age.to_string().into())?,
            exposed,
            vary_preflight: render(VARY_PREFLIGHT.into())?,
            vary_origin: render("Origin".into())?,
            policy,
        })
    }
}

impl<V> RenderedPolicy<V> {
    /// The policy.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// What to do with a request. Like [`Policy::decide`], but without the reasons, and without the
    /// checks that are only needed for reasons.
    #[inline]
    pub fn verdict<R: RequestHead>(&self, request: &R) -> Verdict {
        let origin = Lines::of(request.lines(RequestHeader::Origin));
        Verdict(self.policy.verdict(origin, request))
    }

    /// Whether the response to a request with this verdict repeats the request's `Origin`.
    #[inline]
    pub(crate) fn echoes_origin(&self, verdict: Verdict) -> bool {
        let is_allowed = match verdict.0 {
            VerdictKind::Forward { allowed } => allowed,
            VerdictKind::Preflight(preflight) => match preflight {
                PreflightVerdict::Allowed | PreflightVerdict::Refused(..) => true,
                PreflightVerdict::Ambiguous | PreflightVerdict::OriginRefused(_) => false,
            },
            VerdictKind::Block | VerdictKind::Misdirected => false,
        };
        is_allowed && !self.policy.allows_any_origin()
    }

    /// Whether the response repeats the requested header names. They have then passed the check.
    #[cfg(feature = "http-1")]
    pub(crate) fn echoes_requested_headers(&self, verdict: Verdict) -> bool {
        self.headers.is_none() && verdict.0 == VerdictKind::Preflight(PreflightVerdict::Allowed)
    }
}
