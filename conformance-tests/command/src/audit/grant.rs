//! What a response allows, by the rules of a browser.

use browser_model::{
    Blocked, Browser, Credentials, Fetch, Outcome, Quirks, Request, Response, Url,
};

/// Who can read a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Grant {
    /// No script of this origin.
    None,
    /// Scripts of every origin, without credentials.
    Public,
    /// Scripts of this origin, without credentials.
    Origin,
    /// Scripts of this origin, with the credentials of the user.
    Credentials,
}

impl Grant {
    /// Of a response to a request that needs no preflight.
    pub(super) fn of(url: &Url, origin: &str, response: &Response) -> Self {
        let is_readable = |credentials| {
            let fetch = Fetch {
                credentials,
                ..Fetch::new(origin, elsewhere(url))
            };
            // The status does not matter, but a browser follows redirects.
            let response = Response {
                status: 200,
                ..response.clone()
            };
            let outcome = Browser::new(Quirks::NONE).fetch(&fetch, |_| Some(response.clone()));
            outcome.result.is_ok()
        };
        if is_readable(Credentials::Include) {
            Self::Credentials
        } else if !is_readable(Credentials::Omit) {
            Self::None
        } else if values(response, "access-control-allow-origin").eq([b"*"]) {
            Self::Public
        } else {
            Self::Origin
        }
    }

    /// Whether this origin is allowed by name.
    pub(super) fn is_by_name(self) -> bool {
        self >= Self::Origin
    }
}

/// The URL on a host of no page, and on a port that no browser blocks: the question is what the response allows.
fn elsewhere(url: &Url) -> Url {
    let mut url = url.clone();
    // No http or https URL fails here. If one did, the URL of the server would stay.
    let _ = url.set_host(Some("server.invalid"));
    let _ = url.set_port(None);
    url
}

/// Whether a browser sends the request after this response to its preflight.
pub(super) fn passes(
    preflight: &Request,
    origin: &str,
    method: &str,
    header: Option<&str>,
    response: &Response,
) -> bool {
    [Credentials::Include, Credentials::Omit]
        .into_iter()
        .any(|credentials| {
            let fetch = Fetch {
                credentials,
                method: method.to_owned(),
                headers: header
                    .map(|name| (name.to_owned(), b"1".to_vec()))
                    .into_iter()
                    .collect(),
                ..Fetch::new(origin, elsewhere(&preflight.url))
            };
            let outcome: Outcome = Browser::new(Quirks::NONE).fetch(&fetch, |request| {
                request.is_preflight.then(|| response.clone())
            });
            // The network fails only after a preflight that passes.
            outcome.result == Err(Blocked::Network)
        })
}

/// The values of the lines of a header.
pub(super) fn values<'a>(response: &'a Response, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
    let lines = response.headers.iter();
    let lines = lines.filter(move |line| line.0.eq_ignore_ascii_case(name));
    lines.map(|(_, value)| value.trim_ascii())
}
