//! What may be written for each key, beside what may not.

use cors_core::Config;
use cors_core::issue::{Issue, Key, Rule};
use std::collections::BTreeSet;

/// Two values of a key in a policy file, of which the second breaks a rule.
pub(crate) struct Entry {
    pub(crate) key: Key,
    pub(crate) has_credentials: bool,
    pub(crate) permitted: &'static str,
    pub(crate) prohibited: &'static str,
    pub(crate) rule: &'static str,
}

const fn plain(
    key: Key,
    permitted: &'static str,
    prohibited: &'static str,
    rule: &'static str,
) -> Entry {
    Entry {
        key,
        has_credentials: false,
        permitted,
        prohibited,
        rule,
    }
}

const fn credentials(
    key: Key,
    permitted: &'static str,
    prohibited: &'static str,
    rule: &'static str,
) -> Entry {
    Entry {
        has_credentials: true,
        ..plain(key, permitted, prohibited, rule)
    }
}

/// A page of the policies of the tables has this origin.
const SITE: &str = r#"["https://example.com"]"#;

#[rustfmt::skip]
pub(crate) fn entries() -> Vec<Entry> {
    use Key::*;
    vec![
        plain(AllowOrigins, SITE, r#"["example.com"]"#, "origin-no-scheme"),
        plain(AllowOrigins, SITE, r#"["https://example.com/"]"#, "origin-trailing-slash"),
        plain(AllowOrigins, SITE, r#"["https://example.com/app"]"#, "origin-path"),
        plain(AllowOrigins, SITE, r#"["https://example.com?a=b"]"#, "origin-query"),
        plain(AllowOrigins, SITE, r##"["https://example.com#a"]"##, "origin-fragment"),
        plain(AllowOrigins, SITE, r#"["https://Example.com"]"#, "origin-upper-case"),
        plain(AllowOrigins, SITE, r#"["https://example.com:443"]"#, "origin-default-port"),
        plain(AllowOrigins, SITE, r#"["https://me:secret@example.com"]"#, "origin-user-info"),
        plain(AllowOrigins, SITE, r#"[" https://example.com"]"#, "origin-whitespace"),
        plain(AllowOrigins, SITE, r#"["https://example.com\u0000"]"#, "origin-control-byte"),
        plain(AllowOrigins, SITE, r#"["https://example..com"]"#, "origin-empty-label"),
        plain(AllowOrigins, SITE, r#"["https://exa!mple.com"]"#, "origin-host"),
        plain(AllowOrigins, SITE, r#"["https://https://example.com"]"#, "origin-scheme-twice"),
        plain(AllowOrigins, SITE, r#"["ht_tp://example.com"]"#, "origin-scheme"),
        plain(AllowOrigins, SITE, r#"["htps://example.com"]"#, "typo"),
        plain(AllowOrigins, SITE, r#"["blob:https://example.com/1"]"#, "origin-blob"),
        plain(AllowOrigins, SITE, r#"["wss://example.com"]"#, "origin-websocket"),
        plain(AllowOrigins, SITE, r#"["https://example.com", ""]"#, "empty-item"),
        plain(AllowOrigins, r#"["https://a.com", "https://b.com"]"#, r#"["https://a.com,https://b.com"]"#, "origin-list"),
        plain(AllowOrigins, r#"["https://xn--bcher-kva.example"]"#, r#"["https://bücher.example"]"#, "origin-non-ascii"),
        plain(AllowOrigins, r#"["https://xn--bcher-kva.example"]"#, r#"["https://xn--f.example"]"#, "origin-punycode"),
        plain(AllowOrigins, r#"["http://127.0.0.1:3000"]"#, r#"["http://127.1:3000"]"#, "origin-ip"),
        plain(AllowOrigins, r#"["https://example.com:8443"]"#, r#"["https://example.com:84430"]"#, "origin-port"),
        plain(AllowOrigins, r#"["http://example.com:8080"]"#, r#"["http://example.com:6000"]"#, "origin-blocked-port"),
        plain(AllowOrigins, r#"["https://*.example.com"]"#, r#"["*.example.com"]"#, "origin-wildcard"),
        plain(AllowOrigins, r#"["https://app-*.example.com"]"#, r#"["https://app.*.example.com"]"#, "origin-wildcard"),
        plain(AllowOrigins, r#"["http://localhost:*"]"#, r#"["localhost:*"]"#, "origin-wildcard"),
        plain(AllowOrigins, r#"["*"]"#, r#"["https://*"]"#, "origin-wildcard"),
        plain(AllowOrigins, r#"["chrome-extension://*"]"#, r#"["chrome-extension://a*"]"#, "origin-wildcard"),
        plain(AllowOrigins, r#"["https://*.example.com"]"#, r#"['https://.*\.example\.com']"#, "origin-regex"),
        plain(AllowOrigins, r#"["app://bundle"]"#, r#"["file:///home/me/app"]"#, "origin-file"),
        plain(AllowOrigins, r#"["app://bundle"]"#, r#"["file://"]"#, "origin-any-file"),
        plain(AllowOrigins, SITE, r#"["null"]"#, "origin-null"),
        plain(AllowOrigins, SITE, "[]", "nothing-allowed"),
        plain(AllowOrigins, SITE, r#"["https://example.com", "https://example.com"]"#, "duplicate"),
        plain(AllowOrigins, r#"["https://*.example.com"]"#, r#"["https://*.example.com", "https://a.example.com"]"#, "redundant"),
        plain(AllowOrigins, r#"["*"]"#, r#"["*", "https://example.com"]"#, "any-beside-others"),
        credentials(AllowOrigins, SITE, r#"["*"]"#, "origin-any-with-credentials"),
        credentials(AllowOrigins, SITE, r#"["null"]"#, "origin-null-with-credentials"),
        credentials(AllowOrigins, SITE, r#"["http://example.com"]"#, "origin-insecure-with-credentials"),
        credentials(AllowOrigins, r#"["https://*.example.com"]"#, r#"["https://*.com"]"#, "origin-public-suffix-with-credentials"),
        credentials(AllowOrigins, r#"["https://me.github.io"]"#, r#"["https://*.github.io"]"#, "origin-public-suffix-with-credentials"),
        credentials(AllowOrigins, r#"["https://app.corp.internal"]"#, r#"["https://*.internal"]"#, "origin-private-domain-with-credentials"),
        credentials(AllowOrigins, r#"["app://bundle"]"#, r#"["app://*"]"#, "origin-any-app-with-credentials"),
        credentials(AllowOrigins, r#"["app://bundle"]"#, r#"["file://"]"#, "origin-file-with-credentials"),

        plain(AllowOriginRegex, r"'https://(a|b)\.example\.org'", r"'https://(a|b\.example\.org'", "regex-invalid"),
        plain(AllowOriginRegex, r"'https://a\.example\.org'", r"'a\.example\.org'", "regex-misses-origins"),
        plain(AllowOriginRegex, r"'https://a\.example\.org'", "'https://a.example.org'", "regex-unescaped-dot"),
        plain(AllowOriginRegex, r"'https://.*\.example\.org'", "'https://*.example.org'", "regex-glob"),
        credentials(AllowOriginRegex, r"'https://.*\.example\.org'", r"'https://.*example\.org'", "regex-broad-with-credentials"),
        credentials(AllowOriginRegex, r"'https://(a|b)\.example\.org'", r"'https://(a|b){14}\.org'", "regex-too-complex"),
        credentials(AllowOriginRegex, r"'https?://localhost:[0-9]+'", r"'[^:]+s?://localhost:[0-9]+'", "regex-any-scheme"),

        plain(AllowMethods, r#"["GET", "PUT"]"#, r#"["GET PUT"]"#, "method-token"),
        plain(AllowMethods, r#"["GET", "PUT"]"#, r#"["TRACE"]"#, "method-forbidden"),
        plain(AllowMethods, r#"["PATCH"]"#, r#"["patch"]"#, "method-case"),
        plain(AllowMethods, r#"["PUT"]"#, r#"["'PUT'"]"#, "quoted"),
        plain(AllowMethods, r#"["DELETE"]"#, r#"["DELET"]"#, "typo"),
        plain(AllowMethods, r#"["*"]"#, r#"["any"]"#, "not-wildcard"),
        plain(AllowMethods, r#"["*", "PROPFIND"]"#, r#"["*", "PUT"]"#, "redundant"),
        plain(AllowMethods, r#"["GET"]"#, "[]", "methods-empty"),

        plain(AllowHeaders, r#"["X-Trace"]"#, r#"["X Trace"]"#, "header-token"),
        plain(AllowHeaders, r#"["Authorization"]"#, r#"["Authorisation"]"#, "typo"),
        plain(AllowHeaders, r#"["Authorization"]"#, r#"["Authorization", "Content-Type"]"#, "redundant"),
        plain(AllowHeaders, r#"["X-Trace"]"#, r#"["Cookie"]"#, "header-not-sendable"),
        plain(AllowHeaders, r#"["X-Trace"]"#, r#"["Access-Control-Allow-Origin"]"#, "header-of-response"),
        plain(AllowHeaders, r#"["*"]"#, r#"["X-*"]"#, "header-wildcard"),
        plain(AllowHeaders, r#"["*"]"#, r#"["All"]"#, "not-wildcard"),
        plain(AllowHeaders, r#"["*"]"#, r#"["*", "X-Trace"]"#, "any-beside-others"),

        plain(AllowCredentials, "true", r#""yes""#, "wrong-type"),

        plain(ExposeHeaders, r#"["X-Total"]"#, r#"["X Total"]"#, "header-token"),
        plain(ExposeHeaders, r#"["X-Total"]"#, r#"["Set-Cookie"]"#, "header-not-readable"),
        plain(ExposeHeaders, r#"["X-Total"]"#, r#"["X-Total", "Content-Type"]"#, "redundant"),
        plain(ExposeHeaders, r#"["*"]"#, r#"["X-*"]"#, "header-wildcard"),
        credentials(ExposeHeaders, r#"["X-Total"]"#, r#"["*"]"#, "expose-any-with-credentials"),

        plain(MaxAge, "600", r#""10m""#, "wrong-type"),
        plain(MaxAge, "0", "-1", "max-age-negative"),
        plain(MaxAge, "1", "1.5", "max-age-fraction"),
        plain(MaxAge, "600", r#""18446744073709551616""#, "max-age-too-large"),
        plain(MaxAge, "600", "86400", "max-age-capped"),

        plain(PreflightStatus, "204", "202", "preflight-status"),
        plain(Diagnostics, "true", r#""on""#, "wrong-type"),
        plain(BlockRefusedOrigins, "true", r#""on""#, "wrong-type"),

        plain(OwnOrigins, r#"["http://localhost:3000"]"#, r#"["*"]"#, "own-origin-any"),
        plain(OwnOrigins, r#"["http://localhost:3000"]"#, r#"["localhost:3000"]"#, "origin-no-scheme"),
        plain(OwnOrigins, r#"["https://api.example.com"]"#, r#"["app://bundle"]"#, "own-origin-scheme"),
        plain(OwnOrigins, r#"["https://*.example.com"]"#, r#"["https://*.github.io"]"#, "own-origin-public-suffix"),
        plain(OwnOrigins, r#"["http://printer.local"]"#, r#"["http://*.local"]"#, "own-origin-private-domain"),

        plain(TimingAllowOrigin, "true", r#""*""#, "wrong-type"),
        plain(DangerouslyAllowCredentialsOnPublicSuffixes, "true", r#""yes""#, "wrong-type"),
        plain(DangerouslyAllowCredentialsWithAnyApp, "true", r#""yes""#, "wrong-type"),
        plain(DangerouslyAllowCredentialsWithBroadRegex, "true", r#""yes""#, "wrong-type"),
    ]
}

/// Rules that no value in a table breaks.
const ELSEWHERE: [&str; 13] = [
    // The names of keys, and variables: in the table about names.
    "json-array",
    "unknown-key",
    "unknown-variable",
    "variable-empty",
    "variable-not-set",
    // A parser of TOML reports it first.
    "key-twice",
    // The text is too long for a table.
    "origin-long-label",
    "origin-long-name",
    "regex-too-long",
    // About changes of a policy.
    "origin-not-exact",
    "origin-still-allowed",
    // Only without the feature `public-suffix`.
    "origin-unjudged-with-credentials",
    "own-origin-unjudged",
];

impl Entry {
    /// The issues of a policy with this value.
    pub(crate) fn issues(&self, value: &str) -> Vec<Issue> {
        let mut text = format!("{} = {value}\n", self.key);
        if self.key != Key::AllowOrigins {
            text += &format!("allow_origins = {SITE}\n");
        }
        if self.has_credentials {
            text += "allow_credentials = true\n";
        }
        let config: Config = toml::from_str(&text).unwrap_or_else(|error| panic!("{text}{error}"));
        match config.build() {
            Ok(policy) => policy.warnings().to_vec(),
            Err(error) => [error.errors(), error.warnings()].concat(),
        }
    }

    /// The issue for which the value is prohibited.
    pub(crate) fn issue(&self) -> Issue {
        let issues = self.issues(self.prohibited);
        let mut issues = issues.into_iter();
        let is_it = |issue: &Issue| issue.rule().id() == self.rule;
        issues
            .find(is_it)
            .unwrap_or_else(|| panic!("{} = {}: not {}", self.key, self.prohibited, self.rule))
    }
}

#[test]
fn the_permitted_values_build_without_a_warning() {
    for entry in entries() {
        let issues = entry.issues(entry.permitted);
        assert_eq!(issues, [], "{} = {}", entry.key, entry.permitted);
    }
}

#[test]
fn the_prohibited_values_break_the_rule_first() {
    for entry in entries() {
        let first = entry.issues(entry.prohibited).swap_remove(0);
        assert_eq!(first, entry.issue(), "{} = {}", entry.key, entry.prohibited);
        assert_eq!(first.key(), Some(entry.key));
    }
}

#[test]
fn every_key_and_every_rule_has_an_entry() {
    let entries = entries();
    for key in Key::ALL {
        assert!(entries.iter().any(|entry| entry.key == *key), "{key}");
    }
    let shown: BTreeSet<_> = entries
        .iter()
        .map(|entry| entry.rule)
        .chain(ELSEWHERE)
        .collect();
    let all: BTreeSet<_> = Rule::ALL.iter().map(|rule| rule.id()).collect();
    let missing: Vec<_> = all.difference(&shown).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
