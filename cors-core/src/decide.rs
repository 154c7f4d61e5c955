//! The decision about a request.
//!
//! Fetch, ["HTTP requests"]: a request with `Origin` is a CORS request. If its method is `OPTIONS` and
//! it has `Access-Control-Request-Method`, it is a CORS-preflight request. Every other `OPTIONS`
//! request belongs to the application.
//!
//! The standard describes the browser. A step that is cited here is the step that the browser takes
//! with the response, so this file decides which response makes it succeed or fail.
//!
//! For a security review, read this file and then, in this order:
//!
//! - what it uses: `request.rs`, `request_host.rs`, `verdict.rs`, `policy.rs`, `own_origins.rs`, `method.rs`,
//!   `token.rs`;
//! - which origins are allowed: `origin.rs`, `origin/set.rs`, `origin/exact.rs`, `origin/overlay.rs`,
//!   `origin/table.rs`, `origin/patterns.rs`, `origin/labels.rs`, `origin/host.rs`, `origin/regex.rs`,
//!   `origin/automaton.rs`;
//! - which headers are allowed: `requested_headers.rs`, `listed_headers.rs`, `listed_headers/table.rs`,
//!   `listed_headers/name.rs`, `header_name.rs`;
//! - what the response is: `rendered.rs`, `early_response.rs`, `apply.rs`, `pending_headers.rs`,
//!   `define_header_names.rs`, and for axum and warp `http.rs` and `http/request.rs`;
//! - which policy applies to a host and a path: `live_policies.rs`, `policy_table.rs`, `hosts.rs`,
//!   `path_table.rs`, `policies.rs`, `path.rs`, `path/tree.rs`, `path/name.rs`, `path/climb.rs`.
//!
//! ["HTTP requests"]: https://fetch.spec.whatwg.org/#http-requests

use crate::decision::{Decision, HeadersRefusal, MethodRefusal, OriginRefusal, PreflightRefusal};
use crate::method;
use crate::origin::{self, Origin};
use crate::policy::Policy;
use crate::request::{Lines, RequestHead, RequestHeader};
use crate::token::is_token;
use crate::verdict::{PreflightVerdict, RefusedParts, ShownBy, VerdictKind};

impl Policy {
    /// Decides about a request, with all reasons.
    ///
    /// Any request, however malformed, gets a decision, and equal requests get equal decisions. The
    /// function does not allocate. Its time is bounded by the policy, not by the size of the request.
    pub fn decide<R: RequestHead>(&self, request: &R) -> Decision {
        if let Some(own) = &self.own_origins
            && let Err(refusal) = own.check_host(request)
        {
            return Decision::Misdirected(refusal);
        }
        let origin = Lines::of(request.lines(RequestHeader::Origin));
        if matches!(origin, Lines::None) {
            return Decision::NotCors;
        }
        match self.cors_verdict(origin, request) {
            VerdictKind::Preflight(_) => Decision::Preflight(self.check_preflight(origin, request)),
            verdict => match self.check_origin(origin) {
                Err(refusal) if verdict == VerdictKind::Block => Decision::Blocked(refusal),
                result => Decision::Actual(result),
            },
        }
    }

    /// Decides about a request, without the reasons. `origin` contains its `Origin` lines.
    #[inline]
    pub(crate) fn verdict<R: RequestHead>(&self, origin: Lines<&[u8]>, request: &R) -> VerdictKind {
        if let Some(own) = &self.own_origins
            && own.check_host(request).is_err()
        {
            return VerdictKind::Misdirected;
        }
        self.cors_verdict(origin, request)
    }

    /// [`verdict`](Self::verdict) for a request that is for this server.
    #[inline(always)] // A call costs every request 20 instructions more.
    pub(crate) fn cors_verdict<R: RequestHead>(
        &self,
        origin: Lines<&[u8]>,
        request: &R,
    ) -> VerdictKind {
        // Fetch, "CORS request": "an HTTP request that includes an `Origin` header".
        // https://fetch.spec.whatwg.org/#cors-request
        if matches!(origin, Lines::None) {
            return VerdictKind::Forward { allowed: false };
        }
        // Fetch, "CORS-preflight request": https://fetch.spec.whatwg.org/#cors-preflight-request
        if request.method() == b"OPTIONS" {
            let method = requested_method(request);
            if !matches!(method, Lines::None) {
                return VerdictKind::Preflight(self.preflight_verdict(origin, method, request));
            }
        }
        // Fetch, "CORS check", step 3: `*` allows every origin without credentials, so the value of
        // `Origin` is not read, not even a malformed one.
        // https://fetch.spec.whatwg.org/#concept-cors-check
        if self.allows_any_origin() {
            return VerdictKind::Forward { allowed: true };
        }
        // Fetch, "CORS check", step 4: the response must repeat exactly this origin. Steps 5 to 8 are
        // about credentials, which `apply.rs` allows.
        let origin = origin.single();
        let allowed = self.is_allowed(origin);
        if !allowed && self.block_refused_origins && !self.is_same_origin(request, origin) {
            VerdictKind::Block
        } else {
            VerdictKind::Forward { allowed }
        }
    }

