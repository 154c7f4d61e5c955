//! Corrections of origins.

use super::notation::{has_scheme_twice, unquote};
use super::{entry, ipv4, punycode, typos};
use crate::issue::{Correction, Rule};
use crate::origin::pattern::{Entry, list_items};
use crate::origin::{default_port, host};
use std::net::{Ipv4Addr, Ipv6Addr};

/// The most likely meaning of `text`, which breaks `rule`. `None` if it is unclear.
pub(super) fn correct(text: &str, rule: Rule) -> Option<Correction> {
    match rule {
        Rule::OriginList => {}
        Rule::OriginBlob => {
            let created_by = text.trim().get("blob:".len()..)?;
            return repair(created_by).map(Correction::Replace);
        }
        Rule::OriginRegex | Rule::OriginSchemeTwice => return None,
        _ => return repair(text).map(Correction::Replace),
    }
    let items: Option<Vec<String>> = list_items(text).map(repair).collect();
    match items?.as_slice() {
        [] => None,
        [one] => Some(Correction::Replace(one.clone())),
        several => Some(Correction::Split(several.to_vec())),
    }
}

/// The correction of an entry with the scheme `typo`, where `scheme` is meant.
pub(super) fn correct_scheme(text: &str, typo: &str, scheme: &str) -> Option<Correction> {
    repair(&text.replacen(typo, scheme, 1)).map(Correction::Replace)
}

/// The origin, or the entry with wildcards, that `text` most likely means.
pub(super) fn repair(text: &str) -> Option<String> {
    let lower = unquote(text).to_lowercase().replace('\\', "/");
    let canonical = match entry::parse(&lower) {
        Ok(_) => lower,
        Err(_) if has_scheme_twice(&lower) => return None,
        Err(_) => repair_parts(&lower)?,
    };
    match entry::parse(&canonical) {
        Ok(Entry::Any) => Some(canonical),
        // `NULL` may be a mistake, but `null` allows every sandboxed frame: do not suggest it. The same
        // applies to `file://`.
        Ok(Entry::Pattern(pattern)) if pattern.scheme == "file" => None,
        Ok(Entry::Pattern(pattern)) => match typos::scheme(&pattern) {
            Some(meant) => repair(&canonical.replacen(pattern.scheme, meant, 1)),
            None => typos::host(&pattern).is_none().then_some(canonical),
        },
        Ok(Entry::Null) | Err(_) => None,
    }
}

fn repair_parts(text: &str) -> Option<String> {
    let (scheme, rest) = split_scheme(text)?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at_checked(end)?;
    if tail.contains('@') && may_be_user_info(authority) {
        return None; // The password of `https://user:1/2@example.com` contains the slash.
    }
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
    if !is_web(scheme) && !host.is_ascii() {
        return None; // Only hosts of these schemes are sure to be sent as Punycode.
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
    Some(format!("{scheme}://{host}{port}"))
}

/// Whether `authority` looks like the beginning of user info, and not like a host with a port.
fn may_be_user_info(authority: &str) -> bool {
    authority.split_once(':').is_some_and(|(name, _)| {
        !name.contains('.') && name != "localhost" && !name.starts_with('[')
    })
}

/// Whether a browser reads a URL of this scheme, or of a page that has none yet, by the rules of `http`.
fn is_web(scheme: &str) -> bool {
    matches!(scheme, "" | "http" | "https")
}

/// The scheme, which may be empty, and the text from the host on.
fn split_scheme(text: &str) -> Option<(&str, &str)> {
    for (start, scheme) in [
        ("https", "https"),
        ("http", "http"),
        ("wss", "https"),
        ("ws", "http"),
    ] {
        let Some(rest) = text.strip_prefix(start) else {
            continue;
        };
        // As in a URL, any number of slashes may follow.
        let host = rest.trim_start_matches([':', '/']);
        match rest.get(..rest.len() - host.len())? {
            // A number alone is probably not a host, but a port.
            ":" if host.starts_with(|c: char| c.is_ascii_digit()) => return None,
            separator if separator.starts_with(":") && !separator.get(1..)?.contains(':') => {
                return Some((scheme, host));
            }
            "//" => return Some((scheme, host)),
            _ => {}
        }
    }
    if let Some(parts) = text.split_once("://") {
        return Some(parts);
    }
    let rest = text.strip_prefix("//").unwrap_or(text);
    let unclear = rest.ends_with(':') || rest.contains('@');
    (!unclear).then_some(("", rest))
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
    Some(match ipv4::parse(&ascii) {
        Some(address) => address.to_string(),
        None => ascii,
    })
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
    use super::{correct, repair};
    use crate::issue::{Correction, Rule};

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
            ("app-*.example.com", "https://app-*.example.com"),
            ("https://App-*.example.com/", "https://app-*.example.com"),
            ("app:///index.html", "app://"),
            ("app://./index.html", "app://."),
            ("chrome-extension://*/", "chrome-extension://*"),
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
            ("https:example.com", "https://example.com"),
            ("http:localhost:3000", "http://localhost:3000"),
            ("https:///example.com/", "https://example.com"),
            ("https:////example.com", "https://example.com"),
            ("wss:/example.com", "https://example.com"),
            ("htps://example.com/", "https://example.com"),
            ("http://httpbin.example/", "http://httpbin.example"),
            ("https.example/", "https://https.example"),
            ("htps://example.com:443/", "https://example.com"),
            ("https://example.com:8443/@id", "https://example.com:8443"),
            (
                "http://localhost:5173/@vite/client",
                "http://localhost:5173",
            ),
            ("http://[::1]:5173/@id", "http://[::1]:5173"),
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
            "file:///",
            "file://*",
            "FILE://",
            "https://*",
            "https://a*",
            "https://a*b*.com",
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
            "http:3000",
            "htps://lcoalhost:3000/",
            "https:",
            "https:///",
            "http::/example.com",
            "https://https://example.com",
            "app://b\u{fc}cher",
            "https://xn--f/",
            "1:2",
            "example.com:",
            "about:/",
            "http://::1:3000",
            "https://example.com@evil.com",
            "mailto:me",
            "mailto:me@example.com",
            "https://user:1/2@example.com",
            "https://[::1",
        ] {
            assert_eq!(repair(text), None, "{text}");
        }
    }

    #[test]
    fn lists_are_split() {
        let both = vec!["https://a.com".to_owned(), "https://b.com".to_owned()];
        assert_eq!(
            correct("https://a.com, https://b.com/", Rule::OriginList),
            Some(Correction::Split(both))
        );
        assert_eq!(
            correct("https://a.com,", Rule::OriginList),
            Some(Correction::Replace("https://a.com".to_owned()))
        );
        // Only a list is split.
        assert_eq!(
            correct("https://a.com/,b", Rule::OriginPath),
            Some(Correction::Replace("https://a.com".to_owned()))
        );
    }
}
