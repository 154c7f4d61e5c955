//! Corrections of origins.

use super::punycode;
use crate::issue::Correction;
use crate::origin::pattern::{Entry, EntryError, list_items};
use crate::origin::{default_port, host};
use std::net::{Ipv4Addr, Ipv6Addr};

/// The most likely meaning of `text`, which is not valid because of `error`. `None` if it is unclear.
pub(crate) fn correct(text: &str, error: EntryError) -> Option<Correction> {
    if error != EntryError::List {
        return repair(text).map(Correction::Replace);
    }
    let items: Option<Vec<String>> = list_items(text).map(repair).collect();
    match items?.as_slice() {
        [] => None,
        [one] => Some(Correction::Replace(one.clone())),
        several => Some(Correction::Split(several.to_vec())),
    }
}

fn repair(text: &str) -> Option<String> {
    let lower = trim(text).to_lowercase().replace('\\', "/");
    match Entry::parse(&lower) {
        // `NULL` may be a mistake, but `null` allows every sandboxed frame: do not suggest it.
        Ok(Entry::Null) => return None,
        Ok(_) => return Some(lower),
        Err(_) => {}
    }
    let (scheme, rest) = match lower.split_once("://") {
        Some(("ws", rest)) => ("http", rest),
        Some(("wss", rest)) => ("https", rest),
        Some((scheme, rest)) => (scheme, rest),
        None => split_broken_scheme(&lower)?,
    };
    let end = rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len());
    let authority = rest.get(..end)?;
    let authority = match authority.rsplit_once('@') {
        // In `https://example.com@evil.com`, it is unclear which host is meant.
        Some((user, _)) if user.contains('.') => return None,
        Some((_, host)) => host,
        None => authority,
    };
    let (host, port) = split_port(authority)?;
    if scheme.is_empty() && host.bytes().all(|byte| byte.is_ascii_digit()) {
        return None; // A number alone is probably not a host.
    }
    let host = canonical_host(host)?;
    let scheme = match scheme {
        "" if is_local(&host) => "http",
        "" if !host.contains('.') => return None, // Neither is a single word.
        "" => "https",
        scheme => scheme,
    };
    let port = match port {
        "" => String::new(),
        "*" => ":*".to_owned(),
        digits => {
            let number: u16 = digits.parse().ok()?;
            if default_port(scheme.as_bytes()) == Some(number) {
                String::new()
            } else {
                format!(":{number}")
            }
        }
    };
    let repaired = format!("{scheme}://{host}{port}");
    Entry::parse(&repaired).is_ok().then_some(repaired)
}

/// Splits a text without `://`, such as `https:/example.com`, `//example.com` or `example.com`.
fn split_broken_scheme(text: &str) -> Option<(&str, &str)> {
    for (scheme, starts) in [
        ("https", ["https:/", "https//"]),
        ("http", ["http:/", "http//"]),
    ] {
        if let Some(rest) = starts.iter().find_map(|start| text.strip_prefix(start)) {
            return Some((scheme, rest));
        }
    }
    let rest = text.strip_prefix("//").unwrap_or(text);
    let unclear = rest.ends_with(':') || rest.contains('@');
    (!unclear).then_some(("", rest))
}

/// Removes white space, quotes and angle brackets at both ends, and the brackets of a list.
fn trim(text: &str) -> &str {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    let list = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    let item = list
        .filter(|item| item.starts_with(['"', '\'']))
        .unwrap_or(text);
    item.trim_matches(|c: char| c.is_whitespace() || c.is_control() || "\"'`()<>".contains(c))
}

fn split_port(authority: &str) -> Option<(&str, &str)> {
    if authority.starts_with('[') {
        let (host, port) = authority.split_at_checked(authority.find(']')? + 1)?;
        Some((host, port.strip_prefix(':').unwrap_or(port)))
    } else if authority.matches(':').count() > 1 {
        None // IPv6 without brackets: the last part may or may not be a port.
    } else {
        Some(authority.split_once(':').unwrap_or((authority, "")))
    }
}

fn canonical_host(host: &str) -> Option<String> {
    let bare = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host);
    if let Ok(address) = bare.parse::<Ipv6Addr>() {
        let mut out = "[".to_owned();
        host::write_ipv6(address, &mut out).ok()?;
        out.push(']');
        return Some(out);
    }
    let ascii = punycode::to_ascii(host)?;
    Some(match parse_ipv4(&ascii) {
        Some(address) => address.to_string(),
        None => ascii,
    })
}

/// URL, ["IPv4 parser"]: one to four numbers, each decimal, octal (`0`) or hexadecimal (`0x`). The last
/// number fills the remaining bytes.
///
/// ["IPv4 parser"]: https://url.spec.whatwg.org/#concept-ipv4-parser
fn parse_ipv4(host: &str) -> Option<Ipv4Addr> {
    let mut parts: Vec<&str> = host.strip_suffix('.').unwrap_or(host).split('.').collect();
    let last = parse_ipv4_number(parts.pop()?)?;
    let leading = u32::try_from(parts.len()).ok().filter(|&count| count < 4)?;
    let mut address = 0_u32;
    for part in parts {
        address = address * 256 + u32::from(u8::try_from(parse_ipv4_number(part)?).ok()?);
    }
    let free_bits = 32 - 8 * leading;
    if u64::from(last) >= 1 << free_bits {
        return None;
    }
    let address = (u64::from(address) << free_bits) + u64::from(last);
    u32::try_from(address).ok().map(Ipv4Addr::from_bits)
}

