//! Header names (Fetch, ["Headers"]).
//!
//! ["Headers"]: https://fetch.spec.whatwg.org/#terminology-headers

/// Request headers that are always allowed ("CORS-safelisted request-header"). A preflight names them
/// only if their value is unusual.
///
/// Fetch also safelists `Range`, with a simple value. As in Starlette, it is not always allowed: a
/// preflight that names it has an unusual value.
pub(crate) const SAFELISTED: [&str; 4] = [
    "Accept",
    "Accept-Language",
    "Content-Language",
    "Content-Type",
];

/// Whether the name is one of [`SAFELISTED`].
pub(crate) fn is_safelisted(name: &str) -> bool {
    is_one_of(name, &SAFELISTED)
}

/// Headers that no preflight names, because a script cannot set them.
///
/// Fetch does not forbid every name that starts with `Access-Control-Request-`, but only browsers have a
/// use for them.
pub(crate) fn is_not_sendable(name: &str) -> bool {
    is_forbidden(name) || starts_with(name, "access-control-request-")
}

/// "Forbidden request-header", whatever the value.
pub(crate) fn is_forbidden(name: &str) -> bool {
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
        || ["proxy-", "sec-"]
            .iter()
            .any(|prefix| starts_with(name, prefix))
}

/// Headers that only responses have, but that front ends are known to send. A preflight then names them.
pub(crate) fn is_of_response(name: &str) -> bool {
    const KNOWN: [&str; 11] = [
        "content-security-policy",
        "cross-origin-embedder-policy",
        "cross-origin-opener-policy",
        "cross-origin-resource-policy",
        "server",
        "strict-transport-security",
        "timing-allow-origin",
        "vary",
        "www-authenticate",
        "x-content-type-options",
        "x-frame-options",
    ];
    is_one_of(name, &KNOWN)
        || starts_with(name, "access-control-") && !starts_with(name, "access-control-request-")
}

/// Headers that no script can read: "forbidden response-header name", headers of requests, and headers
/// of the CORS protocol.
pub(crate) fn is_not_readable(name: &str) -> bool {
    is_never_readable(name)
        || is_one_of(name, &["cookie", "host", "origin"])
        || ["sec-", "access-control-"]
            .iter()
            .any(|prefix| starts_with(name, prefix))
}

/// "Forbidden response-header name".
pub(crate) fn is_never_readable(name: &str) -> bool {
    is_one_of(name, &["set-cookie", "set-cookie2"])
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
