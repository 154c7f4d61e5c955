//! The expected result of a fetch under a policy. It follows BEHAVIOUR 1 to 4 in the simplest way,
//! by membership in lists. How the fetch was generated determines which requests a browser sends.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use browser_model::{Credentials, Redirect, Url};
use cors_core::Config;
use regex::Regex;

use super::HeaderKind::{Forbidden, Unsafe};
use super::{Case, Header, Hop, naive};

/// The methods that the application has a handler for, at every path.
const HANDLED: [&str; 6] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"];

/// The expected requests and result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The requests, in order.
    pub sent: Vec<Sent>,
    /// The result that the script gets.
    pub result: Result<Reads, Cause>,
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The URL.
    pub url: String,
    /// `OPTIONS` for a preflight.
    pub method: String,
    /// The method and the sorted header names that the preflight requests.
    pub preflight: Option<(String, Vec<String>)>,
    /// The `Origin` header, if there is one.
    pub origin: Option<String>,
    /// Whether cookies are sent.
    pub with_credentials: bool,
}

/// The part of the response that the script may read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reads {
    /// The response, with this status. `None`: the application has no handler for the method, so
    /// the framework chooses the status.
    Response(Option<u16>, Names),
    /// Only the fact that there was a redirect.
    Redirect,
}

/// Which response headers the script may read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Names {
    /// All.
    Any,
    /// In lower case.
    Only(Vec<String>),
}

/// Why the script gets no response. The first applicable cause is reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// No script may use the method.
    ForbiddenMethod,
    /// The origin is not allowed.
    Origin,
    /// The origin is allowed, but not with credentials.
    Credentials,
    /// The preflight does not allow the method or a header; the console cannot name it.
    NotGranted,
    /// The preflight does not allow the method, and the console names it.
    Method,
    /// The preflight does not allow these headers, in lower case; the console names one of them.
    Headers(Vec<String>),
    /// The script does not accept redirects.
    Redirect,
}

/// The expected result of the first fetch.
pub fn meaning(config: &Config, case: &Case) -> Expected {
    Walk::new(config, case, false).expected()
}

/// The expected result of the same fetch in the same browser, `seconds` later, if the first one
/// succeeded. Preflights are omitted as long as their result is cached.
pub fn meaning_again(config: &Config, case: &Case, seconds: u64) -> Expected {
    Walk::new(config, case, seconds < config.get_max_age()).expected()
}

impl Names {
    /// `name` is in lower case.
    pub fn contain(&self, name: &str) -> bool {
        let is_readable = match self {
            Self::Any => true,
            Self::Only(names) => names.iter().any(|readable| readable == name),
        };
        is_readable && !["set-cookie", "set-cookie2"].contains(&name)
    }
}

/// The state of a fetch as it follows its hops.
struct Walk<'a> {
    config: &'a Config,
    case: &'a Case,
    /// Whether successful preflights of the first fetch are still cached.
    remembers: bool,
    method: String,
    headers: Vec<&'a Header>,
    /// The `Origin` that the server gets: `null` after a redirect between two other origins.
    origin: &'a str,
    /// Whether the fetch has left the origin of the page. It then stays cross-origin.
    is_cross_origin: bool,
    sent: Vec<Sent>,
}

impl<'a> Walk<'a> {
    fn new(config: &'a Config, case: &'a Case, remembers: bool) -> Self {
        let headers = case.headers.iter();
        Self {
            config,
            case,
            remembers,
            method: normalized(&case.method),
            headers: headers.filter(|header| header.kind != Forbidden).collect(),
            origin: &case.page,
            is_cross_origin: false,
            sent: Vec::new(),
        }
    }

    fn expected(mut self) -> Expected {
        let result = self.result();
        Expected {
            sent: self.sent,
            result,
        }
    }

