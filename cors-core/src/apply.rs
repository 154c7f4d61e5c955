//! Writes the CORS headers of a response.
//!
//! [`RenderedPolicy::apply`] is the only function that writes them, for every framework.

use crate::rendered::RenderedPolicy;
use crate::token::trim;
use crate::verdict::{PreflightVerdict, RefusedParts, ShownBy, Verdict, VerdictKind};

/// A response header that the middleware writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
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
    /// `Timing-Allow-Origin`, only with [`timing_allow_origin`](crate::Config::timing_allow_origin).
    TimingAllowOrigin,
    /// `Vary`
    Vary,
}

impl ResponseHeader {
    /// The headers of the CORS protocol. `Vary` belongs to the application, too.
    const CORS: [Self; 6] = [
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
            Self::TimingAllowOrigin => "timing-allow-origin",
            Self::Vary => "vary",
        }
    }
}

/// The headers of a response, in the types of a framework.
///
/// `'p` is the lifetime of the policy, for frameworks that borrow header values.
pub trait ResponseHeaders<'p> {
    /// A value that was rendered at start-up.
    type Rendered: 'p;

    /// A value of a response header.
    type Value: Clone;

    /// Makes a value of a response header from a rendered one.
    fn to_value(rendered: &'p Self::Rendered) -> Self::Value;

    /// Calls `f` with the name of every header, in any case. A name may occur more than once.
    fn for_each_name(&self, f: impl FnMut(&str));

    /// The values of every line of `header`.
    fn lines(&self, header: ResponseHeader) -> impl Iterator<Item = &[u8]>;

    /// Removes every line of `header`.
    fn remove(&mut self, header: ResponseHeader);

    /// Adds a line. There is no other line of `header`, so it makes no difference whether this replaces
    /// or appends.
    fn set(&mut self, header: ResponseHeader, value: Self::Value);

    /// Adds a line after the other lines of `header`.
    fn append(&mut self, header: ResponseHeader, value: Self::Value);

    /// Replaces the value of `header`, which has one line.
    fn replace(&mut self, header: ResponseHeader, value: Self::Value) {
        self.remove(header);
        self.set(header, value);
    }
}

/// Functions that return the values of the request that a response may repeat. Each is called at most
/// once, and only if the response needs the value.
#[derive(Clone, Copy, Debug)]
pub struct Echo<O, N> {
    /// The value of `Origin`, the same that was checked: the response repeats it without another check.
    pub origin: O,
    /// The value that [`requested_header_names`](crate::requested_header_names) returns.
    pub requested_headers: N,
}

