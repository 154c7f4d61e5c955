//! The meaning of `allow_origins`, written independently of the library and as simply as possible:
//! it tries every entry in turn.

use regex::Regex;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

/// Whether `list` allows `origin`. The library must accept every entry of `list`.
pub(crate) fn is_allowed(list: &[String], origin: &[u8]) -> bool {
    let Ok(origin) = std::str::from_utf8(origin) else {
        return false;
    };
    if origin == "null" {
        return list.iter().any(|entry| entry == "null");
    }
    if !is_serialized_origin(origin) {
        return false;
    }
    list.iter().any(|entry| matches(entry, origin))
}

/// Whether an origin in `own` has this host and port, where the port of the scheme may be written.
#[allow(dead_code, reason = "not every user of this file has hosts")]
pub(crate) fn is_own_host(own: &[String], host: &[u8]) -> bool {
    let Ok(host) = std::str::from_utf8(host) else {
        return false;
    };
    let host = host.to_ascii_lowercase();
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => (name, Some(port)),
        _ => (host.as_str(), None),
    };
    let has_several_ports = if name.starts_with('[') {
        !name.ends_with(']')
    } else {
        name.contains(':')
    };
    let is_own = |(scheme, default_port): (&str, &str)| {
        let origin = match port {
            Some(port) if port != default_port => format!("{scheme}://{name}:{port}"),
            _ => format!("{scheme}://{name}"),
        };
        is_allowed(own, origin.as_bytes())
    };
    !has_several_ports && [("http", "80"), ("https", "443")].into_iter().any(is_own)
}

fn matches(entry: &str, origin: &str) -> bool {
    if entry == origin {
        return true;
    }
    let (scheme, host, port) = parts(origin);
    let (entry_scheme, entry_host, entry_port) = parts(entry);
    let host_matches = match entry_host.strip_prefix("*.") {
        None if entry_host == "*" => !host.is_empty(),
        None if entry_host.contains('*') => fills_wildcard(entry_host, host),
        None => host == entry_host,
        Some(parent) => {
            let labels: Vec<&str> = host.split('.').collect();
            let parent: Vec<&str> = parent.split('.').collect();
            labels.len() > parent.len() && labels.ends_with(&parent)
        }
    };
    let port_matches = entry_port == Some("*") || entry_port == port;
    scheme == entry_scheme && host_matches && port_matches
}

/// Whether a part of `host` can be replaced by `*`, so that it is `entry_host`.
fn fills_wildcard(entry_host: &str, host: &str) -> bool {
    let is_free = |part: &str| {
        part.bytes()
            .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
    };
    (0..host.len()).any(|start| {
        (start + 1..=host.len()).any(|end| {
            is_free(&host[start..end])
                && format!("{}*{}", &host[..start], &host[end..]) == entry_host
        })
    })
}

fn parts(text: &str) -> (&str, &str, Option<&str>) {
    let Some((scheme, rest)) = text.split_once("://") else {
        return ("", text, None);
    };
    let (host, port) = match rest.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (rest, None),
    };
    (scheme, host, port)
}

static ORIGIN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^(?<scheme>[a-z][a-z0-9+.-]{0,63})://(?:(?<name>(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}\.?)|\[(?<ipv6>[0-9a-f:]+)\])(?::(?<port>[1-9][0-9]{0,4}))?$",
    )
    .unwrap()
});

fn is_serialized_origin(text: &str) -> bool {
    let special = ["http://", "https://", "ws://", "wss://", "ftp://"];
    match text.split_once("://") {
        Some(("file", host)) => return host.is_empty(),
        Some((scheme, "" | ".")) if !special.iter().any(|start| text.starts_with(start)) => {
            return ORIGIN.is_match(&format!("{scheme}://host"));
        }
        _ => {}
    }
    let Some(parts) = ORIGIN.captures(text) else {
        return false;
    };
    if text.ends_with('\n') {
        return false;
    }
    let host_ok = match (parts.name("name"), parts.name("ipv6")) {
        (Some(name), _) => {
            let name = name.as_str();
            let last = name.trim_end_matches('.').rsplit('.').next().unwrap();
            let number = last.bytes().all(|b| b.is_ascii_digit())
                || last
                    .strip_prefix("0x")
                    .is_some_and(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
            let is_ip = name
                .parse::<Ipv4Addr>()
                .is_ok_and(|ip| ip.to_string() == name);
            name.len() <= 253 && (!number || is_ip)
        }
        (_, Some(ipv6)) => ipv6.as_str().parse::<Ipv6Addr>().is_ok_and(|ip| {
            let canonical = match ip.to_ipv4_mapped() {
                Some(_) => format!("::ffff:{:x}:{:x}", ip.segments()[6], ip.segments()[7]),
                None => ip.to_string(),
            };
            canonical == ipv6.as_str()
        }),
        _ => false,
    };
    let port_ok = parts.name("port").is_none_or(|port| {
        let default = match &parts["scheme"] {
            "http" => "80",
            "https" => "443",
            _ => "",
        };
        port.as_str().parse::<u16>().is_ok() && port.as_str() != default
    });
    host_ok && port_ok
}