    fn result(&mut self) -> Result<Reads, Cause> {
        let upper = self.method.to_uppercase();
        if ["CONNECT", "TRACE", "TRACK"].contains(&upper.as_str()) {
            return Err(Cause::ForbiddenMethod);
        }
        let hops = &self.case.hops;
        for (hop, next) in hops.iter().zip(hops.iter().skip(1).map(Some).chain([None])) {
            self.request(hop)?;
            if let Some(status) = self.refused(hop) {
                return Ok(Reads::Response(Some(status), self.readable()));
            }
            if !HANDLED.contains(&self.method.as_str()) {
                return Ok(Reads::Response(None, self.readable()));
            }
            match (next, self.case.redirect) {
                (None, _) => return Ok(Reads::Response(Some(hop.status), self.readable())),
                (Some(_), Redirect::Manual) => return Ok(Reads::Redirect),
                (Some(_), Redirect::Error) => return Err(Cause::Redirect),
                (Some(next), Redirect::Follow) => self.redirect(hop, next),
            }
        }
        unreachable!("the last hop returns")
    }

    fn request(&mut self, hop: &Hop) -> Result<(), Cause> {
        self.is_cross_origin |= origin_of(&hop.url) != self.case.page;
        if self.is_cross_origin {
            let preflight = self.preflight();
            if preflight.is_some() && !self.is_remembered() {
                self.sent(hop, preflight);
                self.check_access(hop)?;
                self.check_preflight()?;
            }
        }
        self.sent(hop, None);
        if self.is_cross_origin {
            self.check_access(hop)?;
        }
        Ok(())
    }

    /// BEHAVIOUR 7: the status of a response that a page of the same host reads instead of that of the
    /// application.
    fn refused(&self, hop: &Hop) -> Option<u16> {
        let own = self.config.get_own_origins();
        let blocks = self.config.get_block_refused_origins()
            && !["GET", "HEAD"].contains(&self.method.as_str())
            && !allows_origin(self.config, self.origin)
            && !naive::is_allowed(own, self.origin.as_bytes());
        if !self.is_own(hop) {
            Some(421)
        } else if !self.is_cross_origin && !own.is_empty() && blocks {
            Some(403)
        } else {
            None
        }
    }

    fn is_own(&self, hop: &Hop) -> bool {
        let own = self.config.get_own_origins();
        let url = Url::parse(&hop.url).unwrap();
        own.is_empty() || naive::is_own_host(own, url.authority().as_bytes())
    }

    fn sent(&mut self, hop: &Hop, preflight: Option<(String, Vec<String>)>) {
        let method = match preflight {
            Some(_) => "OPTIONS",
            None => &self.method,
        };
        let with_credentials = match self.case.credentials {
            Credentials::Omit => false,
            Credentials::SameOrigin => !self.is_cross_origin,
            Credentials::Include => true,
        };
        let has_origin = self.is_cross_origin || !["GET", "HEAD"].contains(&method);
        self.sent.push(Sent {
            url: hop.url.clone(),
            method: method.to_owned(),
            with_credentials: with_credentials && preflight.is_none(),
            preflight,
            origin: has_origin.then(|| self.origin.to_owned()),
        });
    }

    /// The method and header names that a preflight requests, if one is needed.
    fn preflight(&self) -> Option<(String, Vec<String>)> {
        let headers = self.headers.iter().filter(|header| header.kind == Unsafe);
        let mut names: Vec<String> = headers.map(|header| header.name.to_lowercase()).collect();
        names.sort();
        let needed = !is_simple(&self.method) || !names.is_empty() || self.case.forces_preflight;
        needed.then(|| (self.method.clone(), names))
    }

    /// Whether the cached preflight covers the request. The cache holds the methods of the policy's
    /// list. A simple method needs no entry, unless an upload listener forces the preflight.
    fn is_remembered(&self) -> bool {
        let needs_no_memory = is_simple(&self.method) && !self.case.forces_preflight;
        self.remembers && (needs_no_memory || self.allows_method())
    }

    /// BEHAVIOUR 4: whether the page may read a response at all. One for another host has no CORS headers.
    fn check_access(&self, hop: &Hop) -> Result<(), Cause> {
        if !self.is_own(hop) || !allows_origin(self.config, self.origin) {
            return Err(Cause::Origin);
        }
        if self.case.credentials == Credentials::Include && !self.config.get_allow_credentials() {
            return Err(Cause::Credentials);
        }
        Ok(())
    }