impl<V> RenderedPolicy<V> {
    /// Replaces the CORS headers of a response by those that the verdict requires, and adds to its
    /// `Vary` the request headers that they depend on.
    ///
    /// The response is the [early response](Self::early_response), if the verdict has one, or the
    /// response of the application.
    #[inline]
    pub fn apply<'p, H, O, N>(&'p self, verdict: Verdict, headers: &mut H, echo: Echo<O, N>)
    where
        H: ResponseHeaders<'p, Rendered = V>,
        O: FnOnce() -> Option<H::Value>,
        N: FnOnce() -> Option<H::Value>,
    {
        let has_vary = self.remove_owned_headers(headers);
        self.write(verdict, headers, has_vary, echo);
    }

    /// [`apply`](Self::apply) for a response of the application. `allowed` is whether the origin of the
    /// request may read it.
    #[inline]
    pub(crate) fn apply_actual<'p, H>(
        &'p self,
        allowed: bool,
        headers: &mut H,
        origin: impl FnOnce() -> Option<H::Value>,
    ) where
        H: ResponseHeaders<'p, Rendered = V>,
    {
        let has_vary = self.remove_owned_headers(headers);
        let mut writer = Writer {
            rendered: self,
            headers,
        };
        writer.write_actual(allowed, has_vary, origin);
    }

    /// Removes the headers of the policy that the application set. Returns whether the response has `Vary`.
    #[inline]
    fn remove_owned_headers<'p>(&self, headers: &mut impl ResponseHeaders<'p>) -> bool {
        if self.policy.timing_allow_origin {
            headers.remove(ResponseHeader::TimingAllowOrigin);
        }
        remove_cors_headers(headers)
    }

    /// Writes the headers that the verdict requires on a response without CORS headers. `has_vary` is
    /// whether it has `Vary`.
    #[inline]
    pub(crate) fn write<'p, H, O, N>(
        &'p self,
        verdict: Verdict,
        headers: &mut H,
        has_vary: bool,
        echo: Echo<O, N>,
    ) where
        H: ResponseHeaders<'p, Rendered = V>,
        O: FnOnce() -> Option<H::Value>,
        N: FnOnce() -> Option<H::Value>,
    {
        let mut writer = Writer {
            rendered: self,
            headers,
        };
        let allowed = match verdict.0 {
            VerdictKind::Preflight(preflight) => return writer.write_preflight(preflight, echo),
            VerdictKind::Forward { allowed } => allowed,
            VerdictKind::Block => false,
            VerdictKind::Misdirected => return writer.write_vary(has_vary),
        };
        writer.write_actual(allowed, has_vary, echo.origin);
    }

    /// Turns headers that [`apply`](Self::apply) wrote for another request with the same verdict into
    /// those for this request.
    #[cfg(feature = "http-1")]
    pub(crate) fn apply_to_template<'p, H, O, N>(
        &'p self,
        verdict: Verdict,
        headers: &mut H,
        echo: Echo<O, N>,
    ) where
        H: ResponseHeaders<'p, Rendered = V>,
        O: FnOnce() -> Option<H::Value>,
        N: FnOnce() -> Option<H::Value>,
    {
        if self.echoes_origin(verdict) {
            let origin = (echo.origin)();
            if self.policy.timing_allow_origin {
                replace_or_remove(headers, ResponseHeader::TimingAllowOrigin, origin.clone());
            }
            replace_or_remove(headers, ResponseHeader::AllowOrigin, origin);
        }
        if self.echoes_requested_headers(verdict)
            && let Some(names) = (echo.requested_headers)()
        {
            headers.set(ResponseHeader::AllowHeaders, names);
        }
    }
}

#[cfg(feature = "http-1")]
#[inline]
fn replace_or_remove<'p, H: ResponseHeaders<'p>>(
    headers: &mut H,
    header: ResponseHeader,
    value: Option<H::Value>,
) {
    match value {
        Some(value) => headers.replace(header, value),
        None => headers.remove(header),
    }
}

struct Writer<'p, 'h, H: ResponseHeaders<'p>> {
    rendered: &'p RenderedPolicy<H::Rendered>,
    headers: &'h mut H,
}

impl<'p, H: ResponseHeaders<'p>> Writer<'p, '_, H> {
    /// Fetch, ["CORS protocol and HTTP caches"]: headers that do not depend on the request are on
    /// every response, without `Vary`. If they depend on `Origin`, every response lists it in `Vary`.
    ///
    /// ["CORS protocol and HTTP caches"]: https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches
    #[inline]
    fn write_actual(
        &mut self,
        allowed: bool,
        has_vary: bool,
        origin: impl FnOnce() -> Option<H::Value>,
    ) {
        let any_origin = self.rendered.policy.allows_any_origin();
        if allowed || any_origin {
            self.write_origin(origin);
            if allowed && self.rendered.policy.allows_credentials() {
                self.set(ResponseHeader::AllowCredentials, &self.rendered.credentials);
            }
            if let Some(exposed) = &self.rendered.exposed {
                self.set(ResponseHeader::ExposeHeaders, exposed);
            }
        }
        self.write_vary(has_vary);
    }

    #[inline]
    fn write_vary(&mut self, has_vary: bool) {
        let any_origin = self.rendered.policy.allows_any_origin();
        let is_complete = any_origin || has_vary && self.varies_on_origin();
        if !is_complete {
            let value = H::to_value(&self.rendered.vary_origin);
            self.headers.append(ResponseHeader::Vary, value);
        }
    }

    fn write_preflight<O, N>(&mut self, verdict: PreflightVerdict, echo: Echo<O, N>)
    where
        O: FnOnce() -> Option<H::Value>,
        N: FnOnce() -> Option<H::Value>,
    {
        match verdict {
            PreflightVerdict::Ambiguous | PreflightVerdict::OriginRefused(_) => {}
            PreflightVerdict::Refused(_, ShownBy::Status) => {
                self.write_origin_and_credentials(echo.origin);
            }
            PreflightVerdict::Refused(refused, ShownBy::Lists) => {
                self.write_origin_and_credentials(echo.origin);
                // Refused names are not repeated.
                let names = match refused {
                    RefusedParts::Method => Some(echo.requested_headers),
                    RefusedParts::Headers | RefusedParts::MethodAndHeaders => None,
                };
                self.write_lists(|| names?());
            }
            PreflightVerdict::Allowed => {
                self.write_origin_and_credentials(echo.origin);
                self.write_lists(echo.requested_headers);
                self.set(ResponseHeader::MaxAge, &self.rendered.max_age);
            }
        }
        self.set(ResponseHeader::Vary, &self.rendered.vary_preflight);
    }

