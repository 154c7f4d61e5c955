//! What happened in a fetch.

use std::net::IpAddr;

use browser_model::{
    Blocked, Browser, Fetch, Outcome, PreflightFailure, Quirks, Request, Response, Url,
};

/// A fetch and its outcome.
#[derive(Clone, Copy, Debug)]
pub struct Observation<'a> {
    /// The arguments of `fetch()`.
    pub fetch: &'a Fetch,
    /// What the browser sent and received, and what the script gets.
    pub outcome: &'a Outcome,
    /// Why the network failed, if it did, such as "connection refused".
    pub problem: Option<&'a str>,
    /// The address that the latest request was sent to, if it is known.
    pub server: Option<IpAddr>,
    /// The requests of [`probes`](crate::probes), with their responses.
    pub probes: &'a [(Request, Option<Response>)],
    /// The names of the response headers that the script wants to read.
    pub reads: &'a [String],
}

impl<'a> Observation<'a> {
    /// A fetch and its outcome, of which nothing else is known.
    pub fn new(fetch: &'a Fetch, outcome: &'a Outcome) -> Self {
        Self {
            fetch,
            outcome,
            problem: None,
            server: None,
            probes: &[],
            reads: &[],
        }
    }

    pub(crate) fn blocked(&self) -> Option<&'a Blocked> {
        self.outcome.result.as_ref().err()
    }

    /// The latest request, with its response.
    pub(crate) fn last(&self) -> Option<&'a (Request, Option<Response>)> {
        self.outcome.exchanges.last()
    }

    pub(crate) fn last_response(&self) -> Option<&'a Response> {
        self.last()?.1.as_ref()
    }

    /// Whether a CORS middleware has probably refused the method or a header: this library and Starlette then allow
    /// the origin, and send 400.
    pub(crate) fn is_refused_by_policy(&self) -> bool {
        let is_400 = self.last_response().is_some_and(|it| it.status == 400);
        is_400 && self.value("access-control-allow-origin").is_some()
    }

    /// The values of all lines of a header of the latest response, joined with commas; `name` is in
    /// lower case.
    pub fn value(&self, name: &str) -> Option<String> {
        joined(self.last_response()?, name)
    }

    /// The elements of a list in a header of the latest response; `name` is in lower case.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        self.last_response()
            .map_or_else(Vec::new, |response| list(response, name))
    }

    /// A header of the latest request; `name` is in lower case.
    pub(crate) fn requested(&self, name: &str) -> Option<String> {
        let mut lines = self.last()?.0.headers.iter();
        let line = lines.find(|line| line.0 == name)?;
        Some(shown(&line.1))
    }

    /// Whether the fetch has left the origin of the page.
    pub(crate) fn is_cross_origin(&self) -> bool {
        let mut requests = self.outcome.exchanges.iter();
        requests.any(|(request, _)| request.url.origin().ascii_serialization() != self.fetch.origin)
    }

    /// What makes the method or the headers of the script invalid.
    pub(crate) fn invalid(&self) -> Invalid<'a> {
        if !is_token(&self.fetch.method) {
            return Invalid::Method(&self.fetch.method);
        }
        let mut headers = self.fetch.headers.iter();
        if let Some((name, _)) = headers.clone().find(|(name, _)| !is_token(name)) {
            return Invalid::Name(name);
        }
        let has_break = |value: &[u8]| value.iter().any(|byte| b"\0\n\r".contains(byte));
        let line = headers.find(|(_, value)| has_break(value));
        let (name, value) = line.map_or(("", [].as_slice()), |(name, value)| (name, value));
        Invalid::Value(name, shown(value))
    }

    /// The URL that the latest response redirects to.
    pub(crate) fn redirect_target(&self) -> Option<Url> {
        self.url().join(&self.value("location")?).ok()
    }

    /// Whether the server has received the actual request, not only a preflight.
    pub fn is_sent(&self) -> bool {
        let mut exchanges = self.outcome.exchanges.iter();
        exchanges.any(|(request, _)| !request.is_preflight)
    }

    /// Whether the browser has sent a preflight.
    pub fn had_preflight(&self) -> bool {
        let mut exchanges = self.outcome.exchanges.iter();
        exchanges.any(|(request, _)| request.is_preflight)
    }

    /// Whether the script has asked for credentials: `credentials: "include"`.
    pub fn has_credentials(&self) -> bool {
        self.fetch.credentials == browser_model::Credentials::Include
    }

    /// The origin of the latest request.
    pub fn origin(&self) -> String {
        self.requested("origin")
            .unwrap_or_else(|| self.fetch.origin.clone())
    }

    /// The URL of the latest request.
    pub(crate) fn url(&self) -> &'a Url {
        self.last()
            .map_or(&self.fetch.url, |(request, _)| &request.url)
    }

    /// The method as browsers send it, and the URL of the fetch.
    pub fn request_line(&self) -> String {
        let exchanges = self.outcome.exchanges.iter();
        let mut sent = exchanges.filter(|(request, _)| !request.is_preflight);
        let sent = sent.next().map(|(request, _)| request.method.as_str());
        let method = printable(sent.unwrap_or(&self.fetch.method));
        format!("{method} {}", self.fetch.url)
    }

    /// Whether the fetch is blocked only because `*` does not cover `Authorization`, which no browser
    /// enforces.
    pub fn engines_differ(&self) -> bool {
        let refused = Some(&Blocked::Preflight(PreflightFailure::Header(
            "authorization".to_owned(),
        )));
        if self.blocked() != refused {
            return false;
        }
        let quirks = Quirks {
            authorization_under_any: true,
            ..Quirks::NONE
        };
        let mut responses = self.outcome.exchanges.iter();
        let outcome = Browser::new(quirks).fetch(self.fetch, |_| responses.next()?.1.clone());
        !matches!(outcome.result, Err(Blocked::Preflight(_)))
    }
}

