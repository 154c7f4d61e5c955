//! Why a request was refused, as a sentence.

use crate::decision::{Decision, HeadersRefusal, MethodRefusal, OriginRefusal};
use crate::method;
use crate::origin::pattern::{Entry, Pattern};
use crate::policy::{Access, Policy};
use crate::request::{RequestHead, RequestHeader};
use crate::requested_headers::Refused;

impl Policy {
    /// Describes a decision about `request` and its reasons in one line. If the policy allows something
    /// similar, the line also describes the difference.
    ///
    /// The text is for people and may change. Text from the request is escaped and cut after 100 bytes.
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
                format!("preflight allowed: origin {} is allowed", shown(origin()))
            }
            Decision::Preflight(Err(refusal)) => {
                let requested = request
                    .lines(RequestHeader::AccessControlRequestMethod)
                    .next();
                let parts = [
                    refusal
                        .origin()
                        .map(|refusal| self.explain_origin(refusal, origin())),
                    refusal
                        .method()
                        .map(|refusal| self.explain_method(refusal, requested.unwrap_or_default())),
                    refusal
                        .headers()
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
                format!(
                    "origin {} is not an origin that a browser sends",
                    shown(origin)
                )
            }
            OriginRefusal::NotAllowed => {
                let hint = self.near_miss(origin).unwrap_or_default();
                format!("origin {} is not allowed{hint}", shown(origin))
            }
        }
    }

    /// Describes an allowed origin that differs from this one in only one part.
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
        listed.origins.entries().take(SEARCHED).find_map(|entry| {
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
                        "; without a preflight, a browser sends it anyway".to_owned()
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
        let name = match self.headers.first_refused(request) {
            Some(Refused::Name(name)) => name,
            Some(Refused::TooLong) | None => b"",
        };
        match refusal {
            HeadersRefusal::TooLong => {
                "the requested headers are longer than the limit of the policy".to_owned()
            }
            HeadersRefusal::Malformed => format!("header name {} is not a token", shown(name)),
            HeadersRefusal::NotAllowed => format!("header {} is not in allow_headers", shown(name)),
        }
    }
}

/// How many entries are searched for a similar origin. The request may come from an attacker.
const SEARCHED: usize = 1_000;

