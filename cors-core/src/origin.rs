//! Origins as browsers send them (Fetch, ["`Origin` header"]; HTML, ["serialization of an origin"]).
//!
//! There are two parsers, on purpose. [`Origin::parse`] is for requests: its cost is low and bounded, and
//! it only accepts or rejects. [`pattern`] is for configuration: it reports what is wrong. Both check
//! hosts with [`host::check`], or with [`host::is_valid`], which does not say what is wrong.
//!
//! ["`Origin` header"]: https://fetch.spec.whatwg.org/#origin-header
//! ["serialization of an origin"]: https://html.spec.whatwg.org/#ascii-serialisation-of-an-origin

pub(crate) mod automaton;
pub(crate) mod builder;
pub(crate) mod change;
mod exact;
pub(crate) mod host;
mod labels;
mod overlay;
pub(crate) mod pattern;
mod patterns;
pub(crate) mod regex;
pub(crate) mod set;
mod table;

/// The longest serialized origin: scheme 64, `://` 3, host 253, `:` and port 6.
pub(crate) const MAX_LEN: usize = 326;

/// The longest port, with its colon.
pub(crate) const MAX_PORT_LEN: usize = ":65535".len();

/// The longest scheme. Registered schemes are much shorter.
pub(crate) const MAX_SCHEME_LEN: usize = 64;

/// A serialized origin other than `null`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Origin<'a> {
    pub(crate) scheme: &'a [u8],
    /// The host, with `:port` if there is one.
    pub(crate) authority: &'a [u8],
    /// With its colon, or empty.
    pub(crate) port: &'a [u8],
}

impl<'a> Origin<'a> {
    /// Splits `bytes` into the parts of an origin. `None` if no browser could have sent them.
    pub(crate) fn parse(bytes: &'a [u8]) -> Option<Self> {
        if bytes.len() > MAX_LEN {
            return None;
        }
        let (scheme, authority) = split_scheme(bytes)?;
        if scheme == b"https" && host::is_common_name(authority) {
            // A shortcut for most origins.
            return Some(Self {
                scheme,
                authority,
                port: b"",
            });
        }
        let (host, port) = split_unchecked_authority(authority)?;
        let has_host = host::is_valid(host) && is_sent_port(scheme, port) && scheme != b"file";
        let sendable = is_scheme(scheme) && (has_host || has_no_host(scheme, host, port));
        sendable.then_some(Self {
            scheme,
            authority,
            port,
        })
    }
}

/// Whether a browser could have sent `bytes`: an origin, or `null` for an opaque origin.
pub(crate) fn is_serialized(bytes: &[u8]) -> bool {
    bytes == b"null" || Origin::parse(bytes).is_some()
}

/// The parts before and after `://`.
fn split_scheme(origin: &[u8]) -> Option<(&[u8], &[u8])> {
    if let Some(authority) = origin.strip_prefix(b"https://") {
        return Some((b"https", authority));
    }
    let colon = origin.iter().position(|&byte| byte == b':')?;
    let (scheme, rest) = origin.split_at_checked(colon)?;
    Some((scheme, rest.strip_prefix(b"://")?))
}

/// Splits `host[:port]`. The port keeps its colon. `None` if a bracket is not closed.
pub(crate) fn split_authority(authority: &[u8]) -> Option<(&[u8], &[u8])> {
    split_at_port(authority, |authority| {
        authority.iter().position(|&byte| byte == b':')
    })
}

/// [`split_authority`] for a host that is checked afterwards: a colon before the longest port stays in the
/// host. This does not read a long host.
pub(crate) fn split_unchecked_authority(authority: &[u8]) -> Option<(&[u8], &[u8])> {
    split_at_port(authority, |authority| {
        let start = authority.len().saturating_sub(MAX_PORT_LEN);
        let end = authority.get(start..)?;
        Some(start + end.iter().rposition(|&byte| byte == b':')?)
    })
}

#[inline]
fn split_at_port(
    authority: &[u8],
    find_colon: impl FnOnce(&[u8]) -> Option<usize>,
) -> Option<(&[u8], &[u8])> {
    let host_len = if authority.starts_with(b"[") {
        authority.iter().position(|&byte| byte == b']')? + 1
    } else {
        find_colon(authority).unwrap_or(authority.len())
    };
    authority.split_at_checked(host_len)
}

/// RFC 3986, section 3.1, in lower case.
pub(crate) fn is_scheme(scheme: &[u8]) -> bool {
    scheme.len() <= MAX_SCHEME_LEN
        && scheme.first().is_some_and(u8::is_ascii_lowercase)
        && scheme
            .iter()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'+' | b'-' | b'.'))
}

/// Whether this is the origin of pages without a host: `file://`, or one such as `app://` or `app://.`
/// of an embedded browser, in which an app defines the scheme.
#[inline(never)] // Most origins have a host.
fn has_no_host(scheme: &[u8], host: &[u8], port: &[u8]) -> bool {
    match scheme {
        // URL, "special scheme": a URL with such a scheme has a host.
        // https://url.spec.whatwg.org/#special-scheme
        b"http" | b"https" | b"ws" | b"wss" | b"ftp" => false,
        b"file" => host.is_empty() && port.is_empty(),
        _ => matches!(host, b"" | b".") && port.is_empty(),
    }
}

