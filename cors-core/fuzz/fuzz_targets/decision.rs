//! A policy, a script's fetch, and a request that need not come from a browser.
//!
//! The result that the browser model derives from the headers must equal the result of a naive
//! reading of the policy. Some laws hold for every request.

#![no_main]

#[path = "decision/input.rs"]
mod input;
#[path = "../../tests/naive/mod.rs"]
mod naive;
#[path = "../../tests/support/mod.rs"]
mod support;

use browser_model::{Browser, Credentials, Fetch, Quirks, Response, ResponseKind};
use cors_core::{
    Config, Decision, RenderedPolicy, RequestHead as _, RequestHeader, ResponseHeader,
};
use input::{API, Raw, Script, Settings};
use libfuzzer_sys::fuzz_target;
use regex::Regex;
use support::{Request, headers, rendered};

fuzz_target!(|input: (Settings, Script, Raw<'_>)| {
    let (settings, script, raw) = input;
    let config = settings.config();
    let any = config.get_allow_origins().iter().any(|entry| entry == "*");
    let Ok(policy) = config.clone().build() else {
        return;
    };
    assert!(!(any && config.get_allow_credentials()));
    let server = Server {
        meaning: Meaning { config },
        policy: rendered(policy),
    };
    server.browser_agrees(&script);
    server.laws_hold(&raw.request());
});

struct Server {
    meaning: Meaning,
    policy: RenderedPolicy<Vec<u8>>,
}

impl Server {
    fn browser_agrees(&self, script: &Script) {
        let fetch = script.fetch();
        let is_own = fetch.origin == API;
        let mut browser = Browser::new(Quirks::NONE);
        // The second time, the browser may have cached the preflight.
        for _ in 0..2 {
            let outcome = browser.fetch(&fetch, |request| {
                let mut lines: Vec<_> = request
                    .headers
                    .iter()
                    .filter_map(|(name, value)| Some((header(name)?, value.clone())))
                    .collect();
                lines.push((RequestHeader::Host, b"api.example.com".to_vec()));
                if script.is_modern {
                    let site: &[u8] = if is_own {
                        b"same-origin"
                    } else {
                        b"cross-site"
                    };
                    lines.push((RequestHeader::SecFetchSite, site.to_vec()));
                }
                let method = request.method.clone().into_bytes();
                Some(self.respond(&Request { method, lines }))
            });
            let reaches = self.meaning.is_own_host(b"api.example.com");
            let meant = self.meaning.allows(script, &fetch) && (reaches || is_own);
            let readable = match outcome.result {
                Ok(readable) => readable,
                Err(blocked) => {
                    assert!(!meant, "{blocked:?}");
                    continue;
                }
            };
            assert!(meant);
            assert_eq!(readable.kind == ResponseKind::Basic, is_own);
            assert_eq!(readable.status, if reaches { 200 } else { 421 });
            if !reaches {
                continue;
            }
            for (name, _) in OF_APPLICATION {
                let is_readable = readable.headers.iter().any(|line| line.0 == name);
                let meant = is_own && name != "set-cookie" || self.meaning.exposes(name);
                assert_eq!(is_readable, meant, "{name}");
            }
        }
    }

    /// The response of the middleware, or of an application with some headers.
    fn respond(&self, request: &Request) -> Response {
        let mut lines: Vec<(String, Vec<u8>)> = headers(&self.policy, request)
            .0
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        let status = match self.policy.early_response(self.policy.verdict(request)) {
            Some(early) => early.status,
            None => {
                lines.extend(OF_APPLICATION.map(|(name, value)| (name.to_owned(), value.into())));
                200
            }
        };
        Response {
            status,
            headers: lines,
        }
    }

