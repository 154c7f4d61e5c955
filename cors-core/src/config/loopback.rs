//! Hosts that only this machine serves.

use std::net::{Ipv4Addr, Ipv6Addr};

/// Whether `host` is a loopback address or a `localhost` name (Secure Contexts, ["potentially
/// trustworthy origin"]).
///
/// ["potentially trustworthy origin"]: https://w3c.github.io/webappsec-secure-contexts/#potentially-trustworthy-origin
pub(super) fn is_loopback(host: &str) -> bool {
    let name = host.strip_suffix('.').unwrap_or(host);
    let ipv6 = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    name == "localhost"
        || name.ends_with(".localhost")
        || name
            .parse::<Ipv4Addr>()
            .is_ok_and(|address| address.is_loopback())
        || ipv6.is_some_and(|host| host.parse::<Ipv6Addr>().is_ok_and(|a| a.is_loopback()))
}

#[cfg(test)]
mod tests {
    use super::is_loopback;

    #[test]
    fn hosts_of_this_machine() {
        for (host, loopback) in [
            ("localhost", true),
            ("localhost.", true),
            ("a.localhost", true),
            ("127.1.2.3", true),
            ("[::1]", true),
            ("notlocalhost", false),
            ("localhost.com", false),
            ("10.0.0.1", false),
            ("[::2]", false),
            ("::1", false),
            ("a.com", false),
        ] {
            assert_eq!(is_loopback(host), loopback, "{host}");
        }
    }
}
