//! What determines the response to a request, without the reasons.

/// What to do with a request, from
/// [`RenderedPolicy::verdict`](crate::RenderedPolicy::verdict).
///
/// It determines who sends the response, its status and its CORS headers. Adapters only pass it on. For
/// the reasons, see [`Decision`](crate::Decision).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict(pub(crate) VerdictKind);

impl Verdict {
    /// Whether the origin may read the response of the application. If there is an early response, but
    /// the application was called, it may not.
    #[inline]
    pub(crate) fn allows_application(self) -> bool {
        self.0 == VerdictKind::Forward { allowed: true }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum VerdictKind {
    /// The application responds. With `allowed`, its response can be read by the origin of the request,
    /// or by every origin if the policy allows any.
    Forward { allowed: bool },
    /// The middleware responds with an error, because the origin is refused.
    Block,
    /// The middleware responds with an error, because the request is for another host.
    Misdirected,
    /// The middleware responds to a CORS-preflight request.
    Preflight(PreflightVerdict),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PreflightVerdict {
    Allowed,
    /// The policy of the request is not known. The response has no CORS headers.
    Ambiguous,
    /// The origin is refused, and possibly other parts. The response has no CORS headers.
    OriginRefused(Option<RefusedParts>),
    /// Only the method or the headers are refused.
    Refused(RefusedParts, ShownBy),
}

/// The refused parts of a preflight, besides its origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RefusedParts {
    Method,
    Headers,
    MethodAndHeaders,
}

impl RefusedParts {
    pub(crate) fn new(method: bool, headers: bool) -> Option<Self> {
        match (method, headers) {
            (false, false) => None,
            (true, false) => Some(Self::Method),
            (false, true) => Some(Self::Headers),
            (true, true) => Some(Self::MethodAndHeaders),
        }
    }
}

/// How the browser learns that a preflight from an allowed origin is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ShownBy {
    /// By an error status.
    Status,
    /// By the lists of allowed methods and headers, in a response with a successful status. Only with
    /// `diagnostics`, and only if the lists make the browser refuse the request.
    Lists,
}