    #[inline(always)]
    fn write_origin_and_credentials(&mut self, origin: impl FnOnce() -> Option<H::Value>) {
        self.write_origin(origin);
        if self.rendered.policy.allows_credentials() {
            self.set(ResponseHeader::AllowCredentials, &self.rendered.credentials);
        }
    }

    #[inline(always)] // A call costs 9 instructions more.
    fn write_origin(&mut self, origin: impl FnOnce() -> Option<H::Value>) {
        let value = if self.rendered.policy.allows_any_origin() {
            Some(H::to_value(&self.rendered.any_origin))
        } else {
            origin()
        };
        if let Some(value) = value {
            if self.rendered.policy.timing_allow_origin {
                self.write_timing(value.clone());
            }
            self.headers.set(ResponseHeader::AllowOrigin, value);
        }
    }

    /// Resource Timing, ["Timing-Allow-Origin response header"]: the origins that may read the timing of
    /// the response.
    ///
    /// ["Timing-Allow-Origin response header"]: https://www.w3.org/TR/resource-timing/#sec-timing-allow-origin
    #[inline(never)] // `write_origin` is inlined, and few policies have the key.
    fn write_timing(&mut self, value: H::Value) {
        self.headers.set(ResponseHeader::TimingAllowOrigin, value);
    }

    #[inline]
    fn write_lists(&mut self, requested_headers: impl FnOnce() -> Option<H::Value>) {
        if let Some(methods) = &self.rendered.methods {
            self.set(ResponseHeader::AllowMethods, methods);
        }
        let headers = match &self.rendered.headers {
            Some(headers) => Some(H::to_value(headers)),
            None => requested_headers(),
        };
        if let Some(headers) = headers {
            self.headers.set(ResponseHeader::AllowHeaders, headers);
        }
    }

    #[inline]
    fn set(&mut self, header: ResponseHeader, value: &'p H::Rendered) {
        self.headers.set(header, H::to_value(value));
    }

    /// RFC 9110, [section 12.5.5]: `*` covers every header.
    ///
    /// [section 12.5.5]: https://www.rfc-editor.org/rfc/rfc9110#section-12.5.5
    fn varies_on_origin(&self) -> bool {
        /// How many lines and elements are read. If `Origin` comes later, it is added again, which has no
        /// effect on caches.
        const READ: usize = 24;
        let lines = self.headers.lines(ResponseHeader::Vary).take(READ);
        lines
            .flat_map(|line| line.split(|&byte| byte == b','))
            .take(READ)
            .map(trim)
            .any(|name| name == b"*" || name.eq_ignore_ascii_case(b"origin"))
    }
}

/// Removes the CORS headers that the application set. Returns whether the response has `Vary`.
///
/// Few responses have CORS headers, and reading all names once costs less than six removals.
#[inline]
fn remove_cors_headers<'p>(headers: &mut impl ResponseHeaders<'p>) -> bool {
    let (mut has_cors, mut has_vary) = (false, false);
    headers.for_each_name(|name| {
        // Most names have another length.
        match name.len() {
            4 => has_vary |= name.eq_ignore_ascii_case(ResponseHeader::Vary.name()),
            MIN_CORS..=MAX_CORS => has_cors |= is_cors(name),
            _ => {}
        }
    });
    if has_cors {
        for header in ResponseHeader::CORS {
            headers.remove(header);
        }
    }
    has_vary
}

/// The lengths of the shortest and the longest name of a CORS header.
const MIN_CORS: usize = ResponseHeader::MaxAge.name().len();
const MAX_CORS: usize = ResponseHeader::AllowCredentials.name().len();

/// Whether a name, in any case, has the prefix of the CORS headers.
#[inline]
fn is_cors(name: &str) -> bool {
    const PREFIX: &[u8] = b"access-control-";
    let start = name.as_bytes().get(..PREFIX.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(PREFIX))
}
