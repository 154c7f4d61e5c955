//! The decision: the one file that a security reader must read.
//!
//! Fetch, "CORS protocol": a request with `Origin` is a CORS request; if its method is `OPTIONS` and
//! it has `Access-Control-Request-Method` it is a CORS-preflight request. Every other `OPTIONS` is
//! the application's.

use crate::decision::{Decision, HeadersRefusal, MethodRefusal, OriginRefusal, PreflightRefusal};
use crate::method;
use crate::origin::Origin;
use crate::policy::Policy;
use crate::request::{Lines, RequestHead, RequestHeader};
use crate::token::is_token;

impl Policy {
    /// Decides about a request: what it is, and whether it is granted.
    ///
    /// Total and pure: any bytes give a decision, the same bytes the same one. It allocates nothing,
    /// and its work is bounded by the policy, whatever the request.
    pub fn decide<R: RequestHead + ?Sized>(&self, request: &R) -> Decision {
        self.decide_by(Lines::of(request.lines(RequestHeader::Origin)), request)
    }

    /// [`decide`](Self::decide), if the lines of `Origin` are at hand.
    #[inline]
    pub(crate) fn decide_by<R: RequestHead + ?Sized>(
        &self,
        origin: Lines<&[u8]>,
        request: &R,
    ) -> Decision {
        let origin_check = match origin {
            Lines::None => return Decision::NotCors,
            Lines::One(origin) => self.check_origin(origin),
            // "Byte-serializing a request origin" gives one; several are somebody's trick.
            Lines::Several => Err(OriginRefusal::SeveralLines),
        };
        if request.method() == b"OPTIONS" {
            let requested =
                match Lines::of(request.lines(RequestHeader::AccessControlRequestMethod)) {
                    Lines::None => None,
                    Lines::One(requested) => Some(Ok(requested)),
                    Lines::Several => Some(Err(MethodRefusal::SeveralLines)),
                };
            if let Some(requested) = requested {
                return Decision::Preflight(self.preflight(origin_check, requested, request));
            }
        }
        match origin_check {
            Err(refusal) if self.block_refused_origins && !is_same_origin(request, origin) => {
                Decision::Blocked(refusal)
            }
            check => Decision::Actual(check),
        }
    }

    /// All three checks run, so that the answer can name all that fails.
    fn preflight<R: RequestHead + ?Sized>(
        &self,
        origin: Result<(), OriginRefusal>,
        requested: Result<&[u8], MethodRefusal>,
        request: &R,
    ) -> Result<(), PreflightRefusal> {
        let origin = origin.err();
        let method = requested
            .and_then(|requested| self.check_method(requested))
            .err();
        let headers = self.headers.check(request).err();
        if origin.is_none() && method.is_none() && headers.is_none() {
            return Ok(());
        }
        // "CORS-preflight fetch" lets safelisted methods pass whatever the list says, so the list
        // alone would not stop them; and where there is no list it may take any method for allowed.
        let stopped_by_list =
            |requested| !method::is_safelisted(requested) && !self.methods.is_empty();
        let explained_by_lists = method == Some(MethodRefusal::NotAllowed)
            && requested.is_ok_and(stopped_by_list)
            || headers == Some(HeadersRefusal::NotAllowed);
        Err(PreflightRefusal {
            origin,
            method,
            headers,
            explained_by_lists,
        })
    }

    fn check_method(&self, requested: &[u8]) -> Result<(), MethodRefusal> {
        /// A method longer than this is not read to its end.
        const JUDGED: usize = 64;
        if self
            .methods
            .iter()
            .any(|method| method.as_bytes() == requested)
        {
            Ok(())
        } else if is_token(requested.get(..JUDGED).unwrap_or(requested)) {
            Err(MethodRefusal::NotAllowed)
        } else {
            Err(MethodRefusal::Malformed)
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
    let default_port: &[u8] = match (parsed.scheme(), parsed.port()) {
        (b"http", b"") => b":80",
        (b"https", b"") => b":443",
        _ => b"",
    };
    host.strip_suffix(default_port)
        .unwrap_or(host)
        .eq_ignore_ascii_case(parsed.authority())
}
