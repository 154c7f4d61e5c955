//! Which requests a script can make at all. Fetch, "Methods", "Headers" and "Request class".

use super::fields::{is_token, trimmed};
use super::{Blocked, Fetch, Url};

/// The validated method and headers of a fetch.
pub(super) struct Admitted {
    /// Normalized.
    pub(super) method: String,
    /// Without forbidden headers; names in lower case.
    pub(super) headers: Vec<(String, Vec<u8>)>,
}

pub(super) fn admitted(fetch: &Fetch) -> Result<Admitted, Blocked> {
    if has_user_info(&fetch.url) {
        return Err(Blocked::Unfetchable);
    }
    if !is_token(&fetch.method) {
        return Err(Blocked::NoHttp);
    }
    if is_forbidden_method(fetch.method.as_bytes()) {
        return Err(Blocked::ForbiddenMethod);
    }
    let method = normalized(&fetch.method);
    let mut headers = Vec::new();
    for (name, value) in &fetch.headers {
        let value = trimmed(value);
        if !is_token(name) || value.iter().any(|byte| b"\0\n\r".contains(byte)) {
            return Err(Blocked::NoHttp);
        }
        if !is_forbidden_header(name, value) {
            headers.push((name.to_ascii_lowercase(), value.to_vec()));
        }
    }
    if fetch.body.is_some() && ["GET", "HEAD"].contains(&method.as_str()) {
        return Err(Blocked::Body);
    }
    Ok(Admitted { method, headers })
}

/// Whether the scheme is http or https and the port is not blocked.
pub(super) fn is_fetchable(url: &Url) -> bool {
    let is_bad = url.port().is_some_and(|port| BAD_PORTS.contains(&port));
    is_http(url) && !is_bad
}

pub(super) fn is_http(url: &Url) -> bool {
    ["http", "https"].contains(&url.scheme())
}

pub(super) fn has_user_info(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

/// Fetch, "normalize" a method. All other methods are unchanged, including `patch`.
fn normalized(method: &str) -> String {
    let upper = method.to_ascii_uppercase();
    match upper.as_str() {
        "DELETE" | "GET" | "HEAD" | "OPTIONS" | "POST" | "PUT" => upper,
        _ => method.to_owned(),
    }
}

fn is_forbidden_method(method: &[u8]) -> bool {
    let forbidden = ["CONNECT", "TRACE", "TRACK"];
    forbidden
        .iter()
        .any(|name| method.eq_ignore_ascii_case(name.as_bytes()))
}

/// Fetch, "forbidden request-header".
pub(super) fn is_forbidden_header(name: &str, value: &[u8]) -> bool {
    let name = name.to_ascii_lowercase();
    let name = name.as_str();
    FORBIDDEN_HEADERS.contains(&name)
        || name.starts_with("proxy-")
        || name.starts_with("sec-")
        || OVERRIDES.contains(&name)
            && value
                .split(|&byte| byte == b',')
                .any(|method| is_forbidden_method(trimmed(method)))
}

const FORBIDDEN_HEADERS: [&str; 21] = [
    "accept-charset",
    "accept-encoding",
    "access-control-request-headers",
    "access-control-request-method",
    "connection",
    "content-length",
    "cookie",
    "cookie2",
    "date",
    "dnt",
    "expect",
    "host",
    "keep-alive",
    "origin",
    "referer",
    "set-cookie",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
];

const OVERRIDES: [&str; 3] = [
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
];

/// Fetch, "bad port".
const BAD_PORTS: [u16; 83] = [
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101,
    102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427,
    465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990,
    993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667,
    6668, 6669, 6679, 6697, 10080,
];
