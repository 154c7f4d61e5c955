//! What settles the response to a request, without the reasons.

/// What to do with a request, from
/// [`RenderedPolicy::verdict`](crate::RenderedPolicy::verdict).
///
/// It settles the response: who sends it, its status and its CORS headers. Adapters pass it on. For
/// the reasons, see [`Decision`](crate::Decision).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict(pub(crate) VerdictKind);

impl Verdict {
    /// The verdict if the application was called anyway: no early response allows its response.
    #[cfg(feature = "http-1")]
    pub(crate) fn forwarded(self) -> Self {
        match self.0 {
            VerdictKind::Forward { .. } => self,
            VerdictKind::Block | VerdictKind::Preflight(_) => {
                Self(VerdictKind::Forward { allowed: false })
            }
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum VerdictKind {
    /// The application responds. `allowed` says whether the request has an allowed origin.
    Forward { allowed: bool },
    /// The middleware responds with an error, because the origin is refused.
    Block,
    /// The middleware responds to a CORS-preflight request.
    Preflight(PreflightVerdict),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PreflightVerdict {
    Allowed,
    /// The origin is refused, and perhaps the method and the headers. The response has no CORS
    /// headers.
    OriginRefused {
        method: bool,
        headers: bool,
    },
    /// Only the method or the headers are refused.
    Refused(RefusedRequest, Explanation),
}

/// What of a preflight from an allowed origin is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RefusedRequest {
    Method,
    Headers,
    MethodAndHeaders,
}

/// How the browser learns that a preflight from an allowed origin is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Explanation {
    /// By an error status.
    Status,
    /// By the lists of what is allowed, behind a successful status: only with `diagnostics`, and only
    /// if the browser refuses because of the lists.
    Lists,
}
