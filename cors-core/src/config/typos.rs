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

/// The origin that was probably meant by `pattern`: `https://a.com` for `htps://a.com`.
pub(super) fn origin(pattern: &Pattern<'_>, text: &str) -> Option<String> {
    let Pattern { scheme, host, .. } = *pattern;
    if let Some(meant) = meant(scheme, &SCHEMES) {
        return Some(text.replacen(scheme, meant, 1));
    }
    let meant = meant(host, &["localhost"]).filter(|_| matches!(scheme, "http" | "https"))?;
    let (start, end) = text.rsplit_once(host)?;
    Some(format!("{start}{meant}{end}"))
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
    use super::{HEADERS, header, method, origin};
    use crate::method::STANDARD;
    use crate::origin::pattern::Entry;

    fn origin_meant(text: &str) -> Option<String> {
        let Ok(Entry::Pattern(pattern)) = Entry::parse(text) else {
            panic!("{text}");
        };
        origin(&pattern, text)
    }

    #[test]
    fn origins() {
        for (text, meant) in [
            ("htps://a.com", "https://a.com"),
            ("httsp://a.com", "https://a.com"),
            ("httpss://*.a.com:*", "https://*.a.com:*"),
            ("htp://localhost:3000", "http://localhost:3000"),
            ("chrome-extention://abc", "chrome-extension://abc"),
            ("http://locahost:3000", "http://localhost:3000"),
            ("https://lcoalhost:*", "https://localhost:*"),
            ("http://*.localhots", "http://*.localhost"),
        ] {
            assert_eq!(origin_meant(text).as_deref(), Some(meant), "{text}");
            assert_eq!(origin_meant(meant), None, "{meant}");
        }
        for text in [
            "ftp://a.com",
            "app://localhos",
            "tap://a.com",
            "https://localhost.com",
            "https://loclhots",
        ] {
            assert_eq!(origin_meant(text), None, "{text}");
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
