//! A policy, a request, and the correct response.

pub mod table;
mod worst;

use axum::body::Bytes;
use cors_core::{Config, Policies};

/// The origin that most policies allow.
pub const ORIGIN: &str = "https://example.com";

/// One row of every table.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The name in the table.
    pub name: String,
    /// The policy.
    pub policy: Policy,
    /// The request.
    pub request: Request,
    /// The correct response.
    pub right: Right,
    /// The additional comparison.
    pub role: Role,
}

/// The correct response. The values of its headers follow from the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// The request has no `Origin`.
    NotCors,
    /// The origin is allowed.
    Allowed,
    /// The origin is not allowed.
    Denied,
    /// The preflight is granted.
    PreflightAllowed,
    /// The preflight is refused.
    PreflightDenied {
        /// Whether it is refused because of its origin.
        origin: bool,
    },
}

impl Right {
    /// Whether the request is a preflight.
    pub fn is_preflight(self) -> bool {
        matches!(self, Self::PreflightAllowed | Self::PreflightDenied { .. })
    }

    /// Whether the browser continues.
    pub fn is_grant(self) -> bool {
        matches!(self, Self::Allowed | Self::PreflightAllowed)
    }
}

/// An additional comparison, besides the same scenario with other middleware.
#[derive(Clone, Debug, PartialEq)]
pub enum Role {
    /// No additional comparison.
    Plain,
    /// One size in a series of growing policies.
    Growth {
        /// The name of the series.
        series: &'static str,
        /// The number of entries of the policy.
        size: usize,
    },
    /// A preflight that requests this many header names, which must all be checked.
    Names(usize),
    /// A hostile value of this many bytes, compared with a scenario that has an ordinary refusal.
    Attack {
        /// The name of the attack without the size.
        kind: &'static str,
        /// The size in bytes.
        bytes: usize,
        /// The scenario with an ordinary refusal.
        benign: &'static str,
    },
    /// A request within all bounds that costs at most `factor` times as much as an ordinary request for
    /// the same policy.
    Twin {
        /// The scenario with the ordinary request.
        benign: String,
        /// The limit of the ratio.
        factor: f64,
    },
    /// A response with this many headers of the application.
    OwnHeaders(usize),
}

/// A description of a policy. The policy is created when it is needed, because some are large.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Policy {
    /// One origin.
    One,
    /// Any origin.
    Any,
    /// One origin with credentials, and three exposed headers.
    Credentials,
    /// This many origins.
    Origins(usize),
    /// This many patterns of subdomains.
    Patterns(usize),
    /// This many patterns with a `*` inside the first label, all with the same suffix.
    Labels(usize),
    /// This many schemes with any host.
    Schemes(usize),
    /// This many patterns of subdomains with any port.
    AnyPort(usize),
    /// A regular expression.
    Regex,
    /// A regular expression with `.*`.
    RegexOfAnything,
    /// One origin and this many request headers.
    Headers(usize),
    /// One origin and any request header.
    AnyHeaders,
    /// One origin with credentials, and any request header.
    AnyHeadersCredentials,
    /// This many rules by path. Only the first one has a policy.
    Rules(usize),
    /// This many hosts with policies of their own. Of these, only the first one has CORS.
    Hosts(usize),
}

/// A configuration, and the rules by path or the hosts that it is used for.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The configuration of the only policy.
    pub config: Config,
    /// The number of rules. Without any, the policy applies to every path.
    rules: usize,
    /// The number of hosts. Without any, the policy applies to every host.
    hosts: usize,
}

impl From<Config> for Setup {
    fn from(config: Config) -> Self {
        Self {
            config,
            rules: 0,
            hosts: 0,
        }
    }
}

impl Setup {
    /// The policy, or the policies by path or host.
    pub fn policies(self) -> Policies {
        let policy = self.config.build().unwrap();
        if self.hosts > 0 {
            let first = Policies::new(policy.clone()).for_host(&nth_host(0), policy);
            return (1..self.hosts).fold(first.unwrap(), |policies, n| {
                let none = Policies::without_default();
                policies.for_host(&nth_host(n), none).unwrap()
            });
        }
        if self.rules == 0 {
            return policy.into();
        }
        let first = Policies::without_default().at(&nth_prefix(0), policy);
        (1..self.rules).fold(first.unwrap(), |policies, n| {
            policies.without_cors(&nth_prefix(n)).unwrap()
        })
    }
}

