//! Which regexes may be used with credentials.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

use cors_core::issue::{Issue, Rule};
use cors_core::{Config, ConfigError, Policy};

fn build(regex: &str) -> Result<Policy, ConfigError> {
    Config::new()
        .allow_origin_regex(regex)
        .allow_credentials(true)
        .build()
}

/// The origin that the message names, which the regex matches.
fn witness(issue: &Issue) -> String {
    let message = issue.message();
    let (_, origin) = message.split_once("it matches `").expect(&message);
    origin.trim_end_matches('`').to_owned()
}

fn assert_broad(regex: &str) {
    let Err(error) = build(regex) else {
        panic!("{regex} builds");
    };
    let [issue] = error.errors() else {
        panic!("{regex}: {error}");
    };
    assert_eq!(
        issue.rule(),
        Rule::RegexBroadWithCredentials,
        "{regex}: {error}"
    );
    let policy = Config::new().allow_origin_regex(regex).build().unwrap();
    assert!(
        policy.is_origin_allowed(witness(issue).as_bytes()),
        "{regex}: {issue}"
    );
    let opted_in = Config::new()
        .allow_origin_regex(regex)
        .allow_credentials(true)
        .dangerously_allow_credentials_with_broad_regex(true);
    assert!(opted_in.build().is_ok(), "{regex}");
}

#[test]
fn regexes_that_reach_other_people() {
    for regex in [
        r"https://(www.)?example\.com",
        r"https://*.example.com",
        r"https://my.website.com",
        r"https://.?example\.com",
        r"https://[a-z]{1,3}example\.com",
        r"https://example\.co.",
        r"https://example\.[a-z]{2,3}",
        r".*example\.com",
        r"https:.*example\.com",
        r".*localhost.*",
        r"chrome-extension://[a-p]{32}",
        r".*",
        r"https?://.*",
        r"https://[a-z]+",
        r"https://.*\.com",
        r"https://.*example\.com",
        r"https://.*example[.]com",
        r"https://.*e[x]ample\.com",
        r"https://.*example\x2ecom",
        r"(?i)https://.*EXAMPLE\.COM",
        r"https://.*example\.(com|org)",
        r"https://.*(example|test)\.com",
        r"https://.*\.example\.com.*",
        r"https://(app|www)\.example\.com.*",
        r"https://[a-z]+\.example\.com.*",
        r"https://example\.(com|org).*",
        r"https://.+\.fr",
        r"https://[a-z]{5,}\.com",
        "(?x) https:// .* example \\. com # ours",
        r"https://(?:.*\.)?example\.com|https://.*shop\.(?:de|at)",
        r"http://localhost.*",
        r"https://example\.\w+\.com",
        r"http://.*:3000",
        r"https://(.+).acme.com",
        r"https?://10\.\d+.*",
        r"https://(?:[a-z]+\.)+com",
        r"https://(?:[a-z]+\.){2}com",
        r"app://.*",
        r"chrome-extension://\w+",
        r"https://[abcd]example\.com",
        r"https://e[^.]ample\.com",
        r"https://(a|b)*\.com",
        r"https://example\d\.com",
        r"https://\d+\.\d+\.\d+\.\d+",
        r"https://203\.0\.113\.\d+",
        r"https://\[[0-9a-f:]+\]",
        r"https://(.*)",
        r"https://[^/]+\.example\.com\.?[a-z]*",
    ] {
        assert_broad(regex);
    }
}

#[test]
#[cfg(feature = "public-suffix")]
fn regexes_on_public_suffixes() {
    for regex in [
        r"https://[a-z]+\.github\.io",
        r"https://.*\.ngrok\.io",
        r"https://.*\.s3\.amazonaws\.com",
        r"https://.*\.amazonaws\.com",
        r"https://myapp-.*\.vercel\.app",
        r"https://[a-z0-9]+-[a-z0-9]+\.vercel\.app",
        r"https://.*-myteam\.vercel\.app",
        r"https://pr-\d+-me\.vercel\.app",
        r"https://.*\.co\.uk",
    ] {
        assert_broad(regex);
    }
    assert!(build(r"https://.*\.example\.co\.uk").is_ok());
    assert!(build(r"https://(.*\.)?me\.github\.io").is_ok());
    assert!(build(r"https://github\.io").is_ok());
}