fn parse_ipv4_number(part: &str) -> Option<u32> {
    let (digits, radix) = match part.as_bytes() {
        [b'0', b'x'] => return Some(0),
        [b'0', b'x', ..] => (part.get(2..)?, 16),
        [b'0', _, ..] => (part, 8),
        _ => (part, 10),
    };
    if digits.starts_with('+') {
        return None; // `from_str_radix` accepts a sign.
    }
    u32::from_str_radix(digits, radix).ok()
}

/// Hosts that are usually served without TLS.
fn is_local(host: &str) -> bool {
    host == "localhost"
        || host.ends_with(".localhost")
        || host.starts_with('[')
        || host.parse::<Ipv4Addr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::{correct, parse_ipv4, repair};
    use crate::issue::Correction;
    use crate::origin::pattern::EntryError;

    #[test]
    fn what_was_meant() {
        for (text, meant) in [
            ("https://example.com/", "https://example.com"),
            (" https://example.com\n", "https://example.com"),
            ("\"https://example.com\"", "https://example.com"),
            ("https://Example.COM:443/path?q#f", "https://example.com"),
            ("http://example.com:0080", "http://example.com"),
            (
                "https://user:pw@example.com:8443",
                "https://example.com:8443",
            ),
            ("https://user:p@w@example.com", "https://example.com"),
            ("https://example.com/?u=http://a.com", "https://example.com"),
            ("example.com", "https://example.com"),
            ("//example.com", "https://example.com"),
            ("localhost:3000", "http://localhost:3000"),
            ("127.0.0.1:3000", "http://127.0.0.1:3000"),
            ("*.example.com", "https://*.example.com"),
            ("localhost:*", "http://localhost:*"),
            ("app.localhost:3000", "http://app.localhost:3000"),
            (
                "https://b\u{fc}cher.example",
                "https://xn--bcher-kva.example",
            ),
            ("wss://example.com", "https://example.com"),
            ("ws://localhost:8080", "http://localhost:8080"),
            ("http://127.1", "http://127.0.0.1"),
            ("http://2130706433:8080", "http://127.0.0.1:8080"),
            ("http://0x7f.0.0.01", "http://127.0.0.1"),
            ("http://[0:0:0:0:0:0:0:1]:3000", "http://[::1]:3000"),
            ("http://[::ffff:127.0.0.1]", "http://[::ffff:7f00:1]"),
            ("[::1]:3000", "http://[::1]:3000"),
            ("[\"https://example.com\"]", "https://example.com"),
            (" ['https://example.com']", "https://example.com"),
            ("\0['https://example.com']\0", "https://example.com"),
            ("'\0https://example.com\0'", "https://example.com"),
            ("\" https://example.com \"", "https://example.com"),
            (r"http:\\example.com", "http://example.com"),
            ("https:/example.com", "https://example.com"),
            ("https//example.com", "https://example.com"),
            ("http:/example.com", "http://example.com"),
            ("http//example.com", "http://example.com"),
            ("https://example.com:", "https://example.com"),
        ] {
            let correction = repair(text).map(Correction::Replace);
            assert_eq!(
                correction,
                Some(Correction::Replace(meant.to_owned())),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_unclear_is_not_corrected() {
        for text in [
            "",
            "/",
            "https://",
            "file:///home/me/index.html",
            "https://*",
            "https://a*.com",
            "https://*.*.com",
            "https://*.1.2.3.4",
            "https://a..b",
            "https://a b",
            "https://a:b:c",
            "https://example.com:99999",
            "https://stra\u{df}e.de",
            "NULL",
            "None",
            "3000",
            "1:2",
            "example.com:",
            "about:/",
            "http://::1:3000",
            "https://example.com@evil.com",
            "mailto:me",
            "mailto:me@example.com",
            "https://[::1",
        ] {
            assert_eq!(repair(text), None, "{text}");
        }
    }

    #[test]
    fn lists_are_split() {
        let both = vec!["https://a.com".to_owned(), "https://b.com".to_owned()];
        assert_eq!(
            correct("https://a.com, https://b.com/", EntryError::List),
            Some(Correction::Split(both))
        );
        assert_eq!(
            correct("https://a.com,", EntryError::List),
            Some(Correction::Replace("https://a.com".to_owned()))
        );
        // Only a list is split.
        assert_eq!(
            correct("https://a.com/,b", EntryError::Path),
            Some(Correction::Replace("https://a.com".to_owned()))
        );
    }

    #[test]
    fn ipv4_as_urls_read_it() {
        let address = |text| parse_ipv4(text).map(|address| address.to_string());
        assert_eq!(address("1.2.3.4").as_deref(), Some("1.2.3.4"));
        assert_eq!(address("1.2.3.4.").as_deref(), Some("1.2.3.4"));
        assert_eq!(address("1.2.772").as_deref(), Some("1.2.3.4"));
        assert_eq!(address("1.131844").as_deref(), Some("1.2.3.4"));
        assert_eq!(address("16909060").as_deref(), Some("1.2.3.4"));
        assert_eq!(address("010.0x10.0x.7").as_deref(), Some("8.16.0.7"));
        assert_eq!(address("4294967295").as_deref(), Some("255.255.255.255"));
        for text in [
            "4294967296",
            "1.2.3.256",
            "256.1",
            "1.2.3.4.5",
            "1.2.3.4.0",
            ".1.2.3.4",
            "+1",
            "0x+1",
            "08",
            "a",
            "",
            "1..2",
        ] {
            assert_eq!(address(text), None, "{text}");
        }
    }
}
