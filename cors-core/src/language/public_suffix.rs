//! Domains under which anyone can register a name (<https://publicsuffix.org>).

use super::shared_hosts::is_shared;
#[cfg(feature = "public-suffix")]
use std::sync::LazyLock;

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
    let listed = is_listed(domain);
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

/// Whether the domain is in the list by name, is in it as `*.domain` (every name below the domain is then
/// a public suffix), or is one of [`PARENTS`].
#[cfg(feature = "public-suffix")]
fn is_listed(domain: &str) -> bool {
    is_suffix(domain)
        || is_suffix(&format!("any.{domain}"))
        || PARENTS.binary_search(&domain).is_ok()
}

#[cfg(feature = "public-suffix")]
fn is_suffix(name: &str) -> bool {
    psl::suffix(name.as_bytes())
        .is_some_and(|suffix| suffix.is_known() && suffix == name.as_bytes())
}

/// Domains that the list does not contain, but which have public suffixes below them, such as
/// `amazonaws.com`. They are sorted. A test compares them with the list.
#[cfg(feature = "public-suffix")]
static PARENTS: LazyLock<Vec<&str>> =
    LazyLock::new(|| include_str!("public_suffix/parents.txt").lines().collect());

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

/// The parents, compared with the rules that the crate `psl` was generated from.
#[cfg(test)]
#[cfg(feature = "public-suffix")]
mod parents_tests {
    use super::{PARENTS, is_public_suffix, is_suffix};
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};
    use std::process::Command;
    use std::{env, fs, iter};

    const FILE: &str = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/src/language/public_suffix/parents.txt"
    );

    fn cargo(args: &[&str]) -> String {
        let output = Command::new(env!("CARGO")).args(args).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "cargo {args:?}: {errors}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// The folder of the `psl` that this test is built with.
    fn psl_package() -> PathBuf {
        let version = cargo(&["-vV"]);
        let host = version.lines().find_map(|line| line.strip_prefix("host: "));
        // Without a platform, Cargo downloads the dependencies of every platform.
        let metadata = cargo(&[
            "metadata",
            "--locked",
            "--format-version=1",
            concat!(
                "--manifest-path=",
                env!("CARGO_MANIFEST_DIR"),
                "/Cargo.toml"
            ),
            "--filter-platform",
            host.unwrap(),
        ]);
        let metadata: serde_json::Value = serde_json::from_str(&metadata).unwrap();
        let packages = metadata["packages"].as_array().unwrap();
        let psl: Vec<&str> = packages
            .iter()
            .filter(|package| package["name"] == "psl")
            .filter_map(|package| package["manifest_path"].as_str())
            .collect();
        let [manifest] = psl.as_slice() else {
            panic!("there must be one psl: {psl:?}");
        };
        Path::new(manifest).parent().unwrap().to_owned()
    }

    /// The rules in ASCII, such as `com`, `*.ck`, `!www.ck`.
    fn rules() -> BTreeSet<String> {
        let rules = fs::read_to_string(psl_package().join("data/rules.txt")).unwrap();
        let rules: BTreeSet<String> = rules
            .lines()
            .map(|rule| idna::domain_to_ascii(rule).unwrap())
            .collect();
        assert!(rules.len() > 10_000, "{}", rules.len());
        rules
    }

    /// Public suffixes: each rule, with a name in place of `*`.
    fn suffixes(rules: &BTreeSet<String>) -> Vec<String> {
        rules
            .iter()
            .filter(|rule| !rule.starts_with('!'))
            .map(|rule| rule.replace('*', "any"))
            .collect()
    }

    /// Every domain above the name that has two labels or more.
    fn above(name: &str) -> impl Iterator<Item = &str> {
        iter::successors(Some(name), |name| Some(name.split_once('.')?.1))
            .skip(1)
            .filter(|name| name.contains('.'))
    }

    fn generate(rules: &BTreeSet<String>) -> BTreeSet<String> {
        let has = |rule: &str| rules.contains(rule);
        let is_suffix = |name: &str| {
            let below_wildcard = name
                .split_once('.')
                .is_some_and(|(_, parent)| has(&format!("*.{parent}")));
            has(name) || (below_wildcard && !has(&format!("!{name}")))
        };
        suffixes(rules)
            .iter()
            .flat_map(|suffix| above(suffix))
            .filter(|name| !is_suffix(name) && !has(&format!("*.{name}")))
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn the_file_has_every_parent() {
        let generated = generate(&rules());
        if env::var_os("UPDATE_PARENTS").is_some() {
            let lines: String = generated.iter().map(|name| format!("{name}\n")).collect();
            fs::write(FILE, lines).unwrap();
            return;
        }
        let file: BTreeSet<String> = PARENTS.iter().map(|&name| name.to_owned()).collect();
        let missing: Vec<_> = generated.difference(&file).collect();
        let stale: Vec<_> = file.difference(&generated).collect();
        assert!(
            missing.is_empty() && stale.is_empty(),
            "{FILE} lacks {missing:?} and should not have {stale:?}; to write it, run \
             `UPDATE_PARENTS=1 cargo test -p cors-decision --lib the_file_has_every_parent`"
        );
        assert!(PARENTS.is_sorted());
        println!("{} parents", PARENTS.len());
    }

    /// Here `psl` decides what a public suffix is.
    #[test]
    fn parents_are_above_public_suffixes() {
        let suffixes = suffixes(&rules());
        let above_suffixes: BTreeSet<&str> = suffixes
            .iter()
            .filter(|suffix| is_suffix(suffix))
            .flat_map(|suffix| above(suffix))
            .collect();
        for &parent in PARENTS.iter() {
            assert!(!is_suffix(parent), "{parent}");
            assert!(!is_suffix(&format!("any.{parent}")), "{parent}");
            assert!(above_suffixes.contains(parent), "{parent}");
        }
        for name in above_suffixes {
            assert!(is_public_suffix(name), "{name}");
        }
    }
}