    fn laws_hold(&self, request: &Request) {
        let policy = self.policy.policy();
        let decision = policy.decide(request);
        let explained = policy.explain(decision, request);
        assert!(!explained.is_empty() && !explained.contains(char::is_control));
        assert_eq!(decision.is_allowed(), decision.reasons().next().is_none());

        let out = headers(&self.policy, request).0;
        let early = self.policy.early_response(self.policy.verdict(request));
        let is_early = matches!(
            decision,
            Decision::Preflight(_) | Decision::Blocked(_) | Decision::Misdirected(_)
        );
        assert_eq!(early.is_some(), is_early);
        let timing = out.get(ResponseHeader::TimingAllowOrigin.name());
        if self.meaning.config.get_timing_allow_origin() {
            assert_eq!(timing, out.get(ResponseHeader::AllowOrigin.name()));
        } else {
            assert_eq!(timing, None);
        }
        let value = |header: ResponseHeader| out.get(header.name()).map(Vec::as_slice);
        let origins: Vec<_> = request.lines(RequestHeader::Origin).collect();
        let any = self.meaning.allows_any_origin();
        let allowed = self.meaning.lets_in(request);
        let origin = value(ResponseHeader::AllowOrigin);
        let credentials = value(ResponseHeader::AllowCredentials);
        if let Decision::Preflight(check) = decision {
            assert_eq!(self.meaning.classify(request), "preflight");
            assert_eq!(origin.is_some(), allowed);
            assert_eq!(value(ResponseHeader::MaxAge).is_some(), check.is_ok());
            let lists = [ResponseHeader::AllowMethods, ResponseHeader::AllowHeaders];
            let shows_lists = lists.iter().any(|&list| value(list).is_some());
            let diagnoses = self.meaning.config.get_diagnostics() && allowed;
            assert!(!shows_lists || check.is_ok() || diagnoses);
            let status = early.unwrap().status;
            assert!(status == 400 || check.is_ok() || shows_lists);
        } else {
            assert_eq!(self.meaning.classify(request), decision.id());
        }
        let is_misdirected = matches!(decision, Decision::Misdirected(_));
        match origin {
            None => {
                let grants = any && !is_preflight(decision) && !is_misdirected;
                assert_eq!((credentials, grants), (None, false));
            }
            Some(b"*") => assert_eq!((credentials, any), (None, true)),
            Some(echoed) => {
                assert!(allowed && !any && origins == [echoed]);
                assert_eq!(
                    credentials.is_some(),
                    self.meaning.config.get_allow_credentials()
                );
            }
        }
        let vary = value(ResponseHeader::Vary).unwrap_or_default();
        assert!(vary.starts_with(b"Origin") || any && !is_preflight(decision));
    }
}

const OF_APPLICATION: [(&str, &str); 4] = [
    ("content-type", "text/plain"),
    ("set-cookie", "a=b"),
    ("x-e", "1"),
    ("x-f", "1"),
];

fn is_preflight(decision: Decision) -> bool {
    matches!(decision, Decision::Preflight(_))
}

fn header(name: &str) -> Option<RequestHeader> {
    let known = [
        RequestHeader::Origin,
        RequestHeader::AccessControlRequestMethod,
        RequestHeader::AccessControlRequestHeaders,
    ];
    known.into_iter().find(|header| header.name() == name)
}

/// A naive reading of a policy.
struct Meaning {
    config: Config,
}

impl Meaning {
    fn allows(&self, script: &Script, fetch: &Fetch) -> bool {
        let method = match fetch.method.as_str() {
            "put" => "PUT",
            "get" => "GET",
            method => method,
        };
        let names = script.headers().filter(|line| !line.2).map(|line| line.0);
        let unsafe_names: Vec<&str> = names.collect();
        let is_simple = ["GET", "HEAD", "POST"].contains(&method) && unsafe_names.is_empty();
        let include = fetch.credentials == Credentials::Include;
        let is_granted =
            self.allows_method(method) && unsafe_names.iter().all(|name| self.allows_header(name));
        fetch.origin == API
            || self.allows_origin(fetch.origin.as_bytes())
                && (!include || self.config.get_allow_credentials())
                && (is_simple && !fetch.forces_preflight || is_granted)
    }

    fn allows_any_origin(&self) -> bool {
        self.config
            .get_allow_origins()
            .iter()
            .any(|entry| entry == "*")
    }

