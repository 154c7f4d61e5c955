//! Domains that cannot be registered: every network gives names under them to its own hosts.

/// Reserved for private use or for tests (RFC 2606, 6761, 6762 with appendix G, 8375; ICANN resolution
/// 2024.07.29.06 for `internal`).
const DOMAINS: [&str; 12] = [
    "corp",
    "example",
    "home",
    "home.arpa",
    "internal",
    "intranet",
    "invalid",
    "lan",
    "local",
    "localdomain",
    "private",
    "test",
];

/// Whether `domain` itself is such a domain, and not a name under it.
pub(super) fn is_private_domain(domain: &str) -> bool {
    DOMAINS.contains(&domain.strip_suffix('.').unwrap_or(domain))
}

#[cfg(test)]
mod tests {
    use super::is_private_domain;

    #[test]
    fn domains_and_names() {
        for domain in ["internal", "local.", "home.arpa"] {
            assert!(is_private_domain(domain), "{domain}");
        }
        for domain in ["corp.internal", "com", "github.io", "localhost", "", "."] {
            assert!(!is_private_domain(domain), "{domain}");
        }
    }
}
