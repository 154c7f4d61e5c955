//! The status and the body of a response that the middleware sends itself.

use crate::policy::Ambiguity;
use crate::rendered::RenderedPolicy;
use crate::verdict::{PreflightVerdict, RefusedParts, ShownBy, Verdict, VerdictKind};

/// A response that the middleware sends itself, without its CORS headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EarlyResponse {
    /// The HTTP status: 200, 204, 400, 403 or 421.
    pub status: u16,
    /// The text of the body. Empty if the response has no body.
    pub body: &'static str,
}

impl EarlyResponse {
    /// The value of `Content-Type`, or `None` if the response has no body.
    pub const fn content_type(&self) -> Option<&'static str> {
        if self.body.is_empty() {
            None
        } else {
            Some("text/plain; charset=utf-8")
        }
    }
}

impl<V> RenderedPolicy<V> {
    /// The response to send instead of calling the application, or `None` to call it.
    #[inline]
    pub fn early_response(&self, verdict: Verdict) -> Option<EarlyResponse> {
        let refused = |body| EarlyResponse { status: 400, body };
        Some(match verdict.0 {
            VerdictKind::Forward { .. } => return None,
            VerdictKind::Block => EarlyResponse {
                status: 403,
                body: "Disallowed CORS origin",
            },
            // RFC 9110, section 15.5.20: https://www.rfc-editor.org/rfc/rfc9110#status.421
            VerdictKind::Misdirected => EarlyResponse {
                status: 421,
                body: "Disallowed host",
            },
            VerdictKind::Preflight(PreflightVerdict::Allowed) => self.success("OK"),
            VerdictKind::Preflight(PreflightVerdict::Ambiguous) => {
                refused(match self.policy.ambiguity {
                    Some(Ambiguity::Host) => "Disallowed CORS host",
                    Some(Ambiguity::Path) | None => "Disallowed CORS path",
                })
            }
            VerdictKind::Preflight(PreflightVerdict::OriginRefused(others)) => {
                refused(match others {
                    Some(RefusedParts::MethodAndHeaders) => {
                        "Disallowed CORS origin, method, headers"
                    }
                    Some(RefusedParts::Method) => "Disallowed CORS origin, method",
                    Some(RefusedParts::Headers) => "Disallowed CORS origin, headers",
                    None => "Disallowed CORS origin",
                })
            }
            VerdictKind::Preflight(PreflightVerdict::Refused(parts, shown_by)) => {
                let body = match parts {
                    RefusedParts::MethodAndHeaders => "Disallowed CORS method, headers",
                    RefusedParts::Method => "Disallowed CORS method",
                    RefusedParts::Headers => "Disallowed CORS headers",
                };
                match shown_by {
                    ShownBy::Status => refused(body),
                    ShownBy::Lists => self.success(body),
                }
            }
        })
    }

    fn success(&self, body: &'static str) -> EarlyResponse {
        if self.policy.bare_success {
            EarlyResponse {
                status: 204,
                body: "",
            }
        } else {
            EarlyResponse { status: 200, body }
        }
    }
}
