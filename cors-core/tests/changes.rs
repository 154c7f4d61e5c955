//! A policy that was changed is the policy of the changed list, built from scratch.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

mod naive;
mod support;

use cors_core::issue::{Issue, Rule};
use cors_core::{Config, ConfigError, Policies, Policy, PolicyTable, RequestHeader};
use proptest::prelude::*;
use std::collections::BTreeSet;
use support::Request;

/// The origins that are added and removed.
const ORIGINS: [&str; 7] = [
    "https://a.example",
    "https://x.a.example",
    "https://b.example",
    "https://b.example:8443",
    "http://localhost:3000",
    "tauri://localhost",
    "app://",
];

/// What else is in the list.
const OTHERS: [&[&str]; 3] = [
    &[],
    &["https://*.a.example", "null"],
    &["http://localhost:*", "https://b*.example", "app://*"],
];

const REGEXES: [Option<&str>; 2] = [None, Some(r"https://(a|x\.a)\.example")];

/// So many that a change does not build the list anew each time.
const LARGE: usize = 1_010;

fn filler(count: usize) -> impl Iterator<Item = String> {
    (0..count).map(|n| format!("https://{n}.filler.example"))
}

fn build(list: impl IntoIterator<Item = String>, regex: Option<&str>) -> Policy {
    let config = Config::new().allow_origins(list);
    let config = match regex {
        Some(regex) => config.allow_origin_regex(regex),
        None => config,
    };
    config.build().unwrap()
}

fn get(origin: &str) -> Request {
    Request {
        method: b"GET".to_vec(),
        lines: vec![(RequestHeader::Origin, origin.into())],
    }
}

/// Whether each origin is allowed, without a build.
fn check_origins(changed: &Policy, list: &[String], regex: Option<&str>) {
    let by_name = list.iter().filter(|entry| !entry.contains("filler"));
    let by_name: Vec<String> = by_name.cloned().collect();
    let is_matched = |origin| ["https://a.example", "https://x.a.example"].contains(&origin);
    for origin in ORIGINS.into_iter().chain(UNLISTED) {
        let is_allowed = naive::is_allowed(&by_name, origin.as_bytes())
            || list.iter().any(|entry| entry == origin)
            || regex.is_some() && is_matched(origin);
        assert_eq!(
            changed.is_origin_allowed(origin.as_bytes()),
            is_allowed,
            "{origin}"
        );
    }
}

const UNLISTED: [&str; 5] = [
    "null",
    "https://c.example",
    "https://0.filler.example",
    "",
    "https://a.example/",
];

fn check(changed: &Policy, list: &[String], regex: Option<&str>) {
    let built = build(list.iter().cloned(), regex);
    assert_eq!(*changed, built);
    assert_eq!(changed.to_config(), built.to_config());
    for origin in ORIGINS.into_iter().chain(UNLISTED) {
        let request = get(origin);
        assert_eq!(changed.decide(&request), built.decide(&request), "{origin}");
    }
}

/// The exact questions and the explanations.
fn check_questions(changed: &Policy, list: &[String], regex: Option<&str>) {
    let built = build(list.iter().cloned(), regex);
    assert_eq!(
        changed.trusted_sites().unwrap(),
        built.trusted_sites().unwrap()
    );
    let (one, other) = (
        changed.allowed_origins().unwrap(),
        built.allowed_origins().unwrap(),
    );
    assert_eq!(one.example().unwrap(), other.example().unwrap());
    assert_eq!(one.example_outside_of(&other).unwrap(), None);
    assert_eq!(other.example_outside_of(&one).unwrap(), None);
    for origin in ORIGINS {
        let request = get(origin);
        let explain = |policy: &Policy| policy.explain(policy.decide(&request), &request);
        let text = explain(changed);
        for known in ORIGINS
            .iter()
            .filter(|known| text.contains(&format!("but `{known}` is")))
        {
            assert!(built.is_origin_allowed(known.as_bytes()), "{text}");
        }
        assert_eq!(
            text.contains("is allowed"),
            built.is_origin_allowed(origin.as_bytes()),
            "{text}"
        );
    }
}

