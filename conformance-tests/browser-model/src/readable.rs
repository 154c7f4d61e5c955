//! Which header lines of a response a script can read. Fetch, "Main fetch" and "Responses".

use super::fields::{Lines, tokens};
use super::{Credentials, Readable, Response, ResponseKind};

/// A response of the page's own origin. Fetch, "basic filtered response".
pub(super) fn basic(response: &Response) -> Readable {
    filtered(response, ResponseKind::Basic, |_| true)
}

/// A response of another origin that has passed the CORS check. Fetch, "CORS filtered response".
pub(super) fn cors(response: &Response, credentials: Credentials) -> Readable {
    let exposed = exposed(&response.headers);
    let all = credentials != Credentials::Include && exposed.contains(&"*");
    filtered(response, ResponseKind::Cors, |name| {
        let is_exposed = |exposed: &&str| exposed.eq_ignore_ascii_case(name);
        all || SAFELISTED.contains(&name) || exposed.iter().any(is_exposed)
    })
}

/// A redirect response for a fetch with `redirect: "manual"`. Fetch, "opaque-redirect filtered response".
pub(super) fn opaque_redirect() -> Readable {
    Readable {
        kind: ResponseKind::OpaqueRedirect,
        status: 0,
        headers: Vec::new(),
    }
}

/// A malformed list exposes nothing.
fn exposed(headers: &Lines) -> Vec<&str> {
    tokens(headers, "access-control-expose-headers").unwrap_or_default()
}

fn filtered(
    response: &Response,
    kind: ResponseKind,
    is_readable: impl Fn(&str) -> bool,
) -> Readable {
    let lines = response.headers.iter();
    let lines = lines.map(|(name, value)| (name.to_ascii_lowercase(), value.clone()));
    let headers = lines
        .filter(|(name, _)| !FORBIDDEN.contains(&name.as_str()) && is_readable(name))
        .collect();
    Readable {
        kind,
        status: response.status,
        headers,
    }
}

/// Fetch, "CORS-safelisted response-header name".
const SAFELISTED: [&str; 7] = [
    "cache-control",
    "content-language",
    "content-length",
    "content-type",
    "expires",
    "last-modified",
    "pragma",
];

/// Fetch, "forbidden response-header name".
const FORBIDDEN: [&str; 2] = ["set-cookie", "set-cookie2"];