#[test]
#[cfg(feature = "public-suffix")]
fn regexes_that_spell_their_sites_out() {
    for (regex, warnings) in [
        (
            r".*\.example\.com",
            &[Rule::OriginInsecureWithCredentials, Rule::RegexAnyScheme][..],
        ),
        (r"https://(app|admin)\.example\.com", &[]),
        (r"https://\w{2}\.example\.com", &[]),
        (r"https://[a-z0-9-]+\.example\.com(:\d+)?", &[]),
        (r"https://(example\.com|example\.org)", &[]),
        (r"http://localhost:\d+", &[]),
        (r"https://.*\.example\.com", &[]),
        (r"https://(app|www)\.example\.com(:\d+)?", &[]),
        (r"http://localhost(:\d+)?", &[]),
        (r"http://localhost:.*", &[]),
        (r"http://.*\.localhost", &[]),
        (r"https://.*preview\.example\.com", &[]),
        (
            r"https?://([a-z0-9-]+\.)*example\.com(:\d{1,5})?",
            &[Rule::OriginInsecureWithCredentials],
        ),
        (r"(?i)https://[a-z]+\.Example\.com", &[]),
        (r"https://[^.]+\.example\.(com|net)", &[]),
        (
            r"http://192\.168\.\d{1,3}\.\d{1,3}(:\d+)?",
            &[Rule::OriginInsecureWithCredentials],
        ),
        (
            r"http://192\.168\.\d+\.\d+",
            &[Rule::OriginInsecureWithCredentials],
        ),
        (r"http://127\.0\.0\.\d", &[]),
        (r"https://203\.0\.113\.7", &[]),
        (r"https://\[2001:db8::1\]", &[]),
        (r"https://pr-\d+\.example\.dev", &[]),
        (r"https://example[.]com", &[]),
        (r"https://gr[ae]y\.com", &[]),
        (
            r"https://example\.(de|dk|dj|dm|do|dz|at|ch|fr|it|es|nl|be)",
            &[],
        ),
        (r"https://(example|acme|shop|test)\.(com|org|net|de)", &[]),
        (r"https://example\.com\.?", &[]),
        (r"(tauri|https?)://(tauri\.)?localhost", &[]),
        (r"chrome-extension://(abc|def)", &[]),
        (r"app://\.?", &[]),
        (
            r"[a-z]+://app\.example\.com",
            &[Rule::OriginInsecureWithCredentials, Rule::RegexAnyScheme],
        ),
        // No browser sends what else it matches.
        (r"https://example\.com(/.*|:443|:0\d*| .*)?", &[]),
        (r"https://(\.|-\.)?example\.com", &[]),
        (
            r"https://example\.com|[^a-z].{3,}|https:\.*|https://example\.comx\.com",
            &[],
        ),
    ] {
        let policy = build(regex).unwrap_or_else(|error| panic!("{regex}: {error}"));
        let found: Vec<Rule> = policy.warnings().iter().map(Issue::rule).collect();
        assert_eq!(found, warnings, "{regex}: {:?}", policy.warnings());
    }
}

/// As many sites as the documented limit, and one more.
#[test]
fn the_number_of_sites() {
    let letter = "(a|b|c|d|e|f|g|h|i|j|k|l|m|n|o|p)";
    let sites_256 = format!(r"https://{letter}{letter}\.com");
    assert!(build(&sites_256).is_ok());
    let error = build(&format!(r"{sites_256}|https://one\.com")).unwrap_err();
    let rules: Vec<Rule> = error.errors().iter().map(Issue::rule).collect();
    assert_eq!(rules, [Rule::RegexTooComplex]);
}

/// Without the Public Suffix List, it is unknown whom names below a domain belong to.
#[test]
#[cfg(not(feature = "public-suffix"))]
fn domains_that_cannot_be_judged() {
    for (regex, is_unjudged) in [
        (r"https://.*\.example\.com", true),
        (r"https://(app|www)\.example\.com(:\d+)?", false),
        (r"https://(app|[a-z])\.example\.com", true),
        (r"http://.*\.localhost", false),
    ] {
        let policy = build(regex).unwrap();
        let rules: Vec<Rule> = policy.warnings().iter().map(Issue::rule).collect();
        assert_eq!(
            rules.contains(&Rule::OriginUnjudgedWithCredentials),
            is_unjudged,
            "{regex}"
        );
        let opted_in = Config::new()
            .allow_origin_regex(regex)
            .allow_credentials(true)
            .dangerously_allow_credentials_on_public_suffixes(true);
        assert!(opted_in.build_strict().is_ok(), "{regex}");
    }
}

#[test]
fn regexes_that_match_no_origin() {
    for (regex, cause, correction) in [
        (
            r"/^https:\/\/example\.com$/",
            "slashes",
            r"use `^https://example\.com$`",
        ),
        (
            r#""https://example\.com""#,
            "quotes",
            r"use `https://example\.com`",
        ),
        (
            r"https://example\.com/",
            "path",
            r"use `https://example\.com`",
        ),
        (r"example\.com", "scheme", r"use `https://(?:example\.com)`"),
        (
            r"https://EXAMPLE\.com",
            "lower case",
            r"use `https://example\.com`",
        ),
        (r"https?://", "", ""),
        (r"https://a\.com:443", "", ""),
    ] {
        let policy = Config::new().allow_origin_regex(regex).build().unwrap();
        let [issue] = policy.warnings() else {
            panic!("{regex}: {:?}", policy.warnings());
        };
        assert_eq!(issue.rule(), Rule::RegexMissesOrigins, "{regex}");
        assert!(issue.message().contains(cause), "{issue}");
        let found = issue
            .correction()
            .map(ToString::to_string)
            .unwrap_or_default();
        assert_eq!(found, correction, "{regex}");
    }
    for regex in [
        r"http://192\.168\.\d+\.\d+",
        r"http://\[[0-9a-f:]+\]",
        r".*\.example\.com",
        r"app://x",
    ] {
        let policy = Config::new().allow_origin_regex(regex).build_strict();
        assert!(policy.is_ok(), "{regex}: {policy:?}");
    }
}

#[test]
fn globs_in_the_regex() {
    for (regex, entry) in [
        ("https://*.example.com", "https://*.example.com"),
        ("*.example.com", "https://*.example.com"),
        ("http://localhost:*", "http://localhost:*"),
    ] {
        let issues = match Config::new().allow_origin_regex(regex).build() {
            Ok(policy) => policy.warnings().to_vec(),
            Err(error) => error.errors().to_vec(),
        };
        let correction = format!("use `{entry}` in allow_origins");
        assert!(!issues.is_empty(), "{regex}");
        for issue in issues {
            assert_eq!(
                issue.correction().map(ToString::to_string),
                Some(correction.clone()),
                "{issue}"
            );
        }
    }
}
