//! The exact answers about origins, compared with trying every origin of a small alphabet.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

mod naive;

#[cfg(feature = "public-suffix")]
use cors_core::issue::Rule;
use cors_core::{AllowedOrigins, Config, Policy, TrustedSite};
use proptest::prelude::*;
use std::sync::LazyLock;

/// Every origin of a few schemes, short hosts and ports. Those with `https` come first, then those with
/// `http`, then shorter ones.
static ORIGINS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut hosts = vec![String::new()];
    let mut longest = hosts.clone();
    for _ in 0..5 {
        longest = longest
            .iter()
            .flat_map(|host| "ab.1".chars().map(move |c| format!("{host}{c}")))
            .collect();
        hosts.extend(longest.iter().cloned());
    }
    let mut origins = vec!["file://".to_owned()];
    hosts.extend(["1.1.1.1", "1.11.1.1", "[::1]", "[1::]", "[::]"].map(str::to_owned));
    for scheme in ["https", "http", "a"] {
        for host in &hosts {
            for port in ["", ":81", ":80", ":443"] {
                origins.push(format!("{scheme}://{host}{port}"));
            }
        }
    }
    let is_sent =
        |origin: &String| naive::is_allowed(std::slice::from_ref(origin), origin.as_bytes());
    origins.retain(is_sent);
    origins.sort_by_key(|origin| order(origin));
    origins
});

fn order(origin: &str) -> (u8, usize) {
    let scheme = match origin {
        _ if origin.starts_with("https://") => 0,
        _ if origin.starts_with("http://") => 1,
        "null" => 3,
        _ => 2,
    };
    (scheme, origin.len())
}

fn policy() -> impl Strategy<Value = Policy> {
    let entry = prop_oneof![
        "(https|http|a)://(a|b|ab|a\\.b|b\\.a|1\\.1\\.1\\.1|\\[::1\\])(:81)?",
        "(https|http|a)://(\\*\\.)?(a|b|a\\.b)(:\\*)?",
        "(https|http|a)://(a\\*|\\*a|b\\*1)\\.(a|b|a\\.b)(:\\*)?",
        "(null|file://|a://|a://\\.|a://\\*)",
    ];
    let part = prop_oneof![
        3 => "[ab1]",
        3 => Just(r"\.".to_owned()),
        1 => Just(".".to_owned()),
        1 => Just(".*".to_owned()),
        1 => "(\\[ab\\]|\\(a\\|b\\.\\)|\\\\d|\\[\\^a\\]|\\[:1\\])[+*?]?",
        1 => Just(r"(:\d+)?".to_owned()),
        1 => "[ab](\\+|\\?|\\{2\\})",
    ];
    let host = prop::collection::vec(part, 0..5).prop_map(|parts| parts.concat());
    let regex = (
        "(https://|https\\?://|a://|\\.\\*|\\[\\^:\\]\\*://|http\\.\\?://|\\(https\\|a\\)://)",
        host,
    );
    let regex = regex.prop_map(|(scheme, host)| format!("{scheme}{host}"));
    let entries = prop::collection::vec(entry, 0..4);
    (entries, prop::option::weighted(0.7, regex)).prop_map(|(entries, regex)| {
        let config = Config::new().allow_origins(entries);
        let config = match regex {
            Some(regex) => config.allow_origin_regex(regex),
            None => config,
        };
        config.build().unwrap()
    })
}

fn allows(policy: &Policy, origin: &str) -> bool {
    policy.is_origin_allowed(origin.as_bytes())
}

/// Compares an exact answer with the first origin of a small alphabet.
fn check(found: Option<&str>, is_searched: impl Fn(&str) -> bool) {
    let mut small = ORIGINS.iter().map(String::as_str).chain(["null"]);
    let small = small.find(|origin| is_searched(origin));
    if let Some(found) = found {
        assert!(is_searched(found), "{found}");
        assert!(
            naive::is_allowed(&[found.to_owned()], found.as_bytes()),
            "{found}"
        );
    }
    match (found, small) {
        (None, Some(small)) => panic!("{small} was not found"),
        (Some(found), Some(small)) => assert!(order(found) <= order(small), "{found}, {small}"),
        (_, None) => {}
    }
}

fn outside(policy: &AllowedOrigins<'_>, other: &AllowedOrigins<'_>) -> Option<String> {
    policy.example_outside_of(other).unwrap()
}

