//! Header names (Fetch, "Headers").

/// Request headers that are always allowed: they need no permission unless their value is unusual
/// ("CORS-safelisted request-header").
pub(crate) const SAFELISTED: [&str; 4] = [
    "Accept",
    "Accept-Language",
    "Content-Language",
    "Content-Type",
];

/// "Forbidden request-header", which a script cannot set, so that no preflight ever names it; and
/// the headers of the CORS protocol, which some set by mistake.
pub(crate) fn is_not_sendable(name: &str) -> bool {
    const FORBIDDEN: [&str; 21] = [
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
    is_one_of(name, &FORBIDDEN)
        || ["proxy-", "sec-", "access-control-"]
            .iter()
            .any(|prefix| starts_with(name, prefix))
}

/// "Forbidden response-header name", and what only requests and the CORS protocol itself have.
pub(crate) fn is_not_readable(name: &str) -> bool {
    is_one_of(
        name,
        &["set-cookie", "set-cookie2", "cookie", "host", "origin"],
    ) || ["sec-", "access-control-"]
        .iter()
        .any(|prefix| starts_with(name, prefix))
}

/// "CORS-safelisted response-header name": readable without being exposed.
pub(crate) fn is_always_readable(name: &str) -> bool {
    const READABLE: [&str; 7] = [
        "cache-control",
        "content-language",
        "content-length",
        "content-type",
        "expires",
        "last-modified",
        "pragma",
    ];
    is_one_of(name, &READABLE)
}

fn is_one_of(name: &str, names: &[&str]) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

fn starts_with(name: &str, prefix: &str) -> bool {
    name.get(..prefix.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}
