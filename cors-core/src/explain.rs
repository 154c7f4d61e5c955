//! The answer to "why did the browser block this?", in one line.

use crate::decision::{Decision, HeadersRefusal, MethodRefusal, OriginRefusal};
use crate::method;
use crate::origin::pattern::{Entry, Pattern};
use crate::policy::{Access, Policy};
use crate::request::{RequestHead, RequestHeader};

impl Policy {
    /// Says in one line for people what was decided about `request`, and why; where the request is
    /// close to what the policy allows, what the difference is.
    ///
    /// ```
    /// # use cors_core::{Config, Decision, RequestHead, RequestHeader};
    /// # struct Get(&'static [u8]);
    /// # impl RequestHead for Get {
    /// #     fn method(&self) -> &[u8] { b"GET" }
    /// #     fn lines(&self, header: RequestHeader) -> impl Iterator<Item = &[u8]> {
    /// #         (header == RequestHeader::Origin).then_some(self.0).into_iter()
    /// #     }
    /// # }
    /// let policy = Config::new().allow_origins(["https://example.com"]).build()?;
    /// let request = Get(b"http://example.com");
    /// assert_eq!(
    ///     policy.explain(policy.decide(&request), &request),
    ///     "origin `http://example.com` is not allowed, \
    ///      but `https://example.com` is: the scheme differs",
    /// );
    /// # Ok::<(), cors_core::ConfigError>(())
    /// ```
    pub fn explain<R: RequestHead + ?Sized>(&self, decision: Decision, request: &R) -> String {
        let origin = || {
            request
                .lines(RequestHeader::Origin)
                .next()
                .unwrap_or_default()
        };
        match decision {
            Decision::NotCors => "no Origin: not a CORS request".to_owned(),
            Decision::Actual(Ok(())) => format!("origin {} is allowed", shown(origin())),
            Decision::Actual(Err(refusal)) => self.explain_origin(refusal, origin()),
            Decision::Blocked(refusal) => {
                format!("blocked: {}", self.explain_origin(refusal, origin()))
            }
            Decision::Preflight(Ok(())) => {
                format!("preflight granted: origin {} is allowed", shown(origin()))
            }
            Decision::Preflight(Err(refusal)) => {
                let requested = request
                    .lines(RequestHeader::AccessControlRequestMethod)
                    .next();
                let parts = [
                    refusal
                        .origin
                        .map(|refusal| self.explain_origin(refusal, origin())),
                    refusal
                        .method
                        .map(|refusal| self.explain_method(refusal, requested.unwrap_or_default())),
                    refusal
                        .headers
                        .map(|refusal| self.explain_headers(refusal, request)),
                ];
                let parts: Vec<String> = parts.into_iter().flatten().collect();
                format!("preflight refused: {}", parts.join("; "))
            }
        }
    }

    fn explain_origin(&self, refusal: OriginRefusal, origin: &[u8]) -> String {
        match refusal {
            OriginRefusal::SeveralLines => "the request has more than one Origin line".to_owned(),
            OriginRefusal::Malformed => {
                format!("origin {} is not what a browser sends", shown(origin))
            }
            OriginRefusal::NotAllowed => {
                let hint = self.near_miss(origin).unwrap_or_default();
                format!("origin {} is not allowed{hint}", shown(origin))
            }
        }
    }

    /// An allowed origin that differs from this one in a single part.
    fn near_miss(&self, origin: &[u8]) -> Option<String> {
        let Access::Listed(listed) = &self.access else {
            return None;
        };
        if listed.origins.is_empty() {
            return Some(": the policy allows no origin".to_owned());
        }
        let text = std::str::from_utf8(origin).ok()?;
        let Ok(Entry::Pattern(asked)) = Entry::parse(text) else {
            return None;
        };
        let list = listed.origins.to_list();
        list.iter().find_map(|entry| {
            let Ok(Entry::Pattern(allowed)) = Entry::parse(entry) else {
                return None;
            };
            let difference = difference(&asked, &allowed)?;
            Some(format!(", but `{entry}` is: {difference}"))
        })
    }

    fn explain_method(&self, refusal: MethodRefusal, requested: &[u8]) -> String {
        match refusal {
            MethodRefusal::SeveralLines => {
                "the request has more than one Access-Control-Request-Method line".to_owned()
            }
            MethodRefusal::Malformed => format!("method {} is not a token", shown(requested)),
            MethodRefusal::NotAllowed => {
                let same = |allowed: &&String| allowed.as_bytes().eq_ignore_ascii_case(requested);
                let hint = match self.methods.iter().find(same) {
                    Some(allowed) => format!(", but `{allowed}` is: methods are case-sensitive"),
                    None if method::is_safelisted(requested) => {
                        "; without a preflight a browser sends it all the same".to_owned()
                    }
                    None => String::new(),
                };
                format!("method {} is not in allow_methods{hint}", shown(requested))
            }
        }
    }

    fn explain_headers<R: RequestHead + ?Sized>(
        &self,
        refusal: HeadersRefusal,
        request: &R,
    ) -> String {
        let name = self
            .headers
            .first_refused(request)
            .map(|(_, name)| name)
            .unwrap_or_default();
        match refusal {
            HeadersRefusal::TooLong => {
                "the requested headers are longer than the policy is ready to read".to_owned()
            }
            HeadersRefusal::Malformed => format!("header name {} is not a token", shown(name)),
            HeadersRefusal::NotAllowed => format!("header {} is not in allow_headers", shown(name)),
        }
    }
}

/// How `asked` differs from `allowed`, if in one part only.
fn difference(asked: &Pattern<'_>, allowed: &Pattern<'_>) -> Option<&'static str> {
    let scheme = asked.scheme == allowed.scheme;
    let port = asked.port == allowed.port || allowed.port == ":*";
    let host = asked.host == allowed.host;
    match (scheme, host, port) {
        (true, true, true) if allowed.subdomains => {
            Some("`*.` stands for one or more labels, not for none")
        }
        (false, true, true) if !allowed.subdomains => Some("the scheme differs"),
        (true, true, false) if !allowed.subdomains => Some("the port differs"),
        (true, false, true) if !allowed.subdomains && is_subdomain(asked.host, allowed.host) => {
            Some("a subdomain is another host")
        }
        _ => None,
    }
}

fn is_subdomain(host: &str, parent: &str) -> bool {
    host.strip_suffix(parent)
        .is_some_and(|labels| labels.ends_with('.'))
}

/// Bytes of strangers between backticks: escaped, and cut at 100 bytes.
fn shown(bytes: &[u8]) -> String {
    const SHOWN: usize = 100;
    let head = bytes.get(..SHOWN).unwrap_or(bytes);
    let more = if bytes.len() > SHOWN { "…" } else { "" };
    format!("`{}{more}`", head.escape_ascii())
}
