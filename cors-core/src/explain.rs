//! Why a request was refused, as a sentence.

use crate::decision::{Decision, HeadersRefusal, HostRefusal, MethodRefusal, OriginRefusal};
use crate::method;
use crate::near_miss;
use crate::own_origins::origins_of;
use crate::policy::{Access, Policy};
use crate::request::{RequestHead, RequestHeader};
use crate::request_host::{self, HostName};
use crate::requested_headers::{AllowedHeaders, Refused};
use crate::shown::Shown;

impl Policy {
    /// Describes a decision about `request` and its reasons in one line. If the policy allows something
    /// similar, the line also describes the difference.
    ///
    /// Similar origins are found by look-ups and among the first 1,000 entries, similar names among the
    /// first 1,000, so that a request cannot make this slow.
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
    /// #     fn host_contradicts_target(&self) -> bool { false }
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
    pub fn explain<R: RequestHead>(&self, decision: Decision, request: &R) -> String {
        let origin = || {
            request
                .lines(RequestHeader::Origin)
                .next()
                .unwrap_or_default()
        };
        match decision {
            Decision::NotCors => "no Origin: not a CORS request".to_owned(),
            Decision::Actual(Ok(())) => self.explain_allowed(origin()),
            Decision::Actual(Err(refusal)) => self.explain_origin(refusal, origin(), request),
            Decision::Blocked(refusal) => {
                format!(
                    "blocked: {}",
                    self.explain_origin(refusal, origin(), request)
                )
            }
            Decision::Misdirected(refusal) => {
                let host = request.lines(RequestHeader::Host).next();
                self.explain_host(refusal, host.unwrap_or_default())
            }
            Decision::Preflight(Ok(())) => {
                format!("preflight allowed: {}", self.explain_allowed(origin()))
            }
            Decision::Preflight(Err(refusal)) => {
                let requested = request
                    .lines(RequestHeader::AccessControlRequestMethod)
                    .next();
                let parts = [
                    refusal
                        .origin()
                        .map(|refusal| self.explain_origin(refusal, origin(), request)),
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

    fn explain_host(&self, refusal: HostRefusal, host: &[u8]) -> String {
        let why = match (refusal, self.ambiguity) {
            (HostRefusal::NotOwn, Some(_)) => {
                format!(
                    "host {} is not in the own_origins of every policy that the request may have",
                    shown(host)
                )
            }
            (HostRefusal::NotOwn, None) => {
                let hint = self.near_own_origin(host).unwrap_or_default();
                format!("host {} is not in own_origins{hint}", shown(host))
            }
            _ => unclear_host(refusal, host),
        };
        format!("misdirected: {why}")
    }

    /// The own origin that differs from this host in only one part, or else the one to add.
    fn near_own_origin(&self, host: &[u8]) -> Option<String> {
        let own = self.own_origins.as_ref()?;
        let mut origins = origins_of(host);
        let first = origins.next()?;
        let near = std::iter::once(first.clone())
            .chain(origins)
            .find_map(|origin| near_miss::origin(own.set(), origin.as_bytes()));
        Some(match near {
            Some(near) => format!(", but `{}` is: {}", near.allowed, near.difference),
            None => format!("; if this server is meant to be reached under it, add `{first}`"),
        })
    }

    fn explain_allowed(&self, origin: &[u8]) -> String {
        match self.access {
            Access::AnyOrigin => "any origin is allowed".to_owned(),
            Access::Listed(_) => format!("origin {} is allowed", shown(origin)),
        }
    }

    fn explain_origin<R: RequestHead>(
        &self,
        refusal: OriginRefusal,
        origin: &[u8],
        request: &R,
    ) -> String {
        match refusal {
            OriginRefusal::AmbiguousHost => {
                let host = request.lines(RequestHeader::Host).next();
                let host = host.unwrap_or_default();
                let why = match request_host::of(request).and_then(HostName::parse) {
                    Ok(name) if name.is_valid() => {
                        format!("host {} ends with a dot, which servers read in different ways", shown(host))
                    }
                    Ok(_) => unclear_host(HostRefusal::Malformed, host),
                    Err(refusal) => unclear_host(refusal, host),
                };
                format!("{why}, so it is unclear which policy applies")
            }
            OriginRefusal::AmbiguousPath => {
                "the path has several readings with different policies, because of an empty segment, an encoded slash, \
                 `\\`, `;`, `.`, `..`, an escape that browsers do not write, double encoding or its length; request \
                 the path as browsers write it"
                    .to_owned()
            }
            OriginRefusal::SeveralLines => "the request has more than one Origin line".to_owned(),
            OriginRefusal::Malformed => {
                let hint = self.near_miss(origin).unwrap_or_default();
                format!(
                    "origin {} is not an origin that a browser sends{hint}",
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
        let near = near_miss::origin(&listed.origins, origin)?;
        Some(format!(", but `{}` is: {}", near.allowed, near.difference))
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
                    None => one_typo_away(near_miss::name(&self.methods, requested)),
                };
                format!("method {} is not in allow_methods{hint}", shown(requested))
            }
        }
    }

    fn explain_headers<R: RequestHead>(&self, refusal: HeadersRefusal, request: &R) -> String {
        let refused = self.headers.first_refused(request);
        let name = refused.map_or(&b""[..], Refused::name);
        match refusal {
            HeadersRefusal::TooLong => {
                "the requested headers are longer than the limit of the policy".to_owned()
            }
            HeadersRefusal::Malformed => format!("header name {} is not a token", shown(name)),
            HeadersRefusal::NotAllowed => {
                let near = match &self.headers {
                    AllowedHeaders::Listed(listed) => near_miss::name(listed.names(), name),
                    AllowedHeaders::Any => None,
                };
                let hint = one_typo_away(near);
                format!("header {} is not in allow_headers{hint}", shown(name))
            }
        }
    }
}

fn one_typo_away(allowed: Option<&str>) -> String {
    allowed.map_or_else(String::new, |allowed| {
        format!(", but `{allowed}` is: it is one typo away")
    })
}

/// Bytes from a request between backticks.
fn shown(bytes: &[u8]) -> String {
    format!("`{}`", Shown(bytes))
}

/// Why the host of a request is not clear.
fn unclear_host(refusal: HostRefusal, host: &[u8]) -> String {
    match refusal {
        HostRefusal::Missing => "the request has no Host".to_owned(),
        HostRefusal::SeveralLines => {
            "the request has several `Host` lines, or a `Host` that differs from the host in its target"
                .to_owned()
        }
        HostRefusal::Malformed | HostRefusal::NotOwn => {
            format!("host {} is not a host that a browser sends", shown(host))
        }
    }
}

#[cfg(test)]
mod tests {
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

        fn host_contradicts_target(&self) -> bool {
            false
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
            (
                "http://[::1]:3000",
                ", but `http://localhost:3000` is: `localhost`, `127.0.0.1` and `[::1]` are three hosts",
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
        assert_eq!(
            explain(&[ALLOWED, (Acrm, b"PTACH"), (Acrh, b"content-tpye")]),
            "preflight refused: method `PTACH` is not in allow_methods, but `PATCH` is: it is one \
             typo away; header `content-tpye` is not in allow_headers, but `Content-Type` is: it is \
             one typo away"
        );
        assert_eq!(
            explain(&[(Origin, b"https://a.com:443"), (Acrm, b"PATCH")]),
            "preflight refused: origin `https://a.com:443` is not an origin that a browser sends, \
             but `https://a.com` is: browsers omit the default port"
        );
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
