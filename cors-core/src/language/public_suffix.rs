//! Domains under which anyone can register a name (<https://publicsuffix.org>).

#[cfg(feature = "public-suffix")]
mod list;

use super::shared_hosts::is_shared;

/// Whether anyone can register a name under `domain`: directly, as under `com`, `co.uk` and `github.io`,
/// or further down, as under `amazonaws.com`.
///
/// A single label is always a public suffix, with or without the list. The exception is `localhost`,
/// whose names never leave the machine.
pub(crate) fn is_public_suffix(domain: &str) -> bool {
    let domain = without_dot(domain);
    if !domain.contains('.') {
        return domain != "localhost";
    }
    if is_shared(domain) {
        return true;
    }
    #[cfg(feature = "public-suffix")]
    let listed = list::is_listed(domain);
    #[cfg(not(feature = "public-suffix"))]
    let listed = false;
    listed
}

/// Whether only the list can tell if `domain` is a public suffix, and this build does not have the list.
pub(crate) fn is_unjudged(domain: &str) -> bool {
    let domain = without_dot(domain);
    !cfg!(feature = "public-suffix") && domain.contains('.') && !domain.ends_with(".localhost")
}

/// The registrable domain of a host: a public suffix and the label before it. For a public suffix or a
/// single label, it is the host itself.
pub(crate) fn registrable(host: &str) -> &str {
    let mut domain = host;
    while let Some((_, parent)) = domain.split_once('.') {
        if is_public_suffix(parent) {
            return domain;
        }
        domain = parent;
    }
    domain
}

fn without_dot(host: &str) -> &str {
    host.strip_suffix('.').unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::{is_public_suffix, is_unjudged, registrable};

    #[test]
    fn suffixes_and_domains() {
        for suffix in ["com", "com.", "internal", "nip.io", "app.github.dev"] {
            assert!(is_public_suffix(suffix), "{suffix}");
        }
        for domain in [
            "localhost",
            "example.com",
            "example.co.uk",
            "app.localhost",
            "corp.internal",
            "city.kawasaki.jp",
            "me.github.io",
            "api.execute-api.eu-west-1.amazonaws.com",
        ] {
            assert!(!is_public_suffix(domain), "{domain}");
        }
        for listed in [
            "co.uk",
            "github.io",
            "herokuapp.com",
            "vercel.app",
            "kawasaki.jp",
            "execute-api.eu-west-1.amazonaws.com",
            "eu-west-1.amazonaws.com",
            "eu-west-1.amazonaws.com.",
            "amazonaws.com",
            "on.aws",
            "fastly.net",
            "scw.cloud",
            "xn--stfold-9xa.no",
        ] {
            assert_eq!(
                is_public_suffix(listed),
                cfg!(feature = "public-suffix"),
                "{listed}"
            );
        }
    }

    #[test]
    fn without_the_list_most_domains_are_unjudged() {
        for domain in ["example.com", "github.io", "github.io.", "localhost.com"] {
            let expected = !cfg!(feature = "public-suffix");
            assert_eq!(is_unjudged(domain), expected, "{domain}");
        }
        for domain in ["com", "com.", "localhost", "a.localhost", "a.b.localhost."] {
            assert!(!is_unjudged(domain), "{domain}");
        }
    }

    #[test]
    fn registrable_domains() {
        for (host, domain) in [
            ("com", "com"),
            ("com.", "com."),
            ("localhost", "localhost"),
            ("a.localhost", "localhost"),
            ("example.com", "example.com"),
            ("a.b.example.com", "example.com"),
            ("a.example.com.", "example.com."),
            ("co.uk", "co.uk"),
        ] {
            assert_eq!(registrable(host), domain, "{host}");
        }
        for (host, with_list, without) in [
            ("a.example.co.uk", "example.co.uk", "co.uk"),
            ("a.me.github.io.", "me.github.io.", "github.io."),
            ("a.b.c.kawasaki.jp", "b.c.kawasaki.jp", "kawasaki.jp"),
            ("a.city.kawasaki.jp", "city.kawasaki.jp", "kawasaki.jp"),
            ("s3.amazonaws.com", "s3.amazonaws.com", "amazonaws.com"),
            (
                "a.b.s3.amazonaws.com",
                "b.s3.amazonaws.com",
                "amazonaws.com",
            ),
        ] {
            let domain = if cfg!(feature = "public-suffix") {
                with_list
            } else {
                without
            };
            assert_eq!(registrable(host), domain, "{host}");
        }
    }
}
