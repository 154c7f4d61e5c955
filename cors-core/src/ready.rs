//! From a decision to an answer: which headers, with which values, in which way.
//!
//! All values are rendered once, into the header value type `V` of a framework. Per request an
//! adapter only clones ready values and moves bytes.

use crate::decision::{Decision, PreflightRefusal};
use crate::policy::{Exposed, Policy};
use crate::request::{Lines, RequestHead, RequestHeader};
use crate::requested_headers::AllowedHeaders;
use std::borrow::Cow;

/// A policy with its header values rendered for one framework.
#[derive(Clone, Debug)]
pub struct Ready<V> {
    policy: Policy,
    /// `*`
    star: V,
    /// `true`
    yes: V,
    methods: Option<V>,
    /// `None`: the requested names.
    headers: Option<V>,
    max_age: V,
    exposed: Option<V>,
    vary_preflight: V,
    vary_origin: V,
}

/// An answer that the middleware gives itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// The HTTP status: 200, 204, 400 or 403.
    pub status: u16,
    /// The text, `text/plain`; empty for an answer without a body and without a content type.
    pub body: &'static str,
}

/// The content type of an [`Answer`] with a body.
pub const ANSWER_CONTENT_TYPE: &str = "text/plain; charset=utf-8";

/// A response header that the middleware owns or adds to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResponseHeader {
    /// `Access-Control-Allow-Origin`
    AllowOrigin,
    /// `Access-Control-Allow-Credentials`
    AllowCredentials,
    /// `Access-Control-Allow-Methods`
    AllowMethods,
    /// `Access-Control-Allow-Headers`
    AllowHeaders,
    /// `Access-Control-Max-Age`
    MaxAge,
    /// `Access-Control-Expose-Headers`
    ExposeHeaders,
    /// `Vary`
    Vary,
}

impl ResponseHeader {
    /// The headers of the CORS protocol: all but `Vary`, which is shared with the application.
    pub const CORS: [Self; 6] = [
        Self::AllowOrigin,
        Self::AllowCredentials,
        Self::AllowMethods,
        Self::AllowHeaders,
        Self::MaxAge,
        Self::ExposeHeaders,
    ];

    /// The name in lower case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AllowOrigin => "access-control-allow-origin",
            Self::AllowCredentials => "access-control-allow-credentials",
            Self::AllowMethods => "access-control-allow-methods",
            Self::AllowHeaders => "access-control-allow-headers",
            Self::MaxAge => "access-control-max-age",
            Self::ExposeHeaders => "access-control-expose-headers",
            Self::Vary => "vary",
        }
    }

    /// Whether a response header, by its name in any case, is one of the CORS protocol, or could be.
    ///
    /// Few responses have one before [`Ready::write`]: one look at every name is cheaper than to
    /// remove each of [`CORS`](Self::CORS).
    #[inline]
    pub fn is_cors(name: &str) -> bool {
        const PREFIX: &[u8] = b"access-control-";
        let start = name.as_bytes().get(..PREFIX.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(PREFIX))
    }
}

/// What to do with a response header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change<'a, V> {
    /// Set it to this value, in place of all others.
    Set(&'a V),
    /// Set it to the value of the request's `Origin`, byte for byte.
    SetRequestOrigin,
    /// Set it to the names that the request asks for,
    /// [`requested_header_names`](crate::requested_header_names); if there are none, leave it out.
    SetRequestedHeaders,
    /// `Vary` only: add a line with this value unless [`vary_names_origin`] says that it is there.
    Merge(&'a V),
}

/// The CORS headers of a response of the application.
pub(crate) struct Actual<'a, V> {
    /// `Set` or `SetRequestOrigin`.
    pub(crate) allow_origin: Option<Change<'a, V>>,
    pub(crate) allow_credentials: Option<&'a V>,
    pub(crate) expose_headers: Option<&'a V>,
    /// To merge.
    pub(crate) vary: Option<&'a V>,
}

