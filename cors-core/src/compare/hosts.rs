//! Under which origins browsers reach a server that checks `Host`.

use crate::origin::builder::Builder;
use crate::origin::pattern::{Entry, Pattern};
use crate::origin::set::OriginSet;

/// The origins of the URLs whose `Host` passes the check of own origins with these entries.
///
/// The check does not know the scheme of a request, so each entry stands for the URLs of both schemes. And it
/// accepts the default port: with `https://example.com`, also the `Host` of `http://example.com:443`.
pub(super) fn reachable<'a>(entries: impl Iterator<Item = &'a str>) -> OriginSet {
    let urls: Vec<String> = entries.flat_map(urls_of).collect();
    let mut builder = Builder::default();
    for (index, url) in urls.iter().enumerate() {
        if let Ok(Entry::Pattern(pattern)) = Entry::parse(url) {
            builder.allow(index, url, &pattern);
        }
    }
    builder.finish().0
}

fn urls_of(entry: &str) -> Vec<String> {
    let Ok(Entry::Pattern(Pattern { scheme, port, .. })) = Entry::parse(entry) else {
        return Vec::new();
    };
    let host = entry.strip_prefix(scheme).unwrap_or_default();
    let host = host.strip_suffix(port).unwrap_or_default();
    let http = |port: &str| format!("http{host}{port}");
    let https = |port: &str| format!("https{host}{port}");
    match (scheme, port) {
        ("http", "") => vec![http(""), https(""), https(":80")],
        (_, "") => vec![https(""), http(""), http(":443")],
        // With a default port, one of the two is not a valid entry.
        _ => vec![http(port), https(port)],
    }
}

#[cfg(test)]
mod tests {
    use super::reachable;

    #[test]
    fn both_schemes_and_default_ports() {
        for (entry, expected) in [
            (
                "http://a.com",
                "http://a.com https://a.com https://a.com:80",
            ),
            (
                "https://*.a.com",
                "http://*.a.com http://*.a.com:443 https://*.a.com",
            ),
            ("https://a.com:80", "https://a.com:80"),
            ("http://a.com:443", "http://a.com:443"),
            ("http://[::1]:3000", "http://[::1]:3000 https://[::1]:3000"),
            ("https://a-*.b:*", "http://a-*.b:* https://a-*.b:*"),
        ] {
            let found = reachable([entry].into_iter()).to_list();
            assert_eq!(found.join(" "), expected, "{entry}");
        }
    }
}
