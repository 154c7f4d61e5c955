//! Code shared by adapters for frameworks that use the `http` crate, version 1: axum, tower, warp.

mod request;

use crate::apply::{Echo, ResponseHeader, ResponseHeaders};
use crate::define_header_names;
use crate::early_response::EarlyResponse;
use crate::live_policies::LivePolicies;
use crate::policies::Policies;
use crate::policy::Policy;
use crate::policy_table::PolicyTable;
use crate::rendered::RenderedPolicy;
use crate::request::{Lines, RequestHead, RequestHeader};
use crate::requested_headers::requested_header_names;
use crate::verdict::{PreflightVerdict, RefusedParts, ShownBy, Verdict, VerdictKind};
use http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue,
    InvalidHeaderValue,
};
use http::{Response, StatusCode};
use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

impl<'p> ResponseHeaders<'p> for HeaderMap {
    type Rendered = HeaderValue;
    type Value = HeaderValue;

    #[inline]
    fn to_value(rendered: &'p HeaderValue) -> HeaderValue {
        rendered.clone()
    }

    #[inline]
    fn for_each_name(&self, mut f: impl FnMut(&str)) {
        for name in self.keys() {
            f(name.as_str());
        }
    }

    fn lines(&self, header: ResponseHeader) -> impl Iterator<Item = &[u8]> {
        let lines = self.get_all(response_header_name(header));
        lines.iter().map(HeaderValue::as_bytes)
    }

    fn remove(&mut self, header: ResponseHeader) {
        HeaderMap::remove(self, response_header_name(header));
    }

    #[inline(always)] // The header is a constant, so only one arm is left.
    fn set(&mut self, header: ResponseHeader, value: HeaderValue) {
        static ALLOW_ORIGIN: HeaderName = ACCESS_CONTROL_ALLOW_ORIGIN;
        match header {
            // The only place that inserts by reference, so the compiler inlines `HeaderMap::insert`
            // here. This costs 25 instructions less than a call.
            ResponseHeader::AllowOrigin => self.insert(&ALLOW_ORIGIN, value),
            _ => self.insert(response_header_name(header), value),
        };
    }

    /// The only place that appends, so the compiler inlines `HeaderMap::append` here and hashes the
    /// constant name at compile time. This costs 35 instructions less than a call.
    #[inline]
    fn append(&mut self, header: ResponseHeader, value: HeaderValue) {
        HeaderMap::append(self, response_header_name(header), value);
    }
}

/// The headers of an early response. No header has several lines, so nothing is appended.
struct EarlyHeaders(HeaderMap);

impl<'p> ResponseHeaders<'p> for EarlyHeaders {
    type Rendered = HeaderValue;
    type Value = HeaderValue;

    #[inline]
    fn to_value(rendered: &'p HeaderValue) -> HeaderValue {
        rendered.clone()
    }

    fn for_each_name(&self, f: impl FnMut(&str)) {
        self.0.for_each_name(f);
    }

    fn lines(&self, header: ResponseHeader) -> impl Iterator<Item = &[u8]> {
        ResponseHeaders::lines(&self.0, header)
    }

    fn remove(&mut self, header: ResponseHeader) {
        ResponseHeaders::remove(&mut self.0, header);
    }

    fn set(&mut self, header: ResponseHeader, value: HeaderValue) {
        self.0.insert(response_header_name(header), value);
    }

    fn append(&mut self, header: ResponseHeader, value: HeaderValue) {
        self.set(header, value);
    }

    /// The header is one of the first, so a search costs less than hashing its name.
    #[inline]
    fn replace(&mut self, header: ResponseHeader, value: HeaderValue) {
        let name = response_header_name(header);
        if let Some((_, old)) = self.0.iter_mut().find(|(other, _)| **other == name) {
            *old = value;
        }
    }
}

/// A policy whose header values are rendered as those of `http`.
#[derive(Clone, Debug)]
pub struct HttpPolicy {
    rendered: Arc<RenderedPolicy<HeaderValue>>,
    preflight: PreflightTemplates,
}

/// The complete headers of the responses to preflights, with [`PLACEHOLDER`] for the origin.
///
/// Cloning a map takes a third of the time of filling it. Each takes up to 800 bytes, so it is made by the first request that
/// needs it: an application can have the policies of many hosts, and few of them get every kind of preflight.
#[derive(Clone, Debug, Default)]
struct PreflightTemplates {
    allowed: OnceLock<HeaderMap>,
    origin_refused: OnceLock<HeaderMap>,
    refused: OnceLock<HeaderMap>,
}