proptest! {
    #[test]
    fn differences(one in policy(), other in policy()) {
        let (origins, others) = (one.allowed_origins().unwrap(), other.allowed_origins().unwrap());
        check(origins.example().unwrap().as_deref(), |origin| allows(&one, origin));
        check(outside(&origins, &others).as_deref(), |origin| {
            allows(&one, origin) && !allows(&other, origin)
        });
        prop_assert_eq!(outside(&origins, &origins), None);
    }

    /// Every origin that is allowed belongs to a site that is listed.
    #[test]
    fn sites(policy in policy()) {
        let sites = policy.trusted_sites().unwrap();
        for origin in ORIGINS.iter().filter(|origin| allows(&policy, origin)) {
            prop_assert!(sites.iter().any(|site| is_on(origin, site)), "{}: {:?}", origin, sites);
        }
    }

    /// A regex that matches sites of more than ten people is never accepted with credentials.
    #[test]
    #[cfg(feature = "public-suffix")]
    fn broad_regexes(
        (scheme, labels, name, dot, suffix, port) in (
            prop::sample::select(&["https://", "https?://", ".*", "https:.*", "http.?://"][..]),
            prop::sample::select(&[
                "", r"(www\.)?", "(www.)?", r".*\.", ".*", r"[a-z]+\.", "[a-z0-9-]+", ".?",
                r"(app|admin)\.", r"\w+-", r"\w{2}\.", r"([a-z]+\.)*",
            ][..]),
            prop::sample::select(&[
                "example", "ex.mple", "[a-z]{2,5}", r"example\d?", "(acme|shop)", "[^.]+", "e(x|y)*a",
            ][..]),
            prop::sample::select(&[r"\.", ".", "[.]", "[.a-z]"][..]),
            prop::sample::select(&[
                "com", "(com|org)", r"co\.uk", "co.", "[a-z]{2,3}", ".+", r"github\.io", "c?om",
            ][..]),
            prop::sample::select(&["", r"(:\d+)?", ".*", r"\.?"][..]),
        ),
        random: [u8; 32],
    ) {
        let source = [scheme, labels, name, dot, suffix, port].concat();
        let built = Config::new().allow_origin_regex(&*source).allow_credentials(true).build();
        let is_spelled_out = !["[a-z]{2,5}", "[^.]+", "e(x|y)*a", "ex.mple", r"example\d?"].contains(&name)
            && [r"\.", "[.]"].contains(&dot)
            && ["com", "(com|org)", r"co\.uk", r"github\.io", "c?om"].contains(&suffix)
            && ["https://", "https?://"].contains(&scheme)
            && port != ".*"
            && (labels.is_empty() || labels.ends_with(r"\.") || labels.ends_with(r"\.)?") || labels.ends_with(r"\.)*"));
        match built.map_err(|error| error.errors()[0].rule()) {
            Ok(_) => prop_assert!(is_spelled_out || sampled_sites(&source, random).len() <= 10, "{}", source),
            Err(rule) => {
                prop_assert_eq!(rule, Rule::RegexBroadWithCredentials, "{}", source);
                prop_assert!(!is_spelled_out, "{}", source);
            }
        }
    }
}

fn is_on(origin: &str, site: &TrustedSite) -> bool {
    let (scheme, authority) = origin.split_once("://").unwrap();
    let is_web = matches!(scheme, "http" | "https");
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => host,
        _ => authority,
    };
    let is_address = host.starts_with('[') || host.parse::<std::net::Ipv4Addr>().is_ok();
    let name = host.trim_end_matches('.');
    match site {
        TrustedSite::Domain(domain) => {
            is_web && (name == domain || name.ends_with(&format!(".{domain}")))
        }
        TrustedSite::Address(address) => is_web && host == address,
        TrustedSite::Addresses { .. } => is_web && is_address,
        // As an entry, or without a port.
        TrustedSite::App(app) => {
            !is_web
                && (naive::is_allowed(std::slice::from_ref(app), origin.as_bytes())
                    || *app == format!("{scheme}://{host}"))
        }
        TrustedSite::Anyone { pattern, .. } => match pattern.split_once("://") {
            Some((of_scheme, _)) => !is_web && (of_scheme == "*" || of_scheme == scheme),
            None => match pattern.split_once('*') {
                Some((before, after)) => name.starts_with(before) && name.ends_with(after),
                None => false,
            },
        },
        _ => false,
    }
}

/// The text that is found first has a label that is too long in the end.
#[test]
fn a_longer_text_with_shorter_labels() {
    let policy = Config::new()
        .allow_origin_regex(r"https://(?:aaa|b\.b\.b)a{61}\.com")
        .build()
        .unwrap();
    let example = policy.allowed_origins().unwrap().example().unwrap();
    let expected = format!("https://b.b.b{}.com", "a".repeat(61));
    assert_eq!(example, Some(expected));
}

#[test]
fn the_only_origin_that_the_others_do_not_list() {
    let letters = || ["", "a", "b", "c"].into_iter();
    let hosts =
        letters().flat_map(|first| letters().map(move |second| format!("{first}{second}x")));
    let mut all: Vec<String> = hosts.map(|host| format!("https://{host}")).collect();
    all.sort_unstable();
    all.dedup();
    let regex = Config::new().allow_origin_regex("https://[abc]{0,2}x");
    let regex = regex.build().unwrap();
    let regex = regex.allowed_origins().unwrap();
    for missing in &all {
        let others = all.iter().filter(|origin| *origin != missing);
        let others = Config::new().allow_origins(others).build().unwrap();
        let found = outside(&regex, &others.allowed_origins().unwrap());
        assert_eq!(found.as_ref(), Some(missing));
    }
}

