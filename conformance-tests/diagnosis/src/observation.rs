//! What happened in a fetch.

use browser_model::{
    Blocked, Browser, Fetch, Outcome, PreflightFailure, Quirks, Request, Response,
};

/// A fetch and its outcome.
#[derive(Clone, Copy, Debug)]
pub struct Observation<'a> {
    /// The arguments of `fetch()`.
    pub fetch: &'a Fetch,
    /// What the browser sent and received, and what the script gets.
    pub outcome: &'a Outcome,
    /// Why the network failed, if it did.
    pub problem: Option<&'a str>,
}

impl<'a> Observation<'a> {
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

    /// The values of all lines of a header of the latest response, joined with commas; `name` is in
    /// lower case.
    pub fn value(&self, name: &str) -> Option<String> {
        let lines = self.last_response()?.headers.iter();
        let lines = lines.filter(|line| line.0.eq_ignore_ascii_case(name));
        let values: Vec<_> = lines.map(|line| shown(&line.1)).collect();
        (!values.is_empty()).then(|| values.join(", "))
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
        let headers = self.last().map(|(request, _)| request.headers.as_slice());
        let mut headers = headers.unwrap_or_default().iter();
        let origin = headers.find(|line| line.0 == "origin");
        origin.map_or_else(|| self.fetch.origin.clone(), |line| shown(&line.1))
    }

    /// The method as browsers send it, and the URL of the fetch.
    pub fn request_line(&self) -> String {
        let exchanges = self.outcome.exchanges.iter();
        let mut sent = exchanges.filter(|(request, _)| !request.is_preflight);
        let sent = sent.next().map(|(request, _)| request.method.as_str());
        let method = sent.unwrap_or(&self.fetch.method);
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

/// A header value as text.
pub(crate) fn shown(value: &[u8]) -> String {
    value
        .escape_ascii()
        .to_string()
        .replace("\\'", "'")
        .replace("\\\"", "\"")
}

/// Fetch, "redirect status".
pub(crate) fn is_redirect(response: &Response) -> bool {
    matches!(response.status, 301 | 302 | 303 | 307 | 308)
}