    fn allows_origin(&self, origin: &[u8]) -> bool {
        let text = String::from_utf8_lossy(origin);
        let matches = |source: &str| {
            Regex::new(&format!("^(?:{source})$"))
                .unwrap()
                .is_match(&text)
        };
        self.allows_any_origin()
            || naive::is_allowed(self.config.get_allow_origins(), origin)
            || is_origin(origin) && self.config.get_allow_origin_regex().is_some_and(matches)
    }

    fn allows_method(&self, method: &str) -> bool {
        self.config
            .get_allow_methods()
            .iter()
            .any(|entry| match entry.as_str() {
                "*" => !["PURGE", "patch"].contains(&method),
                "put" => method == "PUT",
                "get" => method == "GET",
                entry => method == entry,
            })
    }

    fn allows_header(&self, name: &str) -> bool {
        let is_it = |entry: &String| entry == "*" || entry.eq_ignore_ascii_case(name);
        ["accept", "content-type"].contains(&name)
            || self.config.get_allow_headers().iter().any(is_it)
    }

    /// Whether the request has an origin, and any origin is allowed, or it has one that is allowed.
    fn lets_in(&self, request: &Request) -> bool {
        let mut origins = request.lines(RequestHeader::Origin);
        origins
            .next()
            .is_some_and(|origin| self.allows_origin(origin))
            && (origins.next().is_none() || self.allows_any_origin())
    }

    /// The expected id of the decision, except for preflights.
    fn classify(&self, request: &Request) -> &'static str {
        let asks = request
            .lines(RequestHeader::AccessControlRequestMethod)
            .count()
            > 0;
        let hosts: Vec<&[u8]> = request.lines(RequestHeader::Host).collect();
        let is_own_host = match hosts[..] {
            [host] => self.is_own_host(host),
            _ => self.config.get_own_origins().is_empty(),
        };
        if !is_own_host {
            "misdirected"
        } else if request.lines(RequestHeader::Origin).count() == 0 {
            "not-cors"
        } else if request.method == b"OPTIONS" && asks {
            "preflight"
        } else if self.lets_in(request) {
            "actual-allowed"
        } else if self.config.get_block_refused_origins() && !self.is_own(request) {
            "blocked"
        } else {
            "actual-refused"
        }
    }

    fn is_own_host(&self, host: &[u8]) -> bool {
        let own = self.config.get_own_origins();
        own.is_empty() || naive::is_own_host(own, host)
    }

    /// Whether the request comes from a page of the application itself.
    fn is_own(&self, request: &Request) -> bool {
        let [origins, sites, hosts] = [
            RequestHeader::Origin,
            RequestHeader::SecFetchSite,
            RequestHeader::Host,
        ]
        .map(|header| request.lines(header).collect::<Vec<_>>());
        let [origin] = origins[..] else { return false };
        let own = self.config.get_own_origins();
        let is_listed = naive::is_allowed(own, origin);
        match (&sites[..], &hosts[..]) {
            ([site], _) => {
                let confirms = [&b"same-origin"[..], b"none"].contains(site);
                confirms && (own.is_empty() || is_listed)
            }
            ([], _) if !own.is_empty() => is_listed,
            ([], [host]) => {
                is_origin(origin)
                    && origin != b"null"
                    && origin.ends_with(&[b"://", *host].concat())
            }
            _ => false,
        }
    }

    /// Whether a script of another site can read the header.
    fn exposes(&self, name: &str) -> bool {
        let is_it = |entry: &String| entry == "*" || entry.eq_ignore_ascii_case(name);
        let exposed = self.config.get_expose_headers().iter().any(is_it);
        name == "content-type" || exposed && name != "set-cookie"
    }
}

/// Whether a browser could send this as `Origin`: if so, an equal entry allows it.
fn is_origin(origin: &[u8]) -> bool {
    let entry = String::from_utf8_lossy(origin).into_owned();
    naive::is_allowed(&[entry], origin)
}
