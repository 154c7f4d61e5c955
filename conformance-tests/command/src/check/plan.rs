//! What to fetch, from the arguments and the curl command.

use std::io::{self, Read as _};

use browser_model::{Credentials, Fetch, Request};

use super::curl::{self, Curl};
use super::options::Options;
use crate::arguments::Header;

/// What to fetch, and where requests may be sent.
pub(super) struct Plan {
    pub(super) fetch: Fetch,
    pub(super) user_agent: Option<String>,
    pub(super) accepts_any_certificate: bool,
    /// What the reader of the report should know about the request, one sentence each.
    pub(super) notes: Vec<String>,
    /// The response headers that the script reads.
    pub(super) reads: Vec<String>,
    cookie: Option<String>,
    hosts: Vec<String>,
}

impl Plan {
    pub(super) fn new(options: &Options) -> Result<Self, String> {
        let curl = options.from_curl.as_deref().map(read).transpose()?;
        let (url, mut curl) = match (&options.url, curl) {
            (_, Some(curl)) => (curl.url.clone(), Some(curl)),
            (Some(url), None) => (url.clone(), None),
            (None, None) => return Err("there is no URL".to_owned()),
        };
        let origin = options.origin.clone();
        let origin = origin.or_else(|| curl.as_mut().and_then(|curl| curl.origin.take()));
        let origin = origin.ok_or(
            "the curl command has neither Origin nor Referer; name the origin of the page with `--origin`",
        )?;
        let mut fetch = Fetch::new(origin, url);
        let mut plan = Self {
            user_agent: None,
            accepts_any_certificate: options.insecure,
            notes: Vec::new(),
            reads: options.reads.clone(),
            cookie: None,
            hosts: options.follow_to.clone(),
            fetch: {
                fetch.forces_preflight = options.forces_preflight;
                fetch
            },
        };
        plan.hosts
            .extend(plan.fetch.url.host_str().map(str::to_owned));
        let method = curl.as_mut().and_then(|curl| curl.method.take());
        if let Some(curl) = curl {
            plan.read_curl(curl);
        }
        plan.read_options(options, method);
        Ok(plan)
    }

    /// Whether the command line names the host of the request.
    pub(super) fn is_named(&self, request: &Request) -> bool {
        let host = request.url.host_str();
        self.hosts.iter().any(|named| Some(named.as_str()) == host)
    }

    /// The cookie of a request: those of the first URL's host are not for other hosts, and not for http after https.
    pub(super) fn cookie(&self, request: &Request) -> Option<&str> {
        let first = &self.fetch.url;
        let is_for = request.with_credentials
            && request.url.host_str() == first.host_str()
            && (request.url.scheme() == first.scheme() || first.scheme() == "http");
        self.cookie.as_deref().filter(|_| is_for)
    }

    /// What is sent as a cookie with some request.
    pub(super) fn secret_cookie(&self) -> Option<&str> {
        self.cookie.as_deref()
    }

    fn read_curl(&mut self, curl: Curl) {
        self.fetch.headers = curl.headers;
        self.fetch.body = curl.body;
        self.cookie = curl.cookie;
        self.user_agent = curl.user_agent;
        self.accepts_any_certificate |= curl.insecure;
        self.notes = curl.notes;
    }

    fn read_options(&mut self, options: &Options, method_of_curl: Option<String>) {
        let fetch = &mut self.fetch;
        let replaces = |name: &str| {
            options
                .headers
                .iter()
                .any(|header| is_same(&header.0, name))
        };
        fetch.headers.retain(|(name, _)| !replaces(name));
        fetch.headers.extend(options.headers.iter().cloned());
        fetch.headers = combined(std::mem::take(&mut fetch.headers));
        if let Some(data) = &options.data {
            fetch.body = Some(data.clone().into_bytes());
            if !fetch
                .headers
                .iter()
                .any(|header| is_same(&header.0, "content-type"))
            {
                // The type that a browser sets for a string.
                let text = b"text/plain;charset=UTF-8".to_vec();
                fetch.headers.push(("content-type".to_owned(), text));
            }
        }
        let usual = if fetch.body.is_some() { "POST" } else { "GET" };
        let method = options.method.clone().or(method_of_curl);
        fetch.method = method.unwrap_or_else(|| usual.to_owned());
        if options.cookie.is_some() {
            self.cookie.clone_from(&options.cookie);
        }
        if options.credentials || self.cookie.is_some() {
            fetch.credentials = Credentials::Include;
        }
        for name in fetch.forbidden_headers() {
            let instead = match name.to_ascii_lowercase().as_str() {
                "cookie" => "; use `--cookie`",
                "origin" => "; use `--origin`",
                _ => "",
            };
            let name = name.escape_debug();
            self.notes.push(format!(
                "scripts cannot set `{name}`, so it is left out{instead}"
            ));
        }
        if self.accepts_any_certificate {
            self.notes.push(INSECURE.to_owned());
        }
    }
}

const INSECURE: &str = "any certificate is accepted: the responses may be from anyone on the way to the server, who can \
                        read everything that is sent; browsers refuse such a certificate";

fn is_same(name: &str, other: &str) -> bool {
    name.eq_ignore_ascii_case(other)
}

/// Each name once, as in `Headers`.
fn combined(headers: Vec<Header>) -> Vec<Header> {
    let mut combined: Vec<Header> = Vec::with_capacity(headers.len());
    for (name, value) in headers {
        match combined.iter_mut().find(|header| is_same(&header.0, &name)) {
            Some((_, first)) => {
                first.extend(b", ");
                first.extend(value.trim_ascii());
            }
            None => combined.push((name, value)),
        }
    }
    combined
}

/// Reads the curl command: the argument, or standard input.
fn read(argument: &str) -> Result<Curl, String> {
    let parsed = match argument {
        "-" => curl::parse(&standard_input()?),
        command => curl::parse(command),
    };
    parsed.map_err(|problem| format!("the curl command: {problem}"))
}

fn standard_input() -> Result<String, String> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(curl::MAX_LENGTH).unwrap_or(u64::MAX);
    let read = io::stdin().lock().take(limit + 1).read_to_end(&mut bytes);
    read.map_err(|error| format!("cannot read standard input: {error}"))?;
    if bytes.len() > curl::MAX_LENGTH {
        return Err(format!(
            "the curl command has more than {} MiB",
            curl::MAX_LENGTH >> 20
        ));
    }
    let text = String::from_utf8(bytes);
    text.map_err(|_| "the curl command has bytes that are not UTF-8".to_owned())
}
