//! A request under a policy, and a response, as the rules see them.

use std::collections::BTreeMap;

use bstr::ByteSlice as _;
use conformance_tests::response::Response;
use conformance_tests::run::{cors, vary};
use conformance_tests::vector::{Line, Request};
use url::Url;

use crate::vocabulary::Policy;

/// A request and its policy.
pub(crate) struct Case<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) request: &'a Request,
    /// Starlette's response if the handler of `/panic` returns 500 instead of raising an exception.
    pub(crate) handled: Option<CorsResponse>,
}

/// The part of a response that is compared.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CorsResponse {
    pub(crate) status: u16,
    /// The body of a preflight response; empty for other responses, whose body is the
    /// application's.
    pub(crate) body: String,
    pub(crate) cors: BTreeMap<String, Vec<String>>,
    /// The members of `Vary`, in lower case and sorted.
    pub(crate) vary: Vec<String>,
}

pub(crate) const ORIGIN: &str = "access-control-allow-origin";
pub(crate) const CREDENTIALS: &str = "access-control-allow-credentials";
pub(crate) const METHODS: &str = "access-control-allow-methods";
pub(crate) const HEADERS: &str = "access-control-allow-headers";
pub(crate) const EXPOSED: &str = "access-control-expose-headers";
pub(crate) const REQUEST_METHOD: &str = "access-control-request-method";
pub(crate) const REQUEST_HEADERS: &str = "access-control-request-headers";
pub(crate) const SAFELISTED: [&str; 4] = [
    "Accept",
    "Accept-Language",
    "Content-Language",
    "Content-Type",
];

impl Case<'_> {
    pub(crate) fn is_preflight(&self) -> bool {
        is_preflight(self.request)
    }

    pub(crate) fn lines(&self, name: &str) -> Vec<&[u8]> {
        self.request
            .lines
            .iter()
            .filter(|line| line.is(name))
            .map(Line::value)
            .collect()
    }

    pub(crate) fn origin(&self) -> Option<&[u8]> {
        self.lines("origin").first().copied()
    }

    /// The requested headers.
    pub(crate) fn names(&self) -> Vec<&[u8]> {
        let lines = self.lines(REQUEST_HEADERS);
        lines
            .into_iter()
            .flat_map(elements)
            .filter(|name| !name.is_empty())
            .collect()
    }

    pub(crate) fn any_header(&self) -> bool {
        self.policy.allow_headers.contains(&"*")
    }
}

pub(crate) fn is_preflight(request: &Request) -> bool {
    let has = |name| request.values(name).next().is_some();
    request.method == "OPTIONS" && has("origin") && has(REQUEST_METHOD)
}

impl CorsResponse {
    pub(crate) fn of(request: &Request, response: &Response) -> Self {
        let body = if is_preflight(request) {
            &response.body[..]
        } else {
            b""
        };
        Self {
            status: response.status,
            body: String::from_utf8_lossy(body).into_owned(),
            cors: cors(response),
            vary: vary(response),
        }
    }

    pub(crate) fn allows_origin(&self) -> bool {
        self.cors.contains_key(ORIGIN)
    }

    /// Whether a preflight is refused for this part.
    pub(crate) fn fails(&self, part: &str) -> bool {
        let parts = self.body.strip_prefix("Disallowed CORS ");
        parts.is_some_and(|parts| parts.split(", ").any(|it| it == part))
    }

    /// Changes whether a preflight is refused for this part.
    pub(crate) fn set_failing(&mut self, part: &str, fails: bool) {
        if self.fails(part) == fails {
            return;
        }
        let parts = ["origin", "method", "headers", "private-network"].into_iter();
        let fails = |it: &&str| if *it == part { fails } else { self.fails(it) };
        let failing: Vec<_> = parts.filter(fails).collect();
        (self.status, self.body) = match failing.is_empty() {
            true => (200, "OK".to_owned()),
            false => (400, format!("Disallowed CORS {}", failing.join(", "))),
        };
    }

    /// Checks the method of a preflight against the list of methods in the response.
    pub(crate) fn evaluate_method(&mut self, case: &Case<'_>) {
        let lines = case.lines(REQUEST_METHOD);
        let is_allowed = list(&self.cors[METHODS])
            .iter()
            .any(|method| method.as_bytes() == lines[0]);
        self.set_failing("method", !is_allowed);
    }

    pub(crate) fn set(&mut self, name: &str, value: String) {
        self.cors.insert(name.to_owned(), vec![value]);
    }

    pub(crate) fn change_list(
        &mut self,
        name: &str,
        change: impl FnOnce(Vec<String>) -> Vec<String>,
    ) {
        if let Some(values) = self.cors.get_mut(name) {
            *values = vec![change(list(values)).join(", ")];
        }
    }

    pub(crate) fn drop_one_origin_from_vary(&mut self) {
        if let Some(place) = self.vary.iter().position(|name| name == "origin") {
            self.vary.remove(place);
        }
    }
}

fn list(values: &[String]) -> Vec<String> {
    let elements = values.iter().flat_map(|line| line.split(", "));
    elements
        .filter(|element| !element.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Whether a browser could send this origin: `null`, or an origin as serialized by the `url` crate.
pub(crate) fn is_serialised(origin: &[u8]) -> bool {
    // Whether Punycode can be decoded does not matter here.
    let text = String::from_utf8_lossy(origin).replace("xn--", "xn-");
    // The URL standard allows more characters in hosts, and upper case with other schemes.
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-._:/[]".contains(c);
    let written = |url: Url| {
        let port = url.port().map(|port| format!(":{port}"));
        let port = port.unwrap_or_default();
        Some(format!("{}://{}{port}", url.scheme(), url.host_str()?))
    };
    let is_written_so = Url::parse(&text).ok().and_then(written).as_ref() == Some(&text);
    text == "null" || (is_written_so && text.chars().all(is_plain))
}

/// Fetch, "normalize a method".
pub(crate) fn normalised(method: &str) -> String {
    match method.to_ascii_uppercase() {
        upper if ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"].contains(&&*upper) => upper,
        _ => method.to_owned(),
    }
}

/// The elements of a list in one line, without surrounding spaces and tabs.
pub(crate) fn elements(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(|byte| *byte == b',')
        .map(|element| element.trim_with(|c| matches!(c, ' ' | '\t')))
}

/// RFC 9110, section 5.6.2.
pub(crate) fn is_token(name: &[u8]) -> bool {
    let is_character =
        |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    !name.is_empty() && name.iter().all(is_character)
}
