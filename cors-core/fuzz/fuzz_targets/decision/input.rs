//! Decodes the fuzzer's bytes into picks from short lists, so that policies, pages and requests are
//! related to each other.

use crate::support::Request;
use arbitrary::Arbitrary;
use browser_model::{Credentials, Fetch, Url};
use cors_core::{Config, RequestHeader};

/// The site of the application.
pub(crate) const API: &str = "https://api.example.com";

/// The policy.
#[derive(Arbitrary, Debug)]
pub(crate) struct Settings {
    origins: Vec<Entry>,
    regex: Option<Pick>,
    /// `None` is `*`.
    methods: Vec<Option<Pick>>,
    headers: Vec<Pick>,
    exposed: Vec<Pick>,
    credentials: bool,
    max_age: u64,
    bare: bool,
    diagnostics: bool,
    block: bool,
    opted_in: bool,
}

#[derive(Arbitrary, Debug)]
enum Entry {
    Site {
        scheme: Pick,
        wildcard: Pick,
        host: Pick,
        port: Pick,
    },
    Any,
    Null,
}

impl Settings {
    pub(crate) fn config(&self) -> Config {
        let entry = |entry: &Entry| match entry {
            Entry::Any => "*".to_owned(),
            Entry::Null => "null".to_owned(),
            Entry::Site {
                scheme,
                wildcard,
                host,
                port,
            } => format!(
                "{}://{}{}{}",
                scheme.of(&SCHEMES),
                wildcard.of(&["", "*.", "*-1.", "a*."]),
                host.of(&[HOSTS.as_slice(), &["*"]].concat()),
                port.of(&[PORTS[0], PORTS[1], PORTS[2], ":*"])
            ),
        };
        let method = |method: &Option<Pick>| method.map_or("*", |method| method.of(&METHODS));
        let names = ["X-A", "x-b", "Authorization", "*", "X-*", "Accept", "Range"];
        let exposed = ["X-E", "*", "Content-Type", "x-f", "X-Other"];
        let config = Config::new()
            .allow_origins(self.origins.iter().map(entry))
            .allow_methods(self.methods.iter().map(method))
            .allow_headers(self.headers.iter().map(|name| name.of(&names)))
            .expose_headers(self.exposed.iter().map(|name| name.of(&exposed)))
            .allow_credentials(self.credentials)
            .max_age(self.max_age)
            .preflight_status(if self.bare { 204 } else { 200 })
            .diagnostics(self.diagnostics)
            .block_refused_origins(self.block)
            .own_origins(self.own_origins())
            .timing_allow_origin(self.max_age % 2 == 1)
            .dangerously_allow_credentials_on_public_suffixes(self.opted_in)
            .dangerously_allow_credentials_with_any_app(self.opted_in);
        let regexes = [r"https://[a-z]+\.example\.com", r"http://localhost:\d+"];
        match &self.regex {
            Some(regex) => config.allow_origin_regex(regex.of(&regexes)),
            None => config,
        }
    }
}

impl Settings {
    /// Picked by `max_age`, whose value makes no other difference, so that older seeds stay valid.
    fn own_origins(&self) -> Vec<&'static str> {
        match self.max_age % 7 {
            3 => vec![API],
            4 => vec![API, "http://localhost:3000", "https://*.example.com:*"],
            5 => vec!["http://localhost:*"],
            _ => Vec::new(),
        }
    }
}

/// The fetch of a script.
#[derive(Arbitrary, Debug)]
pub(crate) struct Script {
    page: Page,
    method: Pick,
    headers: Vec<Pick>,
    credentials: Pick,
    forces_preflight: bool,
    /// Whether the browser sends `Sec-Fetch-Site`.
    pub(crate) is_modern: bool,
}

#[derive(Arbitrary, Debug)]
enum Page {
    Of {
        scheme: Pick,
        labels: Pick,
        host: Pick,
        port: Pick,
    },
    Own,
    Opaque,
}

impl Page {
    fn origin(&self) -> String {
        match self {
            Self::Own => API.to_owned(),
            Self::Opaque => "null".to_owned(),
            Self::Of {
                scheme,
                labels,
                host,
                port,
            } => {
                let (scheme, labels) = (scheme.of(&SCHEMES), labels.of(&LABELS));
                format!("{scheme}://{labels}{}{}", host.of(&HOSTS), port.of(&PORTS))
            }
        }
    }
}