/// How `asked` differs from `allowed`, if it differs in one part only.
fn difference(asked: &Pattern<'_>, allowed: &Pattern<'_>) -> Option<&'static str> {
    let scheme = asked.scheme == allowed.scheme;
    let port = asked.port == allowed.port || allowed.port == ":*";
    let host = asked.host == allowed.host;
    match (scheme, host, port) {
        (true, true, true) if allowed.subdomains => Some("`*.` stands for at least one label"),
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

/// Bytes from a request between backticks: escaped, and cut after 100 bytes.
fn shown(bytes: &[u8]) -> String {
    const SHOWN: usize = 100;
    let head = bytes.get(..SHOWN).unwrap_or(bytes);
    let more = if bytes.len() > SHOWN { "…" } else { "" };
    format!("`{}{more}`", head.escape_ascii())
}

#[cfg(test)]
mod tests {
    use super::{difference, shown};
    use crate::origin::pattern::Entry;
    use crate::{Config, RequestHead, RequestHeader};

    struct Request(&'static str, &'static [(RequestHeader, &'static [u8])]);

    impl RequestHead for Request {
        fn method(&self) -> &[u8] {
            self.0.as_bytes()
        }

        fn lines(&self, header: RequestHeader) -> impl Iterator<Item = &[u8]> {
            self.1
                .iter()
                .filter(move |(name, _)| *name == header)
                .map(|(_, value)| *value)
        }
    }

    #[test]
    fn refused_origins() {
        let config = Config::new().allow_origins([
            "https://example.com",
            "https://*.example.org",
            "http://localhost:3000",
            "http://127.0.0.1:*",
        ]);
        let policy = config.build().unwrap();
        for (origin, hint) in [
            (
                "http://example.com",
                ", but `https://example.com` is: the scheme differs",
            ),
            (
                "https://example.com:8443",
                ", but `https://example.com` is: the port differs",
            ),
            (
                "https://www.example.com",
                ", but `https://example.com` is: a subdomain is another host",
            ),
            (
                "https://example.org",
                ", but `https://*.example.org` is: `*.` stands for at least one label",
            ),
            (
                "http://localhost",
                ", but `http://localhost:3000` is: the port differs",
            ),
            (
                "https://127.0.0.1:8000",
                ", but `http://127.0.0.1:*` is: the scheme differs",
            ),
            ("http://example.org", ""),
            ("https://example.org:8443", ""),
            ("https://evil.com", ""),
            ("https://evilexample.com", ""),
            ("null", ""),
        ] {
            let lines = [(RequestHeader::Origin, origin.as_bytes())];
            let request = Request("GET", lines.to_vec().leak());
            assert_eq!(
                policy.explain(policy.decide(&request), &request),
                format!("origin `{origin}` is not allowed{hint}")
            );
        }
    }

    #[test]
    fn refused_preflights() {
        use RequestHeader::{
            AccessControlRequestHeaders as Acrh, AccessControlRequestMethod as Acrm, Origin,
        };
        let config = Config::new()
            .allow_origins(["https://a.com"])
            .allow_methods(["PATCH"]);
        let policy = config.allow_headers(["X-A"]).build().unwrap();
        const ALLOWED: (RequestHeader, &[u8]) = (Origin, b"https://a.com");
        let explain = |lines| {
            let request = Request("OPTIONS", lines);
            policy.explain(policy.decide(&request), &request)
        };
        assert_eq!(
            explain(&[ALLOWED, (Acrm, b"PATCH"), (Acrh, b"x-a")]),
            "preflight allowed: origin `https://a.com` is allowed"
        );
        assert_eq!(
            explain(&[ALLOWED, (Acrm, b"patch"), (Acrh, b"x-a, x-b")]),
            "preflight refused: method `patch` is not in allow_methods, but `PATCH` is: methods are \
             case-sensitive; header `x-b` is not in allow_headers"
        );
        assert_eq!(
            explain(&[ALLOWED, (Acrm, b"GET"), (Acrh, b"x\r\n")]),
            "preflight refused: method `GET` is not in allow_methods; without a preflight, a \
             browser sends it anyway; header name `x\\r\\n` is not a token"
        );
        assert_eq!(
            explain(&[ALLOWED, ALLOWED, (Acrm, b""), (Acrh, &[b','; 1000])]),
            "preflight refused: the request has more than one Origin line; method `` is not a token; \
             the requested headers are longer than the limit of the policy"
        );
        assert_eq!(
            explain(&[ALLOWED, (Acrm, b"PUT"), (Acrm, b"PUT")]),
            "preflight refused: the request has more than one Access-Control-Request-Method line"
        );
        assert_eq!(
            explain(&[ALLOWED, (Acrm, b"PUT")]),
            "preflight refused: method `PUT` is not in allow_methods"
        );
    }

    #[test]
    fn origins_that_are_equal() {
        let Ok(Entry::Pattern(one)) = Entry::parse("https://a.com") else {
            panic!("it is an origin");
        };
        assert_eq!(difference(&one, &one), None);
    }

    #[test]
    fn long_text_is_cut() {
        let text = "a".repeat(100);
        assert_eq!(shown(text.as_bytes()), format!("`{text}`"));
        assert_eq!(shown(format!("{text}a").as_bytes()), format!("`{text}…`"));
    }

    #[test]
    fn nothing_to_refuse() {
        let policy = Config::new().build().unwrap();
        let request = Request("GET", &[]);
        assert_eq!(
            policy.explain(policy.decide(&request), &request),
            "no Origin: not a CORS request"
        );
        let request = Request("GET", &[(RequestHeader::Origin, b"https://a.com")]);
        assert_eq!(
            policy.explain(policy.decide(&request), &request),
            "origin `https://a.com` is not allowed: the policy allows no origin"
        );
        for config in [
            Config::new().allow_origins(["https://b.com"]),
            Config::new().allow_origins(["https://*.b.com"]),
            Config::new().allow_origins(["null"]),
            Config::new().allow_origin_regex("https://b"),
        ] {
            let policy = config.build().unwrap();
            assert_eq!(
                policy.explain(policy.decide(&request), &request),
                "origin `https://a.com` is not allowed"
            );
        }
    }
}
