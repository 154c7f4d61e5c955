//! Names that are valid, but probably typos of well-known names.

use crate::method;
use crate::origin::pattern::Pattern;
use crate::slip::is_one_slip;

/// The schemes of most origins. Shorter ones, such as `app`, resemble too many others.
const SCHEMES: [&str; 8] = [
    "https",
    "http",
    "capacitor",
    "chrome-extension",
    "moz-extension",
    "safari-web-extension",
    "vscode-file",
    "vscode-webview",
];

/// The scheme that was probably meant: `https` for `htps`.
pub(super) fn scheme(pattern: &Pattern<'_>) -> Option<&'static str> {
    meant(pattern.scheme, &SCHEMES, is_long)
}

/// The host that was probably meant: `localhost` for `locahost`.
pub(super) fn host(pattern: &Pattern<'_>) -> Option<&'static str> {
    let is_web = matches!(pattern.scheme, "http" | "https");
    meant(pattern.host, &["localhost"], is_long).filter(|_| is_web)
}

/// The method that was probably meant: `DELETE` for `DELET`. A name that differs from a method only in its first letter is
/// another word, such as `SET` or `READ`.
pub(super) fn method(name: &str) -> Option<&'static str> {
    meant(name, &method::STANDARD, |known| !is_same_tail(known, name))
}

/// Whether the names are equal after their first letters.
fn is_same_tail(a: &str, b: &str) -> bool {
    match (a.as_bytes(), b.as_bytes()) {
        ([_, a @ ..], [_, b @ ..]) => a.eq_ignore_ascii_case(b),
        _ => false,
    }
}

/// The header that was probably meant: `Authorization` for `Authorisation`.
pub(super) fn header(name: &str) -> Option<&'static str> {
    let meant = meant(name, &HEADERS, is_long)?;
    // A plural may be a header of the application.
    let is_plural = name.len() > meant.len() && name.ends_with(['s', 'S']);
    (!is_plural).then_some(meant)
}

/// Whether `name` is a well-known header, in any case.
pub(super) fn is_header(name: &str) -> bool {
    HEADERS.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Well-known headers of requests and responses that a policy may list. Where two are similar, both are
/// here.
const HEADERS: [&str; 25] = [
    "Accept-Language",
    "Authorization",
    "Cache-Control",
    "Content-Disposition",
    "Content-Encoding",
    "Content-Language",
    "Content-Length",
    "Content-Range",
    "Content-Type",
    "Idempotency-Key",
    "If-Modified-Since",
    "If-None-Match",
    "If-Unmodified-Since",
    "Last-Event-ID",
    "Last-Modified",
    "Location",
    "Retry-After",
    "X-API-Key",
    "X-CSRF-Token",
    "X-CSRFToken",
    "X-Request-ID",
    "X-Requested-With",
    "X-Total-Count",
    "X-XSRF-Token",
    "X-XSRFToken",
];

/// The known name that is one slip away from `name`, of those that may be meant. `None` if `name` is known itself.
fn meant<'a>(name: &str, known: &[&'a str], may_be: impl Fn(&str) -> bool) -> Option<&'a str> {
    if known.iter().any(|known| known.eq_ignore_ascii_case(name)) {
        return None;
    }
    let is_meant = |known: &&&str| may_be(known) && is_one_slip(name.as_bytes(), known.as_bytes());
    known.iter().find(is_meant).copied()
}

/// A shorter scheme, host or header resembles too many others.
fn is_long(known: &str) -> bool {
    known.len() >= 4
}

#[cfg(test)]
mod tests {
    use super::{HEADERS, header, host, method, scheme};
    use crate::method::STANDARD;
    use crate::origin::pattern::{Entry, Pattern};

    fn pattern(text: &str) -> Pattern<'_> {
        match Entry::parse(text) {
            Ok(Entry::Pattern(pattern)) => pattern,
            other => panic!("{text}: {other:?}"),
        }
    }

    /// The other methods of the [registry](https://www.iana.org/assignments/http-methods).
    const REGISTERED: [&str; 34] = [
        "ACL",
        "BASELINE-CONTROL",
        "BIND",
        "CHECKIN",
        "CHECKOUT",
        "CONNECT",
        "COPY",
        "LABEL",
        "LINK",
        "LOCK",
        "MERGE",
        "MKACTIVITY",
        "MKCALENDAR",
        "MKCOL",
        "MKREDIRECTREF",
        "MKWORKSPACE",
        "MOVE",
        "ORDERPATCH",
        "PRI",
        "PROPFIND",
        "PROPPATCH",
        "REBIND",
        "REPORT",
        "SEARCH",
        "TRACE",
        "UNBIND",
        "UNCHECKOUT",
        "UNLINK",
        "UNLOCK",
        "UPDATE",
        "UPDATEREDIRECTREF",
        "VERSION-CONTROL",
        // Not registered, but widespread.
        "PURGE",
        "SUBSCRIBE",
    ];

    #[test]
    fn schemes_and_hosts() {
        for (text, meant) in [
            ("htps://a.com", "https"),
            ("httsp://a.com", "https"),
            ("httpss://*.a.com:*", "https"),
            ("htp://localhost:3000", "http"),
            ("chrome-extention://abc", "chrome-extension"),
        ] {
            assert_eq!(scheme(&pattern(text)), Some(meant), "{text}");
            assert_eq!(host(&pattern(text)), None, "{text}");
        }
        for text in ["http://locahost:3000", "https://*.lcoalhost:*"] {
            assert_eq!(host(&pattern(text)), Some("localhost"), "{text}");
            assert_eq!(scheme(&pattern(text)), None, "{text}");
        }
        for text in [
            "https://a.com",
            "http://localhost",
            "ftp://a.com",
            "app://localhos",
            "tap://a.com",
            "https://localhost.com",
            "https://loclhots",
        ] {
            let pattern = pattern(text);
            assert_eq!((scheme(&pattern), host(&pattern)), (None, None), "{text}");
        }
    }

    #[test]
    fn methods_and_headers() {
        for (name, meant) in [
            ("DELET", Some("DELETE")),
            ("psot", Some("POST")),
            ("OPTION", Some("OPTIONS")),
            ("GTE", Some("GET")),
            ("ge", Some("GET")),
            ("EGT", Some("GET")),
            ("GETT", Some("GET")),
            ("PTU", Some("PUT")),
            ("PET", Some("PUT")),
            ("SET", None),
            ("read", None),
            ("BATCH", None),
            ("PURGE", None),
            ("GTEE", None),
            ("T", None),
            ("*", None),
        ] {
            assert_eq!(method(name), meant, "{name}");
        }
        for (name, meant) in [
            ("Authorisation", Some("Authorization")),
            ("content-typ", Some("Content-Type")),
            ("X-Requsted-With", Some("X-Requested-With")),
            ("Locations", None),
            ("X-Custom", None),
        ] {
            assert_eq!(header(name), meant, "{name}");
        }
        for name in STANDARD.iter().chain(&REGISTERED) {
            assert_eq!(method(name), None, "{name}");
            assert_eq!(method(&name.to_ascii_lowercase()), None, "{name}");
        }
        for name in HEADERS {
            assert_eq!(header(name), None, "{name}");
        }
    }
}
