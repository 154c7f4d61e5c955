//! Domains of tunnels and shared hosts that the Public Suffix List lacks, although anyone can get a name
//! under them. An entry that the list gets is removed here; a test finds it.

use Names::{AtAnyDepth, OneLabel};

/// Where under a domain the names of different people are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Names {
    /// A name is one label, such as `<name>.example.com`, and what is below it belongs to the same person.
    OneLabel,
    /// Also below other labels, such as regions or IP addresses.
    AtAnyDepth,
}

/// The domain, where its names are, and the documentation of the service.
const SHARED: &[(&str, Names, &str)] = &[
    // <codespace>-<port>.app.github.dev
    (
        "app.github.dev",
        OneLabel,
        "https://docs.github.com/en/codespaces/developing-in-a-codespace/forwarding-ports-in-your-codespace",
    ),
    // <tunnel>-<port>.<region>.devtunnels.ms
    (
        "devtunnels.ms",
        AtAnyDepth,
        "https://learn.microsoft.com/azure/developer/dev-tunnels/security",
    ),
    // <name>.<IP address>.nip.io
    ("nip.io", AtAnyDepth, "https://nip.io"),
    ("sslip.io", AtAnyDepth, "https://sslip.io"),
    ("traefik.me", AtAnyDepth, "https://traefik.me"),
    // <port>-<workspace>.<region>.gitpod.io
    (
        "gitpod.io",
        AtAnyDepth,
        "https://www.gitpod.io/docs/classic/user/configure/workspaces/ports",
    ),
    // <port>-<workstation>.<cluster>.cloudworkstations.dev
    (
        "cloudworkstations.dev",
        AtAnyDepth,
        "https://cloud.google.com/workstations/docs/architecture",
    ),
    // <project>.<isolation>.webcontainer-api.io
    (
        "webcontainer-api.io",
        AtAnyDepth,
        "https://webcontainers.io/guides/introduction",
    ),
    (
        "webcontainer.io",
        AtAnyDepth,
        "https://webcontainers.io/guides/introduction",
    ),
    (
        "loca.lt",
        OneLabel,
        "https://theboroer.github.io/localtunnel-www/",
    ),
    ("lhr.life", OneLabel, "https://localhost.run/docs/"),
    ("serveo.net", OneLabel, "https://serveo.net"),
    ("serveousercontent.com", OneLabel, "https://serveo.net"),
    // <name>.<region>.loclx.io
    ("loclx.io", AtAnyDepth, "https://localxpose.io/docs"),
    // <name>.<region>.free.pinggy.link
    ("pinggy.link", AtAnyDepth, "https://pinggy.io/docs/"),
    ("share.zrok.io", OneLabel, "https://docs.zrok.io"),
];

/// Whether anyone can get a name under `domain`, directly or below further labels.
pub(super) fn is_shared(domain: &str) -> bool {
    SHARED.iter().any(|&(shared, names, _)| {
        domain == shared
            || is_below(shared, domain)
            || names == AtAnyDepth && is_below(domain, shared)
    })
}

fn is_below(name: &str, domain: &str) -> bool {
    name.strip_suffix(domain)
        .is_some_and(|labels| labels.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::{Names, SHARED, is_shared};

    #[test]
    fn names_of_other_people() {
        for domain in [
            "app.github.dev",
            "github.dev",
            "devtunnels.ms",
            "usw2.devtunnels.ms",
            "nip.io",
            "10.0.0.1.nip.io",
            "zrok.io",
        ] {
            assert!(is_shared(domain), "{domain}");
        }
        for domain in [
            "me-3000.app.github.dev",
            "example.com",
            "xnip.io",
            "hub.dev",
            "nip.io.example.com",
        ] {
            assert!(!is_shared(domain), "{domain}");
        }
    }

    #[test]
    fn every_entry_is_a_domain_with_a_source() {
        for (domain, _, source) in SHARED {
            assert!(domain.contains('.'), "{domain}");
            assert!(source.starts_with("https://"), "{domain}: {source}");
        }
        assert!(SHARED.iter().any(|entry| entry.1 == Names::OneLabel));
    }

    #[test]
    #[cfg(feature = "public-suffix")]
    fn the_list_lacks_every_entry() {
        for (domain, ..) in SHARED {
            let suffix = psl::suffix(domain.as_bytes()).unwrap();
            assert!(suffix != domain.as_bytes(), "{domain} is in the list");
        }
    }
}