    /// Fetch, ["CORS-preflight fetch"], steps 3 to 5: what the browser asks for. All three checks
    /// run, because the body of the response names everything that is refused.
    ///
    /// ["CORS-preflight fetch"]: https://fetch.spec.whatwg.org/#cors-preflight-fetch
    #[inline(never)] // So that `verdict` is small enough to be inlined.
    fn preflight_verdict<R: RequestHead>(
        &self,
        origin: Lines<&[u8]>,
        method: Lines<&[u8]>,
        request: &R,
    ) -> PreflightVerdict {
        let origin_allowed = self.is_allowed(origin.single());
        let method_refused = !self.is_method_allowed(method);
        let headers_refused = self.headers.first_refused(request).is_some();
        let refused = RefusedParts::new(method_refused, headers_refused);
        if !origin_allowed {
            if self.ambiguity.is_some() {
                return PreflightVerdict::Ambiguous;
            }
            return PreflightVerdict::OriginRefused(refused);
        }
        let Some(refused) = refused else {
            return PreflightVerdict::Allowed;
        };
        let shown_by = if self.diagnostics && self.lists_explain_refusal(method, request) {
            ShownBy::Lists
        } else {
            ShownBy::Status
        };
        PreflightVerdict::Refused(refused, shown_by)
    }

    /// Whether the lists of allowed methods and headers make a browser refuse the request.
    ///
    /// Fetch, "CORS-preflight fetch", step 7: the lists do not stop a CORS-safelisted method. And an
    /// empty list is not sent. Without a list, a browser could allow any method.
    fn lists_explain_refusal<R: RequestHead>(&self, method: Lines<&[u8]>, request: &R) -> bool {
        let is_stopped = |method| !method::is_safelisted(method) && !self.methods.is_empty();
        let by_method = match method {
            Lines::One(requested) => {
                self.check_method(method) == Err(MethodRefusal::NotAllowed) && is_stopped(requested)
            }
            Lines::None | Lines::Several => false,
        };
        by_method || self.headers.check(request) == Err(HeadersRefusal::NotAllowed)
    }

    /// `origin` is `None` if there are several lines. Fetch, "append a request `Origin` header", adds
    /// one line. No browser sends several. `*` allows any number, as it allows any value.
    /// https://fetch.spec.whatwg.org/#append-a-request-origin-header
    #[inline]
    fn is_allowed(&self, origin: Option<&[u8]>) -> bool {
        match origin {
            Some(origin) => self.is_origin_allowed(origin),
            None => self.allows_any_origin(),
        }
    }

    #[inline]
    fn is_method_allowed(&self, method: Lines<&[u8]>) -> bool {
        let Lines::One(requested) = method else {
            return false;
        };
        self.methods
            .iter()
            .any(|method| method.as_bytes() == requested)
    }

    /// Whether the request comes from a page of the application itself, or from the user: a browser sends
    /// `none` for an address that the user typed.
    ///
    /// Scripts cannot set `Sec-Fetch-Site` ([Fetch Metadata]). Browsers older than 2023 do not send it, and
    /// no browser sends it to a server without TLS, except on localhost. Without it, the origin must match
    /// the host of the request. The scheme is not compared, because a proxy that terminates TLS hides it.
    ///
    /// With DNS rebinding, `Sec-Fetch-Site` and `Host` of a page of another site also say "same-origin". So
    /// if the own origins are known, the origin must be one of them.
    ///
    /// [Fetch Metadata]: https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
    #[inline(never)] // Like `preflight_verdict`.
    fn is_same_origin<R: RequestHead>(&self, request: &R, origin: Option<&[u8]>) -> bool {
        let Some(origin) = origin else {
            return false;
        };
        if self
            .own_origins
            .as_ref()
            .is_some_and(|own| !own.contains(origin))
        {
            return false;
        }
        match Lines::of(request.lines(RequestHeader::SecFetchSite)) {
            Lines::One(site) => matches!(site, b"same-origin" | b"none"),
            Lines::Several => false,
            Lines::None if self.own_origins.is_some() => true,
            Lines::None => match Lines::of(request.lines(RequestHeader::Host)) {
                Lines::One(host) => has_host(origin, host),
                Lines::None | Lines::Several => false,
            },
        }
    }

