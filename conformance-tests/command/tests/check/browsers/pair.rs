//! The pairs of a server and a request.

use std::fmt;

use super::page::Origins;
use super::site::Site;

/// The arguments of `fetch()`, except the URL.
pub(super) struct Request {
    pub(super) method: &'static str,
    /// Names in lower case.
    pub(super) headers: &'static [(&'static str, &'static str)],
    pub(super) body: Option<&'static str>,
    pub(super) has_credentials: bool,
}

/// A request of a page to a server.
pub(super) struct Pair {
    pub(super) number: usize,
    pub(super) server: String,
    pub(super) url: String,
    pub(super) origin: String,
    pub(super) request: &'static Request,
    /// Whether the server is the one with wrong responses.
    pub(super) is_scripted: bool,
}

/// Of all combinations of a path and a request, one of so many is a pair.
const SHARE: usize = 6;

/// Every path with some requests, and every request with some paths. The URL of each pair is different, so that no cache
/// of a browser joins them.
pub(super) fn pairs(sites: &[Site], origins: &Origins) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for site in sites {
        for (place, path) in site.paths.iter().enumerate() {
            let requests = REQUESTS.iter().enumerate();
            let chosen = requests.filter(|(other, _)| (place + other) % SHARE == 0);
            for (_, request) in chosen {
                let number = pairs.len();
                pairs.push(Pair {
                    number,
                    server: site.name.clone(),
                    url: format!("http://{}/{path}?pair={number}", site.address),
                    origin: origins.of(number, site.is_scripted).to_owned(),
                    request,
                    is_scripted: site.is_scripted,
                });
            }
        }
    }
    pairs
}

/// The number of the pair that a text with its URL belongs to.
pub(super) fn number(text: &str) -> Option<usize> {
    let (_, rest) = text.split_once("pair=")?;
    let end = rest.find(|char: char| !char.is_ascii_digit());
    rest.get(..end.unwrap_or(rest.len()))?.parse().ok()
}

impl fmt::Display for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let request = self.request;
        write!(
            f,
            "{} {} {} from {}, {:?}",
            self.server, request.method, self.url, self.origin, request.headers
        )?;
        if let Some(body) = request.body {
            write!(f, ", body {body}")?;
        }
        f.write_str(if request.has_credentials {
            ", with credentials"
        } else {
            ""
        })
    }
}

/// 128 bytes, the longest value without a preflight, and one more.
const LONG: &str = "text/html;q=0.1,text/html;q=0.2,text/html;q=0.3,text/html;q=0.4,text/html;q=0.5,text/html;q=0.6,text/html;q=0.7,text/html;q=0.88";
const LONGER: &str = "text/html;q=0.1,text/html;q=0.2,text/html;q=0.3,text/html;q=0.4,text/html;q=0.5,text/html;q=0.6,text/html;q=0.7,text/html;q=0.888";
const JSON: (&str, &str) = ("content-type", "application/json");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const KEY: (&str, &str) = ("authorization", "Bearer 1");
const OWN: (&str, &str) = ("x-a", "1");

const REQUESTS: [Request; 28] = [
    plain("GET"),
    plain("GET").with_credentials(),
    plain("HEAD"),
    plain("POST"),
    plain("POST").with_body("text"),
    plain("POST").with_body("{}").with(&[JSON]),
    plain("POST").with_body("a=1").with(&[FORM]),
    plain("POST")
        .with_body("{}")
        .with(&[JSON])
        .with_credentials(),
    plain("PUT"),
    plain("PUT")
        .with_body("{}")
        .with(&[JSON])
        .with_credentials(),
    plain("put").with(&[OWN]),
    plain("DELETE"),
    plain("DELETE").with_credentials(),
    plain("PATCH").with_body("{}").with(&[JSON]),
    plain("patch").with_body("{}").with(&[JSON]),
    plain("OPTIONS"),
    plain("GET").with(&[KEY]),
    plain("GET").with(&[KEY]).with_credentials(),
    plain("GET").with(&[OWN]),
    plain("GET").with(&[OWN]).with_credentials(),
    plain("GET").with(&[KEY, OWN, ("x-b", "2")]),
    plain("GET").with(&[("accept", LONG)]),
    plain("GET").with(&[("accept", LONGER)]),
    plain("GET").with(&[
        ("accept-language", "de, en;q=0.5"),
        ("content-language", "de"),
    ]),
    plain("GET").with(&[("content-language", "de_DE")]),
    plain("GET").with(&[("range", "bytes=0-2")]),
    plain("GET").with(&[("range", "bytes=0-1,3-3")]),
    plain("POST")
        .with_body("<a/>")
        .with(&[("content-type", "text/plain;charset=\"x\"")]),
];

const fn plain(method: &'static str) -> Request {
    Request {
        method,
        headers: &[],
        body: None,
        has_credentials: false,
    }
}

impl Request {
    const fn with(self, headers: &'static [(&'static str, &'static str)]) -> Self {
        Self { headers, ..self }
    }

    const fn with_body(self, body: &'static str) -> Self {
        Self {
            body: Some(body),
            ..self
        }
    }

    const fn with_credentials(self) -> Self {
        Self {
            has_credentials: true,
            ..self
        }
    }
}
