//! The decision: the one file that a security reader must read.
//!
//! Fetch, "CORS protocol": a request with `Origin` is a CORS request; if its method is `OPTIONS` and
//! it has `Access-Control-Request-Method` it is a CORS-preflight request. Every other `OPTIONS` is
//! the application's.

use crate::decision::{Decision, HeadersRefusal, MethodRefusal, OriginRefusal, PreflightRefusal};
use crate::method;
use crate::origin::{self, Origin};
use crate::policy::Policy;
use crate::request::{Lines, RequestHead, RequestHeader};
use crate::token::is_token;

impl Policy {
    /// Decides about a request: what it is, and whether it is granted.
    ///
    /// Total and pure: any bytes give a decision, the same bytes the same one. It allocates nothing,
    /// and its work is bounded by the policy, whatever the request.
    pub fn decide<R: RequestHead + ?Sized>(&self, request: &R) -> Decision {
        let origin = Lines::of(request.lines(RequestHeader::Origin));
        self.decide_by(origin, request, true)
    }

    /// [`decide`](Self::decide), but without `reasons` only as far as the answer depends on it: what
    /// is malformed is not allowed, and where anybody may read, nobody is looked at.
    #[inline]
    pub(crate) fn decide_by<R: RequestHead + ?Sized>(
        &self,
        origin: Lines<&[u8]>,
        request: &R,
        reasons: bool,
    ) -> Decision {
        if matches!(origin, Lines::None) {
            return Decision::NotCors;
        }
        if request.method() == b"OPTIONS" {
            let requested =
                match Lines::of(request.lines(RequestHeader::AccessControlRequestMethod)) {
                    Lines::None => None,
                    Lines::One(requested) => Some(Ok(requested)),
                    Lines::Several => Some(Err(MethodRefusal::SeveralLines)),
                };
            if let Some(requested) = requested {
                let check = self.preflight(origin, requested, request, reasons);
                return Decision::Preflight(check);
            }
        }
        if !reasons && self.allows_any_origin() && !self.block_refused_origins {
            return Decision::Actual(Ok(()));
        }
        match self.check_origin(origin, reasons) {
            Err(refusal) if self.block_refused_origins && !is_same_origin(request, origin) => {
                Decision::Blocked(refusal)
            }
            check => Decision::Actual(check),
        }
    }

    /// All three checks run, so that the answer can name all that fails.
    fn preflight<R: RequestHead + ?Sized>(
        &self,
        origin: Lines<&[u8]>,
        requested: Result<&[u8], MethodRefusal>,
        request: &R,
        reasons: bool,
    ) -> Result<(), PreflightRefusal> {
        let reasons = reasons || self.diagnostics;
        let origin = self.check_origin(origin, reasons).err();
        let method = requested
            .and_then(|requested| self.check_method(requested, reasons))
            .err();
        let headers = self.headers.check(request, reasons).err();
        if origin.is_none() && method.is_none() && headers.is_none() {
            return Ok(());
        }
        // "CORS-preflight fetch" lets safelisted methods pass whatever the list says, so the list
        // alone would not stop them; and where there is no list it may take any method for allowed.
        let stopped_by_list =
            |requested| !method::is_safelisted(requested) && !self.methods.is_empty();
        let explained_by_lists = reasons
            && (method == Some(MethodRefusal::NotAllowed) && requested.is_ok_and(stopped_by_list)
                || headers == Some(HeadersRefusal::NotAllowed));
        Err(PreflightRefusal {
            origin,
            method,
            headers,
            explained_by_lists,
        })
    }

    #[inline]
    fn check_origin(&self, origin: Lines<&[u8]>, reasons: bool) -> Result<(), OriginRefusal> {
        match origin {
            Lines::One(origin) if self.is_origin_allowed(origin) => Ok(()),
            Lines::One(origin) if reasons && !origin::is_serialized(origin) => {
                Err(OriginRefusal::Malformed)
            }
            Lines::One(_) => Err(OriginRefusal::NotAllowed),
            // "Byte-serializing a request origin" gives one; several are somebody's trick.
            Lines::None | Lines::Several => Err(OriginRefusal::SeveralLines),
        }
    }

    fn check_method(&self, requested: &[u8], reasons: bool) -> Result<(), MethodRefusal> {
        /// A method longer than this is not read to its end.
        const JUDGED: usize = 64;
        if self
            .methods
            .iter()
            .any(|method| method.as_bytes() == requested)
        {
            Ok(())
        } else if reasons && !is_token(requested.get(..JUDGED).unwrap_or(requested)) {
            Err(MethodRefusal::Malformed)
        } else {
            Err(MethodRefusal::NotAllowed)
        }
    }
}

/// Whether the request comes from a page of the application itself.
///
/// `Sec-Fetch-Site` cannot be set by scripts. Browsers before 2023 and pages without TLS do not send
/// it; then the origin must name the host that the request is for. The scheme is not compared: a
/// proxy that ends TLS hides it.
fn is_same_origin<R: RequestHead + ?Sized>(request: &R, origin: Lines<&[u8]>) -> bool {
    let Lines::One(origin) = origin else {
        return false;
    };
    match Lines::of(request.lines(RequestHeader::SecFetchSite)) {
        Lines::One(site) => matches!(site, b"same-origin" | b"none"),
        Lines::Several => false,
        Lines::None => match Lines::of(request.lines(RequestHeader::Host)) {
            Lines::One(host) => names_host(origin, host),
            _ => false,
        },
    }
}

/// Whether a serialised origin is that of `host[:port]`, a `Host` value, where the default port may
/// be spelled out.
fn names_host(origin: &[u8], host: &[u8]) -> bool {
    let Some(parsed) = Origin::parse(origin) else {
        return false;
    };
    let default_port: &[u8] = match (parsed.scheme, parsed.port) {
        (b"http", b"") => b":80",
        (b"https", b"") => b":443",
        _ => b"",
    };
    host.strip_suffix(default_port)
        .unwrap_or(host)
        .eq_ignore_ascii_case(parsed.authority)
}