impl Policy {
    /// The configuration.
    pub fn config(self) -> Config {
        let one = Config::new()
            .allow_origins([ORIGIN])
            .allow_methods(["PUT"])
            .allow_headers(["Authorization", "Content-Type", "X-Requested-With"]);
        match self {
            Self::One => one,
            Self::Any => one.allow_origins(["*"]),
            Self::Credentials => {
                one.allow_credentials(true)
                    .expose_headers(["X-Request-Id", "X-Total", "X-Version"])
            }
            Self::Origins(count) => one.allow_origins((0..count).map(nth_origin)),
            Self::Patterns(count) => {
                one.allow_origins((0..count).map(|n| nth_origin(n).replacen("://", "://*.", 1)))
            }
            Self::Labels(count) => {
                one.allow_origins((0..count).map(|n| nth_origin(n).replacen('.', "-*.", 1)))
            }
            Self::Schemes(count) => one.allow_origins((0..count).map(|n| nth_scheme(n) + "://*")),
            Self::AnyPort(count) => one.allow_origins(
                (0..count).map(|n| nth_origin(n).replacen("://", "://*.", 1) + ":*"),
            ),
            Self::Regex => one.allow_origin_regex(r"https://[a-z0-9-]+\.example\.org(:\d+)?"),
            Self::RegexOfAnything => one.allow_origin_regex(r"https://.*\.example\.org"),
            Self::Headers(count) => one.allow_headers((0..count).map(nth_header)),
            Self::AnyHeaders => one.allow_headers(["*"]),
            Self::AnyHeadersCredentials => one.allow_headers(["*"]).allow_credentials(true),
            Self::Rules(_) | Self::Hosts(_) => one,
        }
    }

    /// The configuration, the rules and the hosts.
    pub fn setup(self) -> Setup {
        let (rules, hosts) = match self {
            Self::Rules(count) => (count, 0),
            Self::Hosts(count) => (0, count),
            _ => (0, 0),
        };
        let config = self.config();
        Setup {
            config,
            rules,
            hosts,
        }
    }

    /// Whether the requests have credentials.
    pub fn has_credentials(self) -> bool {
        matches!(self, Self::Credentials | Self::AnyHeadersCredentials)
    }

    /// The names that the policy allows, in lower case and sorted, without the safelisted ones.
    fn header_names(self) -> Vec<String> {
        let config = self.config();
        let mut names: Vec<String> = (config.get_allow_headers().iter())
            .map(|name| name.to_ascii_lowercase())
            .collect();
        names.sort_unstable();
        names
    }
}

/// A request, independent of any framework.
#[derive(Clone, Debug)]
pub struct Request {
    /// The path. The application has headers of its own for those of
    /// [`own_headers`](crate::subject::own_headers).
    pub path: String,
    /// The method.
    pub method: &'static str,
    /// Header lines, names in lower case.
    pub headers: Vec<(&'static str, String)>,
}

impl Request {
    fn new(
        method: &'static str,
        headers: impl IntoIterator<Item = (&'static str, String)>,
    ) -> Self {
        let own = [
            ("host", "api.example.com"),
            ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0)"),
            ("accept", "*/*"),
        ];
        let own = own.map(|(name, value)| (name, value.to_owned()));
        let headers = own.into_iter().chain(headers).collect();
        Self {
            path: "/".to_owned(),
            method,
            headers,
        }
    }

    fn at(self, path: impl Into<String>) -> Self {
        let path = path.into();
        Self { path, ..self }
    }

    fn with_host(mut self, host: String) -> Self {
        let lines = self.headers.iter_mut();
        for (_, value) in lines.filter(|(name, _)| *name == "host") {
            value.clone_from(&host);
        }
        self
    }

    fn get(origin: &str) -> Self {
        Self::new("GET", [("origin", origin.to_owned())])
    }

    fn preflight(origin: &str, method: &str, lines: Vec<String>) -> Self {
        let method = method.to_owned();
        let own = [
            ("origin", origin.to_owned()),
            ("access-control-request-method", method),
        ];
        let lines = lines.into_iter();
        let lines = lines.map(|line| ("access-control-request-headers", line));
        Self::new("OPTIONS", own.into_iter().chain(lines))
    }

    /// The value of the first line of a header.
    pub fn value(&self, name: &str) -> Option<&str> {
        let mut lines = self.headers.iter();
        let line = lines.find(|(other, _)| *other == name)?;
        Some(&line.1)
    }

    /// The header lines as in a server: each value is a slice of one shared buffer, so a clone
    /// allocates nothing and only increments a reference count.
    pub fn lines(&self) -> impl Iterator<Item = (&'static str, Bytes)> {
        let buffer: String = self.headers.iter().map(|(_, value)| &**value).collect();
        let buffer = Bytes::from(buffer);
        let mut start = 0;
        self.headers.iter().map(move |(name, value)| {
            let part = start..start + value.len();
            start = part.end;
            (*name, buffer.slice(part))
        })
    }
}

/// Every scenario whose name contains the filter. Scenarios with the same policy are adjacent.
pub fn with(filter: Option<&str>) -> Vec<Scenario> {
    let mut all = table::all();
    all.retain(|scenario| scenario.name.contains(filter.unwrap_or_default()));
    all
}

fn nth_origin(n: usize) -> String {
    format!("https://{n:07}.example.com")
}

fn nth_scheme(n: usize) -> String {
    format!("app{n:07}")
}

fn nth_prefix(n: usize) -> String {
    format!("/service-{n:06}/admin")
}

fn nth_host(n: usize) -> String {
    format!("api.tenant-{n:06}.example.com")
}

fn nth_header(n: usize) -> String {
    format!("X-Header-{n:03}")
}
