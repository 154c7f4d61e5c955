//! Domains under which anyone can register a name (<https://publicsuffix.org>).

use super::shared_hosts::is_shared;

/// Whether anyone can register a name directly under `domain`: `com`, `co.uk`, `github.io`.
///
/// A single label is always a public suffix, with or without the list. The exception is `localhost`,
/// whose names never leave the machine.
pub(super) fn is_public_suffix(domain: &str) -> bool {
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    if !domain.contains('.') {
        return domain != "localhost";
    }
    if is_shared(domain) {
        return true;
    }
    #[cfg(feature = "public-suffix")]
    let listed = is_listed(domain);
    #[cfg(not(feature = "public-suffix"))]
    let listed = false;
    listed
}

/// Domains that are not public suffixes, but have public suffixes below them, such as
/// `s3.amazonaws.com`. The list does not name them, so these are the best known ones.
#[cfg(feature = "public-suffix")]
const PARENTS: [(&str, &str); 3] = [
    ("amazonaws.com", "s3"),
    ("core.windows.net", "blob"),
    ("windows.net", "blob.core"),
];

/// Whether the domain is in the list by name, is in it as `*.domain` (every name below the domain is then
/// a public suffix), or is one of [`PARENTS`].
#[cfg(feature = "public-suffix")]
fn is_listed(domain: &str) -> bool {
    is_suffix(domain)
        || is_suffix(&format!("any.{domain}"))
        || PARENTS.iter().any(|(parent, _)| *parent == domain)
}

#[cfg(feature = "public-suffix")]
fn is_suffix(name: &str) -> bool {
    psl::suffix(name.as_bytes())
        .is_some_and(|suffix| suffix.is_known() && suffix == name.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::is_public_suffix;

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
        ] {
            assert!(!is_public_suffix(domain), "{domain}");
        }
        for listed in [
            "co.uk",
            "github.io",
            "herokuapp.com",
            "vercel.app",
            "kawasaki.jp",
        ] {
            assert_eq!(
                is_public_suffix(listed),
                cfg!(feature = "public-suffix"),
                "{listed}"
            );
        }
    }

    #[test]
    #[cfg(feature = "public-suffix")]
    fn parents_have_suffixes_below_them() {
        for (parent, child) in super::PARENTS {
            assert!(!super::is_suffix(parent), "{parent}");
            assert!(
                super::is_suffix(&format!("{child}.{parent}")),
                "{child}.{parent}"
            );
            assert!(is_public_suffix(parent), "{parent}");
        }
    }
}
