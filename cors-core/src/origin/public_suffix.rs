//! Names under which strangers can register (<https://publicsuffix.org>).

/// Whether anybody can get a name directly under `domain`: `com`, `co.uk`, `github.io`.
///
/// A single label always counts, the list or not, except `localhost`, whose names never leave the
/// machine.
pub(crate) fn is_public_suffix(domain: &str) -> bool {
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    if !domain.contains('.') {
        return domain != "localhost";
    }
    is_listed(domain)
}

/// Listed by name, or as `*.domain`: then every name below is a suffix of its own.
#[cfg(feature = "public-suffix")]
fn is_listed(domain: &str) -> bool {
    let is_suffix = |name: &str| {
        psl::suffix(name.as_bytes())
            .is_some_and(|suffix| suffix.is_known() && suffix == name.as_bytes())
    };
    is_suffix(domain) || is_suffix(&format!("any.{domain}"))
}

#[cfg(not(feature = "public-suffix"))]
fn is_listed(_domain: &str) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::is_public_suffix;

    #[test]
    fn suffixes_and_domains() {
        for suffix in ["com", "com.", "internal"] {
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
}