/// Whether a browser sends `port` (with its colon, or empty) with this scheme.
fn is_sent_port(scheme: &[u8], port: &[u8]) -> bool {
    match port {
        [] => true,
        [b':', digits @ ..] => {
            parse_port(digits).is_some_and(|number| default_port(scheme) != Some(number))
        }
        _ => false,
    }
}

/// A port from 1 to 65535, without leading zeros.
pub(crate) fn parse_port(digits: &[u8]) -> Option<u16> {
    if digits.len() > 5 || digits.first() == Some(&b'0') || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// The port that a serialized origin omits (URL, ["default port"]).
///
/// ["default port"]: https://url.spec.whatwg.org/#default-port
pub(crate) fn default_port(scheme: &[u8]) -> Option<u16> {
    match scheme {
        b"http" => Some(80),
        b"https" => Some(443),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_LEN, Origin};

    #[test]
    fn what_browsers_send() {
        for origin in [
            "https://example.com",
            "http://localhost:8080",
            "https://example.com.",
            "https://xn--bcher-kva.example",
            "https://a_b.example",
            "http://127.0.0.1:3000",
            "http://[::1]:3000",
            "http://[2001:db8::ff00:42:8329]",
            "http://[::ffff:7f00:1]",
            "https://example.com:80",
            "http://example.com:443",
            "https://example.com:65535",
            "tauri://localhost",
            "chrome-extension://fmkadmapgofadopljbjfkapdkoienihi",
            "app://",
            "app://.",
            "file://",
            "https://1.example",
            "https://0x.example",
        ] {
            assert!(Origin::parse(origin.as_bytes()).is_some(), "{origin}");
        }
    }

    #[test]
    fn parts() {
        for (origin, scheme, authority, port) in [
            ("https://a.b.com", "https", "a.b.com", ""),
            ("http://localhost", "http", "localhost", ""),
            ("https://a.b.com:8443", "https", "a.b.com:8443", ":8443"),
            ("app://[::1]:1", "app", "[::1]:1", ":1"),
        ] {
            let parsed = Origin::parse(origin.as_bytes()).unwrap();
            assert_eq!(parsed.scheme, scheme.as_bytes(), "{origin}");
            assert_eq!(parsed.authority, authority.as_bytes(), "{origin}");
            assert_eq!(parsed.port, port.as_bytes(), "{origin}");
        }
    }

    #[test]
    fn what_no_browser_sends() {
        for origin in [
            "",
            "null",
            "*",
            "example.com",
            "https://",
            "https:///",
            "https://example.com/",
            "https://example.com:443",
            "http://example.com:80",
            "https://example.com:",
            "https://example.com:0",
            "https://example.com:0443",
            "https://example.com:65536",
            "https://example.com:123456",
            "https://example.com:+80",
            "https://example.com:8080:8080",
            "https://user@example.com",
            "https://EXAMPLE.com",
            "HTTPS://example.com",
            "https://a b.example",
            "https://a,b.example",
            "https://b\u{fc}cher.example",
            "https://.example.com",
            "https://a..example.com",
            "https://example.com..",
            "https://.",
            "http://",
            "http://.",
            "ws://",
            "wss://.",
            "ftp://",
            "app://..",
            "app://.a",
            "app://:80",
            "app://.:80",
            "app:///",
            "app://*",
            "App://",
            "1app://",
            "file:///",
            "file://.",
            "file://localhost",
            "file://:80",
            "file:",
            "http://127.1",
            "http://2130706433",
            "http://0x7f.1",
            "http://127.0.0.01",
            "http://127.0.0.1.",
            "http://256.0.0.1",
            "http://1.2.3.4.5",
            "http://a.1",
            "http://a.0x1",
            "http://[::1",
            "http://[::1]x",
            "http://[::1%25eth0]",
            "http://[0:0:0:0:0:0:0:1]",
            "http://[::ffff:127.0.0.1]",
            "http://[1::0]",
            "http://[2001:DB8::1]",
            "http://::1",
            "://example.com",
            "1http://example.com",
            "https:/example.com",
            "https//example.com",
            "https://*.example.com",
            "https://evil.com/.example.com",
            "https://evil.com#.example.com",
        ] {
            assert!(Origin::parse(origin.as_bytes()).is_none(), "{origin}");
        }
        let label = "a".repeat(63);
        assert!(Origin::parse(format!("https://{label}.example").as_bytes()).is_some());
        assert!(Origin::parse(format!("https://{label}a.example").as_bytes()).is_none());
        let name = format!("{0}.{0}.{0}.{1}", label, "a".repeat(61));
        assert!(Origin::parse(format!("https://{name}").as_bytes()).is_some());
        assert!(Origin::parse(format!("https://{name}a").as_bytes()).is_none());
        let longest = format!("{}://{name}:65535", "s".repeat(64));
        assert_eq!(longest.len(), MAX_LEN);
        assert!(Origin::parse(longest.as_bytes()).is_some());
        assert!(Origin::parse(format!("s{longest}").as_bytes()).is_none());
        assert!(Origin::parse(format!("{}://", "s".repeat(65)).as_bytes()).is_none());
    }
}