fn changes() -> impl Strategy<Value = Vec<(Vec<&'static str>, Vec<&'static str>)>> {
    let some = || prop::sample::subsequence(&ORIGINS[..], 0..3);
    prop::collection::vec((some(), some()), 1..20)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// The list is built anew after some of the changes, in a large list after a few only.
    #[test]
    fn changes_are_as_if_built_from_scratch(
        first in prop::sample::subsequence(&ORIGINS[..], 0..=ORIGINS.len()),
        others in prop::sample::select(&OTHERS[..]),
        regex in prop::sample::select(&REGEXES[..]),
        size in prop::sample::select(&[0, 3, LARGE][..]),
        changes in changes(),
    ) {
        let mut exact: BTreeSet<String> = first.iter().map(|&text| text.to_owned()).collect();
        exact.extend(filler(size));
        let list = |exact: &BTreeSet<String>| -> Vec<String> {
            others.iter().map(|&text| text.to_owned()).chain(exact.iter().cloned()).collect()
        };
        let mut policy = build(list(&exact), regex);
        for (added, removed) in &changes {
            exact.extend(added.iter().map(|&text| text.to_owned()));
            exact.retain(|text| !removed.contains(&text.as_str()));
            policy = policy.with_changed_origins(added.iter().copied(), removed.iter().copied()).unwrap();
            check_origins(&policy, &list(&exact), regex);
            if size < LARGE {
                check(&policy, &list(&exact), regex);
            }
        }
        check(&policy, &list(&exact), regex);
        check_questions(&policy, &list(&exact), regex);
    }

    /// An added origin has the same errors and warnings as an entry of `allow_origins`.
    #[test]
    fn an_origin_is_checked_like_an_entry(
        text in prop_oneof![
            "(https?|htps|file|app|blob|ws)?:?/?/?(a|a\\.b|A|localhost|1\\.1|\\[::1\\]|xn--f|é| )?(\\.com)?(:[0-9]{0,5})?[/?#,]?",
            prop::sample::select(&ORIGINS[..]).prop_map(str::to_owned),
            prop::sample::select(&["file://", "http://a.com", "https://u:p@a.com", "https://.*"][..]).prop_map(str::to_owned),
        ],
        credentials: bool,
        with_any_app: bool,
    ) {
        let config = Config::new()
            .allow_credentials(credentials)
            .dangerously_allow_credentials_with_any_app(with_any_app);
        let first = "https://first.example";
        let built = config.clone().allow_origins([text.as_str()]).build();
        let policy = config.allow_origins([first]).build().unwrap();
        let changed = policy.with_changed_origins([&*text], [first]);
        let issues = |result: Result<Policy, ConfigError>| -> Vec<Issue> {
            match result {
                Ok(policy) => policy.warnings().to_vec(),
                Err(error) => [error.errors(), error.warnings()].concat(),
            }
        };
        prop_assert_eq!(issues(changed), issues(built));
        let removed = policy.with_changed_origins([], [&*text]);
        let is_origin = Config::new().allow_origins([text.as_str()]).build().is_ok();
        prop_assert_eq!(removed.is_ok(), is_origin);
    }
}