impl<V: Clone> Ready<V> {
    /// Renders the values of `policy`. They are visible ASCII, so that no framework refuses them. What
    /// is the same for every policy is borrowed: most frameworks count no references of that.
    ///
    /// # Errors
    ///
    /// The first error of `value`.
    pub fn new<E>(
        policy: Policy,
        mut value: impl FnMut(Cow<'static, str>) -> Result<V, E>,
    ) -> Result<Self, E> {
        let mut render = |text: Cow<'static, str>| {
            let value = value(text)?;
            // The first clone of a value on the heap may allocate: here, not in a request.
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
            star: render("*".into())?,
            yes: render("true".into())?,
            methods,
            headers,
            max_age: render(policy.max_age.to_string().into())?,
            exposed,
            vary_preflight: render(VARY_PREFLIGHT.into())?,
            vary_origin: render("Origin".into())?,
            policy,
        })
    }

    /// The policy that the values are of.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// [`Policy::decide`] as far as an answer depends on it, for adapters, at a lower price.
    ///
    /// The answer and the changes are the same, but not every reason: what is malformed may be told
    /// as not allowed, and where anybody may read, every origin counts as allowed.
    #[inline]
    pub fn verdict<R: RequestHead + ?Sized>(&self, request: &R) -> Decision {
        let origin = Lines::of(request.lines(RequestHeader::Origin));
        self.policy.decide_by(origin, request, false)
    }

    /// The answer to give at once; `None`: the application is called.
    pub fn answer(&self, decision: Decision) -> Option<Answer> {
        match decision {
            Decision::NotCors | Decision::Actual(_) => None,
            Decision::Blocked(_) => Some(Answer {
                status: 403,
                body: "Disallowed CORS origin",
            }),
            Decision::Preflight(Ok(())) => Some(self.success("OK")),
            Decision::Preflight(Err(refusal)) if self.shows_lists(&refusal) => {
                Some(self.success(refusal_text(&refusal)))
            }
            Decision::Preflight(Err(refusal)) => Some(Answer {
                status: 400,
                body: refusal_text(&refusal),
            }),
        }
    }

    fn success(&self, body: &'static str) -> Answer {
        if self.policy.bare_success {
            Answer {
                status: 204,
                body: "",
            }
        } else {
            Answer { status: 200, body }
        }
    }

    /// Hands every change to make on the response to `sink`: on the answer for a decision that has
    /// one, on the application's response otherwise, after the removal of all that is
    /// [`ResponseHeader::CORS`] there.
    pub fn write<'a>(
        &'a self,
        decision: Decision,
        mut sink: impl FnMut(ResponseHeader, Change<'a, V>),
    ) {
        match decision {
            Decision::Preflight(Ok(())) => {
                self.write_allowed_origin(&mut sink);
                self.write_lists(true, &mut sink);
                sink(ResponseHeader::MaxAge, Change::Set(&self.max_age));
                sink(ResponseHeader::Vary, Change::Set(&self.vary_preflight));
            }
            Decision::Preflight(Err(refusal)) => {
                if refusal.origin.is_none() {
                    self.write_allowed_origin(&mut sink);
                    if self.shows_lists(&refusal) {
                        self.write_lists(refusal.headers.is_none(), &mut sink);
                    }
                }
                sink(ResponseHeader::Vary, Change::Set(&self.vary_preflight));
            }
            Decision::NotCors | Decision::Actual(_) | Decision::Blocked(_) => {
                self.write_actual(decision == Decision::Actual(Ok(())), &mut sink);
            }
        }
    }

    fn write_allowed_origin<'a>(&'a self, sink: &mut impl FnMut(ResponseHeader, Change<'a, V>)) {
        sink(ResponseHeader::AllowOrigin, self.allowed_origin());
        if self.policy.allows_credentials() {
            sink(ResponseHeader::AllowCredentials, Change::Set(&self.yes));
        }
    }

    /// `echo`: the requested names have passed the check and may be sent back.
    fn write_lists<'a>(&'a self, echo: bool, sink: &mut impl FnMut(ResponseHeader, Change<'a, V>)) {
        if let Some(methods) = &self.methods {
            sink(ResponseHeader::AllowMethods, Change::Set(methods));
        }
        match &self.headers {
            Some(headers) => sink(ResponseHeader::AllowHeaders, Change::Set(headers)),
            None if echo => sink(ResponseHeader::AllowHeaders, Change::SetRequestedHeaders),
            None => {}
        }
    }

    fn write_actual<'a>(
        &'a self,
        allowed: bool,
        sink: &mut impl FnMut(ResponseHeader, Change<'a, V>),
    ) {
        let own = self.actual(allowed);
        if let Some(origin) = own.allow_origin {
            sink(ResponseHeader::AllowOrigin, origin);
        }
        if let Some(yes) = own.allow_credentials {
            sink(ResponseHeader::AllowCredentials, Change::Set(yes));
        }
        if let Some(exposed) = own.expose_headers {
            sink(ResponseHeader::ExposeHeaders, Change::Set(exposed));
        }
        if let Some(origin) = own.vary {
            sink(ResponseHeader::Vary, Change::Merge(origin));
        }
    }

    /// Fetch, "CORS protocol and HTTP caches": what does not depend on the request is on every
    /// response, without `Vary`; what does is told by `Vary` on every response.
    #[inline]
    pub(crate) fn actual(&self, allowed: bool) -> Actual<'_, V> {
        let any = self.policy.allows_any_origin();
        let is_readable = allowed || any;
        Actual {
            allow_origin: is_readable.then(|| self.allowed_origin()),
            allow_credentials: (allowed && self.policy.allows_credentials()).then_some(&self.yes),
            expose_headers: self.exposed.as_ref().filter(|_| is_readable),
            vary: (!any).then_some(&self.vary_origin),
        }
    }

    pub(crate) fn allowed_origin(&self) -> Change<'_, V> {
        if self.policy.allows_any_origin() {
            Change::Set(&self.star)
        } else {
            Change::SetRequestOrigin
        }
    }

    /// Whether a granted preflight is told the names that it has asked for.
    #[cfg(feature = "http")]
    pub(crate) fn sends_names_back(&self) -> bool {
        self.headers.is_none()
    }

    /// Diagnostics: the true lists, behind an ok status, make the browser name what is missing.
    fn shows_lists(&self, refusal: &PreflightRefusal) -> bool {
        self.policy.diagnostics && refusal.origin.is_none() && refusal.explained_by_lists
    }
}

/// A preflight's answer depends on these, granted or refused, and whether there is one at all.
const VARY_PREFLIGHT: &str =
    "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";

fn refusal_text(refusal: &PreflightRefusal) -> &'static str {
    match (
        refusal.origin.is_some(),
        refusal.method.is_some(),
        refusal.headers.is_some(),
    ) {
        (true, true, true) => "Disallowed CORS origin, method, headers",
        (true, true, false) => "Disallowed CORS origin, method",
        (true, false, true) => "Disallowed CORS origin, headers",
        (true, false, false) => "Disallowed CORS origin",
        (false, true, true) => "Disallowed CORS method, headers",
        (false, true, false) => "Disallowed CORS method",
        (false, false, _) => "Disallowed CORS headers",
    }
}

/// Whether these `Vary` lines of a response already say that it depends on `Origin`: by name, or by
/// `*`, which covers every header (RFC 9110, section 12.5.5).
pub fn vary_names_origin<'a>(lines: impl IntoIterator<Item = &'a [u8]>) -> bool {
    crate::requested_headers::names(lines.into_iter())
        .any(|name| name == b"*" || name.eq_ignore_ascii_case(b"origin"))
}