/// Not an origin: if it were ever sent, a browser would not let a page read the response.
static PLACEHOLDER: HeaderValue = HeaderValue::from_static("origin of the request");

/// What to do with a request.
#[derive(Debug)]
pub enum Action {
    /// Send this response. The application is not called.
    Respond(Response<&'static str>),
    /// Call the application, then [apply](CorsHeaders::apply) the CORS headers to its response.
    Forward(CorsHeaders),
}

/// The CORS headers for the response of the application.
#[derive(Clone, Debug)]
pub struct CorsHeaders {
    rendered: Arc<RenderedPolicy<HeaderValue>>,
    allowed: bool,
    /// The request's `Origin`, if the response repeats it.
    origin: Option<HeaderValue>,
}

impl CorsHeaders {
    /// Replaces the CORS headers of a response, and adds to its `Vary` the request headers that they depend on.
    pub fn apply(self, headers: &mut HeaderMap) {
        self.rendered
            .apply_actual(self.allowed, headers, || self.origin);
    }
}

impl PolicyTable<HttpPolicy> {
    /// Renders the header values of all policies.
    #[must_use]
    pub fn for_http(policies: impl Into<Policies>) -> Self {
        #[expect(
            clippy::expect_used,
            reason = "a policy contains only tokens and numbers"
        )]
        Self::new(policies, HttpPolicy::new).expect("visible ASCII is a valid header value")
    }
}

impl LivePolicies<HttpPolicy> {
    /// Decides about a request with this head and these headers, and [reports](Self::observe) it. `None` if no
    /// policy applies. `path` returns the path of its target, as it was received.
    #[inline]
    pub fn act<'p, R: RequestHead>(
        &self,
        path: impl Fn() -> &'p str,
        head: &R,
        headers: &HeaderMap,
    ) -> Option<Action> {
        self.handle(path, head, HttpPolicy::policy, |policy| {
            policy.act(head, headers)
        })
    }
}

impl HttpPolicy {
    fn new(policy: Arc<Policy>) -> Result<Self, InvalidHeaderValue> {
        let rendered = RenderedPolicy::new(policy, |text| match text {
            Cow::Borrowed(text) => Ok(HeaderValue::from_static(text)),
            Cow::Owned(text) => HeaderValue::try_from(text),
        })?;
        Ok(Self {
            preflight: PreflightTemplates::default(),
            rendered: Arc::new(rendered),
        })
    }

    /// The policy.
    pub fn policy(&self) -> &Policy {
        self.rendered.policy()
    }

    /// Decides about a request with this head and these headers.
    #[inline]
    pub fn act<R: RequestHead>(&self, head: &R, headers: &HeaderMap) -> Action {
        let origin = origin_lines(headers);
        let verdict = self
            .policy()
            .verdict(origin.map(HeaderValue::as_bytes), head);
        let (verdict, origin) = (Verdict(verdict), origin.single());
        match self.rendered.early_response(verdict) {
            None => Action::Forward(self.cors_headers(verdict, origin)),
            Some(early) => {
                let headers = self.early_headers(verdict, origin, head, headers);
                Action::Respond(response(early, headers))
            }
        }
    }

    /// The CORS headers for the response of the application, for adapters that call the application
    /// without [`act`](Self::act). If `act` would respond itself, they are those for a refused origin. The
    /// host is not checked.
    #[inline]
    pub fn forward<R: RequestHead>(&self, head: &R, headers: &HeaderMap) -> CorsHeaders {
        let origin = origin_lines(headers);
        let verdict = self
            .policy()
            .cors_verdict(origin.map(HeaderValue::as_bytes), head);
        self.cors_headers(Verdict(verdict), origin.single())
    }

    #[inline]
    fn cors_headers(&self, verdict: Verdict, origin: Option<&HeaderValue>) -> CorsHeaders {
        let allowed = verdict.allows_application();
        let is_echoed = allowed && !self.policy().allows_any_origin();
        CorsHeaders {
            rendered: Arc::clone(&self.rendered),
            allowed,
            origin: origin.filter(|_| is_echoed).cloned(),
        }
    }