    /// BEHAVIOUR 3: whether the preflight succeeds; if not, the cause that a console can report.
    fn check_preflight(&self) -> Result<(), Cause> {
        let names = self.preflight().map_or(Vec::new(), |(_, names)| names);
        let missing = names.into_iter().filter(|name| !self.allows_header(name));
        let missing: Vec<String> = missing.collect();
        if self.allows_method() && missing.is_empty() {
            return Ok(());
        }
        // Fetch, "CORS-preflight fetch": a browser does not check a simple method against the list.
        // With an upload listener, a missing list allows the method of the request. So diagnostics
        // send the lists only where the lists make every browser refuse.
        let misses_method = !self.allows_method() && !is_simple(&self.method);
        let has_list = !self.config.get_allow_methods().is_empty();
        let lists_stop_it = misses_method && has_list || !missing.is_empty();
        if !(self.config.get_diagnostics() && lists_stop_it) {
            Err(Cause::NotGranted)
        } else if misses_method && (has_list || !self.case.forces_preflight) {
            Err(Cause::Method)
        } else {
            Err(Cause::Headers(missing))
        }
    }

    fn allows_method(&self) -> bool {
        let all = [
            "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY",
        ];
        self.config.get_allow_methods().iter().any(|entry| {
            normalized(entry) == self.method || entry == "*" && all.contains(&self.method.as_str())
        })
    }

    fn allows_header(&self, name: &str) -> bool {
        let always = [
            "accept",
            "accept-language",
            "content-language",
            "content-type",
        ];
        let mut list = self.config.get_allow_headers().iter();
        always.contains(&name) || list.any(|entry| entry == "*" || entry.to_lowercase() == name)
    }

    fn readable(&self) -> Names {
        let exposed = self.config.get_expose_headers();
        if !self.is_cross_origin || exposed.iter().any(|name| name == "*") {
            return Names::Any;
        }
        let always = [
            "cache-control",
            "content-language",
            "content-length",
            "content-type",
            "expires",
            "last-modified",
            "pragma",
        ];
        let exposed = exposed.iter().map(|name| name.to_lowercase());
        Names::Only(
            always
                .map(str::to_owned)
                .into_iter()
                .chain(exposed)
                .collect(),
        )
    }

    fn redirect(&mut self, from: &Hop, to: &Hop) {
        let method = self.method.as_str();
        let becomes_get = match from.status {
            301 | 302 => method == "POST",
            303 => !["GET", "HEAD"].contains(&method),
            _ => false,
        };
        if becomes_get {
            "GET".clone_into(&mut self.method);
            let of_body = ["content-type", "content-language"];
            self.headers
                .retain(|header| !of_body.contains(&header.name.to_lowercase().as_str()));
        }
        let left = origin_of(&from.url);
        if left != origin_of(&to.url) {
            self.headers
                .retain(|header| !header.name.eq_ignore_ascii_case("authorization"));
            if left != self.case.page {
                self.origin = "null";
            }
        }
    }
}

/// BEHAVIOUR 1 and 2: whether `origin`, as a browser sends it, is allowed.
pub(super) fn allows_origin(config: &Config, origin: &str) -> bool {
    let list = config.get_allow_origins();
    list.iter().any(|entry| entry == "*")
        || naive::is_allowed(list, origin.as_bytes())
        || !["null", "file://"].contains(&origin)
            && config
                .get_allow_origin_regex()
                .as_ref()
                .is_some_and(|regex| matches(regex, origin))
}

fn matches(regex: &str, origin: &str) -> bool {
    // Regexes are slow to compile, and there are few of them.
    static COMPILED: LazyLock<Mutex<HashMap<String, Regex>>> = LazyLock::new(Mutex::default);
    let mut compiled = COMPILED.lock().unwrap();
    let compile = || Regex::new(&format!("^(?:{regex})$")).unwrap();
    compiled
        .entry(regex.to_owned())
        .or_insert_with(compile)
        .is_match(origin)
}

/// Normalizes a method as Fetch does, both in scripts and on the list.
pub(super) fn normalized(method: &str) -> String {
    let upper = method.to_uppercase();
    let known = ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"];
    if known.contains(&upper.as_str()) {
        upper
    } else {
        method.to_owned()
    }
}

fn is_simple(method: &str) -> bool {
    ["GET", "HEAD", "POST"].contains(&method)
}

pub(super) fn origin_of(url: &str) -> String {
    Url::parse(url).unwrap().origin().ascii_serialization()
}