fn messages(result: Result<Policy, ConfigError>) -> Vec<String> {
    match result {
        Ok(policy) => policy.warnings().iter().map(ToString::to_string).collect(),
        Err(error) => error.errors().iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn only_exact_origins_can_be_changed() {
    let policy = build(
        ["https://*.a.example", "https://b.example"].map(str::to_owned),
        None,
    );
    let build_anew = "only exact origins can be added to a policy or removed from it; change the \
                      configuration instead, and build the policy anew";
    assert_eq!(
        messages(policy.with_changed_origins(
            ["https://c.example", "*", "null", "https://*.c.example"],
            [
                "https://*.a.example",
                "http://localhost:*",
                "app://*",
                "https://b.example/",
                ""
            ],
        )),
        [
            format!("allow_origins[1]: `*`: {build_anew}"),
            format!("allow_origins[2]: `null`: {build_anew}"),
            format!("allow_origins[3]: `https://*.c.example`: {build_anew}"),
            format!("allow_origins[4]: `https://*.a.example`: {build_anew}"),
            format!("allow_origins[5]: `http://localhost:*`: {build_anew}"),
            format!("allow_origins[6]: `app://*`: {build_anew}"),
            "allow_origins[7]: `https://b.example/`: an origin ends with the host or the port, \
             without a slash; use `https://b.example`"
                .to_owned(),
            "allow_origins[8]: empty list item; remove it".to_owned(),
        ]
    );
    let any = build(["*".to_owned()], None);
    assert_eq!(
        messages(any.with_changed_origins(["https://a.example"], [])),
        [format!(
            "allow_origins: `*`: {build_anew}: this policy allows every origin, so there is no list to change"
        )]
    );
}

/// Otherwise the policy would allow something on paths of which it is not known which policy they have.
#[test]
fn the_policy_for_ambiguous_paths_cannot_be_changed() {
    let policy = || build(["https://a.example".to_owned()], None);
    let policies = Policies::new(policy()).at("/admin", policy()).unwrap();
    let table = PolicyTable::new(policies, Ok::<_, ()>).unwrap();
    let get = Request {
        method: b"GET".to_vec(),
        lines: Vec::new(),
    };
    let ambiguous = table.find("/%61dmin", &get).unwrap();
    let error = ambiguous
        .with_changed_origins(["https://a.example"], [])
        .unwrap_err();
    assert_eq!(error.errors()[0].rule(), Rule::OriginNotExact);
}

#[test]
fn warnings() {
    let list = ["https://*.a.example", "https://b.example"].map(str::to_owned);
    let policy = build(list, Some(r"https://(b|c)\.example"));
    assert_eq!(
        messages(policy.with_changed_origins(
            [
                "https://x.a.example",
                "https://c.example",
                "https://d.example",
                "https://d.example"
            ],
            [
                "https://y.a.example",
                "https://b.example",
                "https://e.example"
            ],
        )),
        [
            "allow_origins[0]: `https://x.a.example`: redundant entry: covered by `https://*.a.example`; remove it",
            "allow_origins[1]: `https://c.example`: redundant entry: covered by allow_origin_regex; remove it",
            "allow_origins[3]: `https://d.example`: duplicate entry; remove it",
            "allow_origins[4]: `https://y.a.example`: the origin was removed, but another entry still allows it: `https://*.a.example`",
            "allow_origins[5]: `https://b.example`: the origin was removed, but another entry still allows it: allow_origin_regex",
        ]
    );
    let policy = build(["https://a.example".to_owned()], None);
    let nothing = policy.with_changed_origins([], ["https://a.example"]);
    assert_eq!(
        messages(nothing),
        ["allow_origins: no origin is allowed, so no other site can read a response"]
    );
    let insecure = Config::new()
        .allow_origins(["https://a.example"])
        .allow_credentials(true);
    let insecure = insecure
        .build()
        .unwrap()
        .with_changed_origins(["http://b.example"], []);
    assert_eq!(
        insecure.unwrap().warnings()[0].rule(),
        Rule::OriginInsecureWithCredentials
    );
}

/// The changed origins are copied, not the list.
#[test]
fn a_change_takes_no_memory_for_each_origin() {
    let policy = build(filler(100_000), None);
    let mut changed = None;
    let one = allocation_counter::measure(|| {
        changed = policy.with_changed_origins(["https://a.example"], []).ok();
    });
    println!(
        "one of 100,000 changed: {} allocations, {} bytes",
        one.count_total, one.bytes_total
    );
    assert!(one.bytes_total < 10_000, "{one:?}");
    let changed = changed.unwrap();
    let count = allocation_counter::measure(|| {
        assert!(changed.is_origin_allowed(b"https://a.example"));
        assert!(changed.is_origin_allowed(b"https://99999.filler.example"));
        assert!(!changed.is_origin_allowed(b"https://b.example"));
    });
    assert_eq!(count.count_total, 0);
}