    fn check_preflight<R: RequestHead>(
        &self,
        origin: Lines<&[u8]>,
        request: &R,
    ) -> Result<(), PreflightRefusal> {
        let refusal = if let Some(ambiguity) = self.ambiguity {
            PreflightRefusal::new(Some(ambiguity.refusal()), None, None)
        } else {
            PreflightRefusal::new(
                self.check_origin(origin).err(),
                self.check_method(requested_method(request)).err(),
                self.headers.check(request).err(),
            )
        };
        refusal.map_or(Ok(()), Err)
    }

    fn check_origin(&self, origin: Lines<&[u8]>) -> Result<(), OriginRefusal> {
        if let Some(ambiguity) = self.ambiguity {
            return Err(ambiguity.refusal());
        }
        match origin {
            _ if self.is_allowed(origin.single()) => Ok(()),
            Lines::One(origin) if origin::is_serialized(origin) => Err(OriginRefusal::NotAllowed),
            Lines::One(_) => Err(OriginRefusal::Malformed),
            // There is a line, or the request would not be a CORS request.
            Lines::None | Lines::Several => Err(OriginRefusal::SeveralLines),
        }
    }

    fn check_method(&self, method: Lines<&[u8]>) -> Result<(), MethodRefusal> {
        /// The number of bytes that are checked. A longer method is not read to its end.
        const CHECKED: usize = 64;
        match method {
            _ if self.is_method_allowed(method) => Ok(()),
            Lines::One(requested) if is_token(requested.get(..CHECKED).unwrap_or(requested)) => {
                Err(MethodRefusal::NotAllowed)
            }
            Lines::One(_) => Err(MethodRefusal::Malformed),
            // There is a line, or the request would not be a preflight.
            Lines::None | Lines::Several => Err(MethodRefusal::SeveralLines),
        }
    }
}

fn requested_method<R: RequestHead>(request: &R) -> Lines<&[u8]> {
    Lines::of(request.lines(RequestHeader::AccessControlRequestMethod))
}

/// Whether a serialized origin has the `host[:port]` of a `Host` header, which may contain the default
/// port.
fn has_host(origin: &[u8], host: &[u8]) -> bool {
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    /// Files and folders on which no response depends, besides the policy that they build.
    const NOT_IN_LIST: [&str; 18] = [
        "compare",
        "config",
        "decide",
        "decision",
        "explain",
        "issue",
        "key",
        "language",
        "lib",
        "manual",
        "near_miss",
        "observability",
        "origin/builder",
        "origin/change",
        "origin/pattern",
        "shown",
        "slip",
        "watch",
    ];

    /// Every file below `folder`, without `.rs`.
    fn files(folder: &Path, prefix: &str, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let name = entry.file_name().into_string().unwrap();
            if entry.file_type().unwrap().is_dir() {
                files(&entry.path(), &format!("{prefix}{name}/"), found);
            } else if let Some(stem) = name.strip_suffix(".rs") {
                found.insert(format!("{prefix}{stem}"));
            }
        }
    }

    fn is_in_list(file: &str) -> bool {
        let is_below = |other: &str| {
            let rest = file.strip_prefix(other);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        !NOT_IN_LIST.iter().any(|other| is_below(other))
    }

    #[test]
    fn the_reading_list_has_every_file_once() {
        let page = include_str!("decide.rs").lines();
        let page: Vec<&str> = page.map_while(|line| line.strip_prefix("//!")).collect();
        let page = page.join("\n");
        let quoted = page.split('`').skip(1).step_by(2);
        let mut listed: Vec<&str> = quoted.filter_map(|name| name.strip_suffix(".rs")).collect();
        listed.sort_unstable();

        let mut found = BTreeSet::new();
        files(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
            "",
            &mut found,
        );
        let expected: Vec<&str> = found
            .iter()
            .map(String::as_str)
            .filter(|file| is_in_list(file))
            .collect();
        assert_eq!(
            listed, expected,
            "add the file to the list above, or to `NOT_IN_LIST`"
        );
    }
}