impl Script {
    pub(crate) fn fetch(&self) -> Fetch {
        let credentials = [
            Credentials::SameOrigin,
            Credentials::Include,
            Credentials::Omit,
        ];
        let mut fetch = Fetch::new(self.page.origin(), Url::parse(API).unwrap());
        fetch.method = self.method.of(&METHODS).to_owned();
        fetch.headers = self
            .headers()
            .map(|(name, value, _)| (name.to_owned(), value.into()))
            .collect();
        fetch.credentials = self.credentials.of(&credentials);
        fetch.forces_preflight = self.forces_preflight;
        fetch
    }

    /// Name, value, and whether the header is sent without a preflight. Each name appears once.
    pub(crate) fn headers(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        let lines = [
            ("accept", "text/html", true),
            ("accept", "\"", false),
            ("content-type", "text/plain", true),
            ("content-type", "application/json", false),
            ("range", "bytes=0-5", true),
            ("range", "bytes=-5", false),
            ("authorization", "Bearer x", false),
            ("x-a", "", false),
            ("x-b", "1", false),
            ("x-c", "1", false),
        ];
        let mut seen = Vec::new();
        let lines = self.headers.iter().map(move |line| line.of(&lines));
        lines.filter(move |line| {
            let is_new = !seen.contains(&line.0);
            seen.push(line.0);
            is_new
        })
    }
}

/// A request from an arbitrary client.
#[derive(Arbitrary, Debug)]
pub(crate) struct Raw<'a> {
    method: Bytes<'a>,
    lines: Vec<Line<'a>>,
}

#[derive(Arbitrary, Debug)]
enum Line<'a> {
    Page(Page),
    Origin(&'a [u8]),
    Method(Bytes<'a>),
    Names(&'a [u8]),
    Name(Pick),
    Host(Pick),
    Site(Pick),
}

#[derive(Arbitrary, Debug)]
enum Bytes<'a> {
    Options,
    Known(Pick),
    Other(&'a [u8]),
}

impl Bytes<'_> {
    fn get(&self) -> Vec<u8> {
        match self {
            Self::Options => b"OPTIONS".to_vec(),
            Self::Known(method) => method.of(&METHODS).into(),
            Self::Other(bytes) => bytes.to_vec(),
        }
    }
}

impl Raw<'_> {
    pub(crate) fn request(&self) -> Request {
        let line = |line: &Line<'_>| match line {
            Line::Page(page) => (RequestHeader::Origin, page.origin().into_bytes()),
            Line::Origin(bytes) => (RequestHeader::Origin, bytes.to_vec()),
            Line::Method(method) => (RequestHeader::AccessControlRequestMethod, method.get()),
            Line::Names(bytes) => (RequestHeader::AccessControlRequestHeaders, bytes.to_vec()),
            Line::Name(name) => {
                let name = name.of(&["x-a", "X-A, x-b,", "authorization", "accept", "x-c"]);
                (RequestHeader::AccessControlRequestHeaders, name.into())
            }
            Line::Host(host) => (RequestHeader::Host, host.of(&HOSTS).into()),
            Line::Site(site) => {
                let site = site.of(&["same-origin", "none", "cross-site"]);
                (RequestHeader::SecFetchSite, site.into())
            }
        };
        Request {
            method: self.method.get(),
            lines: self.lines.iter().map(line).collect(),
        }
    }
}

/// A byte that selects an item of a list.
#[derive(Arbitrary, Clone, Copy, Debug)]
struct Pick(u8);

impl Pick {
    fn of<T: Copy>(self, list: &[T]) -> T {
        list[usize::from(self.0) % list.len()]
    }
}

const SCHEMES: [&str; 4] = ["https", "http", "tauri", "file"];
const LABELS: [&str; 6] = ["", "a.", "evil", "b.a.", "a-1.", "ab."];
const HOSTS: [&str; 7] = [
    "example.com",
    "api.example.com",
    "localhost",
    "com",
    "example.org",
    "",
    ".",
];
const PORTS: [&str; 3] = ["", ":8080", ":3000"];
const METHODS: [&str; 11] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "patch", "put", "get", "OPTIONS", "QUERY", "PURGE",
];
