//! Names that are valid, but probably typos of well-known names.

use crate::method;
use crate::origin::pattern::Pattern;
use crate::slip::is_one_slip;

/// A shorter known name resembles too many others.
const MIN_LEN: usize = 4;

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
    meant(pattern.scheme, &SCHEMES)
}

/// The host that was probably meant: `localhost` for `locahost`.
pub(super) fn host(pattern: &Pattern<'_>) -> Option<&'static str> {
    let is_web = matches!(pattern.scheme, "http" | "https");
    meant(pattern.host, &["localhost"]).filter(|_| is_web)
}

/// The method that was probably meant: `DELETE` for `DELET`.
pub(super) fn method(name: &str) -> Option<&'static str> {
    meant(name, &method::STANDARD)
}

/// The header that was probably meant: `Authorization` for `Authorisation`.
pub(super) fn header(name: &str) -> Option<&'static str> {
    let meant = meant(name, &HEADERS)?;
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

/// The known name that is one slip away from `name`. `None` if `name` is known itself.
fn meant<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    if known.iter().any(|known| known.eq_ignore_ascii_case(name)) {
        return None;
    }
    let is_meant =
        |known: &&&str| known.len() >= MIN_LEN && is_one_slip(name.as_bytes(), known.as_bytes());
    known.iter().find(is_meant).copied()
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
            ("GTE", None),
            ("PURGE", None),
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
        for name in STANDARD {
            assert_eq!(method(name), None, "{name}");
        }
        for name in HEADERS {
            assert_eq!(header(name), None, "{name}");
        }
    }
}
