//! What a page in a browser gets for a request of a vector.

use std::collections::BTreeSet;

use browser_model::{
    Blocked, Browser, Credentials, Fetch, Quirks, Redirect, Request, Response, Url, page_origin,
};
use conformance_tests::response;
use conformance_tests::vector::{self, Line};

/// A header that no policy exposes.
const PROBE: &str = "x-conformance-probe";

/// The headers of CORS that browsers send.
const REQUESTED: [&str; 2] = [
    "access-control-request-method",
    "access-control-request-headers",
];

/// A script whose fetch makes the browser send the request.
pub(crate) struct Page {
    fetch: Fetch,
    is_preflight: bool,
}

/// What the script gets: the names of the readable headers, or why the fetch is blocked.
pub(crate) type Got = Result<BTreeSet<String>, Blocked>;

impl Page {
    /// The page for this request. `None` if no browser sends such a request: not if it needs a preflight, and the policy does not
    /// allow the method.
    pub(crate) fn of(request: &vector::Request, is_method_allowed: bool) -> Option<Self> {
        let is_known = |line: &Line| {
            !line
                .as_bytes()
                .to_ascii_lowercase()
                .starts_with(b"access-control-")
                || REQUESTED.iter().any(|name| line.is(name))
        };
        if !request.lines.iter().all(is_known) {
            return None;
        }
        let origin = text(request, "origin")?;
        if page_origin(origin).as_deref() != Some(origin) {
            return None;
        }
        let host = text(request, "host")?;
        // A proxy may terminate TLS, so a page of the same host has the same scheme.
        let own = origin.split_once("://").filter(|(_, own)| *own == host);
        let scheme = own.map_or("https", |(scheme, _)| scheme);
        let path = Some(&request.target).filter(|target| target.starts_with('/'))?;
        let url = Url::parse(&format!("{scheme}://{host}{path}")).ok()?;
        let is_preflight = is_preflight(request);
        let mut fetch = Fetch {
            method: request.method.clone(),
            redirect: Redirect::Manual,
            ..Fetch::new(origin, url)
        };
        if is_preflight {
            fetch.method = text(request, "access-control-request-method")?.to_owned();
            fetch.headers = requested(request)?;
            fetch.forces_preflight = true;
        } else if !request.body.is_empty() {
            fetch.body = Some(request.body.clone().into_bytes());
        }
        let page = Self {
            fetch,
            is_preflight,
        };
        page.sends(request, is_method_allowed).then_some(page)
    }

    pub(crate) fn origin(&self) -> &str {
        &self.fetch.origin
    }

    /// The method that the script wants to use.
    pub(crate) fn method(&self) -> &str {
        &self.fetch.method
    }

    /// What the script gets for this response, without and with credentials.
    pub(crate) fn get(&self, response: &Response) -> [(Credentials, Got); 2] {
        [Credentials::SameOrigin, Credentials::Include].map(|credentials| {
            let fetch = Fetch {
                credentials,
                ..self.fetch.clone()
            };
            let outcome = Browser::new(Quirks::NONE).fetch(&fetch, |request| {
                Some(match request.is_preflight == self.is_preflight {
                    true => response.clone(),
                    false => permission(request),
                })
            });
            let names = |readable: browser_model::Readable| {
                let names = readable.headers.into_iter().map(|line| line.0);
                // A page of the same origin reads these, too.
                names.filter(|name| !is_cors(name)).collect()
            };
            (credentials, outcome.result.map(names))
        })
    }

    /// Whether the browser sends exactly what CORS reads of the request.
    fn sends(&self, request: &vector::Request, is_method_allowed: bool) -> bool {
        let mut sent = None;
        Browser::new(Quirks::NONE).fetch(&self.fetch, |own| {
            if own.is_preflight == self.is_preflight {
                sent = Some(own.clone());
            } else if own.is_preflight && !is_method_allowed {
                return None;
            }
            Some(permission(own))
        });
        let names = ["origin"].iter().chain(&REQUESTED);
        sent.is_some_and(|sent| {
            let same = |name: &str| {
                let lines = sent.headers.iter().filter(|line| line.0 == name);
                lines.map(|line| line.1.as_slice()).eq(request.values(name))
            };
            sent.method == request.method && names.into_iter().all(|name| same(name))
        })
    }
}

pub(crate) fn is_preflight(request: &vector::Request) -> bool {
    let has = |name| request.values(name).next().is_some();
    request.method == "OPTIONS" && has("origin") && has("access-control-request-method")
}

/// The response as the browser reads it, and the response with the expected headers in place of those of CORS.
/// Both have the same other headers, so that only what is exposed differs.
pub(crate) fn responses(
    observed: &response::Response,
    expect: &vector::Expect,
) -> (Response, Response) {
    let (own, mut others): (Vec<_>, Vec<_>) = observed
        .headers
        .iter()
        .cloned()
        .partition(|line| is_cors(&line.0));
    let expected: Vec<_> = expect
        .cors
        .iter()
        .map(|(name, value)| (name.clone(), value.clone().into_bytes()))
        .collect();
    let exposed = own.iter().chain(&expected);
    let lists = exposed.filter(|line| line.0 == "access-control-expose-headers");
    let mut names: BTreeSet<String> = lists
        .flat_map(|line| line.1.split(|byte| *byte == b','))
        .map(|name| String::from_utf8_lossy(name.trim_ascii()).to_ascii_lowercase())
        .collect();
    names.insert(PROBE.to_owned());
    others.extend(names.into_iter().map(|name| (name, b"1".to_vec())));
    let response = |status, cors: Vec<_>| Response {
        status,
        headers: [others.clone(), cors].concat(),
    };
    (
        response(observed.status, own),
        response(expect.status, expected),
    )
}

/// Whether it is a header of CORS.
pub(crate) fn is_cors(name: &str) -> bool {
    name.starts_with("access-control-")
}

/// The only value of a header, if it is text.
fn text<'a>(request: &'a vector::Request, name: &'a str) -> Option<&'a str> {
    let mut values = request.values(name);
    let value = values.next().filter(|_| values.next().is_none())?;
    std::str::from_utf8(value).ok()
}

/// The headers that make the browser request these names.
fn requested(request: &vector::Request) -> Option<Vec<(String, Vec<u8>)>> {
    const NAME: &str = "access-control-request-headers";
    if request.values(NAME).next().is_none() {
        return Some(Vec::new());
    }
    // No value of a safelisted header may have a parenthesis.
    let unsafe_value = |name: &str| (name.to_owned(), b"(".to_vec());
    Some(text(request, NAME)?.split(',').map(unsafe_value).collect())
}

/// A response that allows the request whatever it is.
fn permission(request: &Request) -> Response {
    let value = |name: &str| {
        let mut lines = request.headers.iter();
        let line = lines.find(|line| line.0 == name);
        line.map(|line| line.1.clone()).unwrap_or_default()
    };
    let lines = [
        ("access-control-allow-origin", value("origin")),
        ("access-control-allow-credentials", b"true".to_vec()),
        (
            "access-control-allow-methods",
            value("access-control-request-method"),
        ),
        (
            "access-control-allow-headers",
            value("access-control-request-headers"),
        ),
    ];
    Response {
        status: 200,
        headers: lines.map(|(name, value)| (name.to_owned(), value)).into(),
    }
}