#[test]
fn a_name_before_addresses_of_the_same_length() {
    let config = Config::new().allow_origin_regex(r"https://(1\.1\.1\.1|\[1::11\]|abcdefg)");
    let policy = config.build().unwrap();
    let example = policy.allowed_origins().unwrap().example().unwrap();
    assert_eq!(example.as_deref(), Some("https://abcdefg"));
}

#[test]
fn sites_of_policies() {
    let sites = |entries: &[&str], regex: &str| -> Vec<String> {
        let config = Config::new().allow_origins(entries.iter().copied());
        let config = if regex.is_empty() {
            config
        } else {
            config.allow_origin_regex(regex)
        };
        let sites = config.build().unwrap().trusted_sites().unwrap();
        sites.iter().map(ToString::to_string).collect()
    };
    let app = "chrome-extension://abc";
    assert_eq!(
        sites(
            &[
                "https://a.b.example.com.",
                "https://pr-*.example.net",
                "https://*.example.org",
                "http://localhost:*",
                "http://[::1]",
                app,
                "null"
            ],
            ""
        ),
        [
            "example.com",
            "example.net",
            "example.org",
            "localhost",
            "[::1]",
            app,
            "null, which every website can have in a sandboxed frame"
        ],
    );
    assert_eq!(
        sites(
            &[
                "https://*.com:8443",
                "https://pr-*.net:*",
                "app://*",
                "file://"
            ],
            ""
        ),
        [
            "*.com, which anyone can have (such as `https://a.com:8443`)",
            "app://*, which anyone can have (such as `app://a`)",
            "file://, which anyone can have (such as `file://`)",
            "pr-*.net, which anyone can have (such as `https://pr-a.net`)",
        ],
    );
    assert_eq!(
        sites(&["*"], ""),
        ["*, which anyone can have (such as `https://a.com`)"]
    );
    for (regex, expected) in [
        (
            r"https://(.+\.)?example\.(com|org)(:\d+)?",
            &["example.com", "example.org"][..],
        ),
        (
            r"http://192\.168\.\d+\.\d+",
            &["IP addresses such as `http://192.168.0.0`"],
        ),
        (
            r"http://(127\.0\.0\.1|localhost)",
            &["localhost", "127.0.0.1"],
        ),
        (
            r"(tauri|https)://localhost(:\d+)?",
            &["localhost", "tauri://localhost"],
        ),
        (
            r"https://example\.[a-z]+",
            &["*, which anyone can have (such as `https://example.a`)"],
        ),
        (
            r"https://[a-z]+example\.com",
            &["*.com, which anyone can have (such as `https://aexample.com`)"],
        ),
        (
            r"chrome-extension://[a-p]{2}",
            &["chrome-extension://*, which anyone can have (such as `chrome-extension://aa`)"],
        ),
        (
            r"[^:]+://a\.com",
            &[
                "a.com",
                "*://*, which anyone can have (such as `a://a.com`)",
            ],
        ),
        (r"https://nothing\.com/", &[]),
    ] {
        assert_eq!(sites(&[], regex), expected, "{regex}");
    }
}

/// The registrable domains of some origins that the regex matches.
#[cfg(feature = "public-suffix")]
fn sampled_sites(source: &str, random: [u8; 32]) -> std::collections::BTreeSet<Vec<u8>> {
    use proptest::strategy::ValueTree as _;
    use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

    // `.` would almost always be a character of another script.
    let mut escaped = false;
    let mut in_class = false;
    let ascii: String = source
        .chars()
        .map(|c| {
            let is_dot = c == '.' && !escaped && !in_class;
            escaped = c == '\\' && !escaped;
            in_class = c == '[' || (in_class && c != ']');
            if is_dot {
                "[a-z0-9./:]".to_owned()
            } else {
                c.to_string()
            }
        })
        .collect::<String>()
        .replace(r"\d", "[0-9]")
        .replace(r"\w", "[0-9a-z]")
        .replace("[^.]", "[0-9a-z]");
    let strategy = proptest::string::string_regex(&ascii).unwrap();
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &random);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let policy = cors_core::Config::new()
        .allow_origin_regex(source)
        .build()
        .unwrap();
    let mut sites = std::collections::BTreeSet::new();
    for _ in 0..200 {
        let origin = strategy.new_tree(&mut runner).unwrap().current();
        if policy.is_origin_allowed(origin.as_bytes()) {
            let (_, host) = origin.split_once("://").unwrap();
            let name = host.split(':').next().unwrap().trim_end_matches('.');
            sites.extend(psl::domain(name.as_bytes()).map(|domain| domain.as_bytes().to_vec()));
        }
    }
    sites
}