/// The values of all lines of a header; `name` is in lower case.
pub(crate) fn lines(response: &Response, name: &str) -> Vec<String> {
    let lines = response.headers.iter();
    let lines = lines.filter(|line| line.0.eq_ignore_ascii_case(name));
    lines.map(|line| shown(&line.1)).collect()
}

/// The values of all lines of a header, joined with commas; `name` is in lower case.
pub(crate) fn joined(response: &Response, name: &str) -> Option<String> {
    let lines = lines(response, name);
    (!lines.is_empty()).then(|| lines.join(", "))
}

/// The elements of a list in a header; `name` is in lower case.
pub(crate) fn list(response: &Response, name: &str) -> Vec<String> {
    let value = joined(response, name).unwrap_or_default();
    let items = value.split(',').map(str::trim);
    items
        .filter(|item| !item.is_empty())
        .map(str::to_owned)
        .collect()
}

/// A header value as text. Bytes that are not printable ASCII are escaped, such as `\xff`.
pub fn shown(value: &[u8]) -> String {
    value
        .escape_ascii()
        .to_string()
        .replace("\\'", "'")
        .replace("\\\"", "\"")
}

/// A method or a header name of a script as text. Characters that could control a terminal are escaped.
pub(crate) fn printable(text: &str) -> String {
    let mut printable = String::new();
    for char in text.chars() {
        match char {
            '\\' | '"' | '\'' => printable.push(char),
            _ => printable.extend(char.escape_debug()),
        }
    }
    printable
}

/// Why a script cannot make a request.
pub(crate) enum Invalid<'a> {
    /// This method.
    Method(&'a str),
    /// This header name.
    Name(&'a str),
    /// The header with this name and this value.
    Value(&'a str, String),
}

/// Fetch, "redirect status".
pub(crate) fn is_redirect(response: &Response) -> bool {
    matches!(response.status, 301 | 302 | 303 | 307 | 308)
}

/// RFC 9110, section 5.6.2.
pub(crate) fn is_token(text: &str) -> bool {
    let is_char = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_char)
}