    /// The headers of the early response.
    #[inline] // A call costs a preflight 45 instructions more.
    fn early_headers<R: RequestHead>(
        &self,
        verdict: Verdict,
        origin: Option<&HeaderValue>,
        head: &R,
        headers: &HeaderMap,
    ) -> HeaderMap {
        let echo = Echo {
            origin: || origin.cloned(),
            requested_headers: || requested_headers(head, headers),
        };
        match self.preflight.get(&self.rendered, verdict) {
            None => early_headers(&self.rendered, verdict, echo),
            Some(template) => {
                let mut headers = EarlyHeaders(template.clone());
                self.rendered.apply_to_template(verdict, &mut headers, echo);
                headers.0
            }
        }
    }
}

#[inline]
fn origin_lines(headers: &HeaderMap) -> Lines<&HeaderValue> {
    let name = request_header_name(RequestHeader::Origin);
    Lines::of(headers.get_all(name).iter())
}

/// The value of `Access-Control-Allow-Headers` if it repeats the requested names.
#[inline(never)]
fn requested_headers<R: RequestHead>(head: &R, headers: &HeaderMap) -> Option<HeaderValue> {
    match requested_header_names(head)? {
        Cow::Borrowed(_) => {
            let name = request_header_name(RequestHeader::AccessControlRequestHeaders);
            headers.get(name).cloned()
        }
        Cow::Owned(names) => HeaderValue::try_from(names).ok(),
    }
}

impl PreflightTemplates {
    #[inline]
    fn get(&self, rendered: &RenderedPolicy<HeaderValue>, verdict: Verdict) -> Option<&HeaderMap> {
        let template = match verdict.0 {
            VerdictKind::Preflight(PreflightVerdict::Allowed) => &self.allowed,
            VerdictKind::Preflight(
                PreflightVerdict::Ambiguous | PreflightVerdict::OriginRefused(_),
            ) => &self.origin_refused,
            VerdictKind::Preflight(PreflightVerdict::Refused(_, ShownBy::Status)) => &self.refused,
            // These are rare.
            VerdictKind::Preflight(PreflightVerdict::Refused(_, ShownBy::Lists))
            | VerdictKind::Block
            | VerdictKind::Misdirected
            | VerdictKind::Forward { .. } => return None,
        };
        match template.get() {
            Some(headers) => Some(headers),
            None => Some(fill(template, rendered, verdict)),
        }
    }
}

/// The first request of a kind makes the template for all of them.
#[cold]
#[inline(never)]
fn fill<'t>(
    template: &'t OnceLock<HeaderMap>,
    rendered: &RenderedPolicy<HeaderValue>,
    verdict: Verdict,
) -> &'t HeaderMap {
    // The headers do not depend on what else is refused.
    let preflight = match verdict.0 {
        VerdictKind::Preflight(PreflightVerdict::Allowed) => PreflightVerdict::Allowed,
        VerdictKind::Preflight(PreflightVerdict::Refused(..)) => {
            PreflightVerdict::Refused(RefusedParts::Method, ShownBy::Status)
        }
        _ => PreflightVerdict::OriginRefused(None),
    };
    template.get_or_init(|| {
        let verdict = Verdict(VerdictKind::Preflight(preflight));
        let echo = Echo {
            origin: || Some(PLACEHOLDER.clone()),
            requested_headers: || None,
        };
        // A clone has no more room than its headers need.
        early_headers(rendered, verdict, echo).clone()
    })
}

fn early_headers<O, N>(
    rendered: &RenderedPolicy<HeaderValue>,
    verdict: Verdict,
    echo: Echo<O, N>,
) -> HeaderMap
where
    O: FnOnce() -> Option<HeaderValue>,
    N: FnOnce() -> Option<HeaderValue>,
{
    // With room for the length and the date, which the framework adds.
    let mut headers = EarlyHeaders(HeaderMap::with_capacity(8));
    rendered.write(verdict, &mut headers, false, echo);
    let EarlyHeaders(mut headers) = headers;
    let early = rendered.early_response(verdict);
    if let Some(text) = early.and_then(|early| early.content_type()) {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(text));
    }
    headers
}

fn response(early: EarlyResponse, headers: HeaderMap) -> Response<&'static str> {
    let mut response = Response::new(early.body);
    *response.status_mut() =
        StatusCode::from_u16(early.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    *response.headers_mut() = headers;
    response
}

define_header_names!(pub HeaderName);

#[cfg(test)]
mod tests {
    use super::PLACEHOLDER;
    use crate::origin::is_serialized;

    /// If a placeholder were sent by mistake, no browser would let a page read the response.
    #[test]
    fn the_placeholder_is_not_an_origin() {
        assert!(!is_serialized(PLACEHOLDER.as_bytes()));
        assert_ne!(PLACEHOLDER, "*");
    }
}
