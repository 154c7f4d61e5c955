//! The comparison of policies, against fetches of pages in the browser model.
//!
//! For policies over a small alphabet, every fetch of that alphabet is tried. For all others, every difference
//! has a case: a fetch that succeeds under one policy and fails under the other.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

mod alphabet;
mod page;
#[path = "../../../cors-core/tests/support/mod.rs"]
mod support;

use std::collections::{BTreeMap, BTreeSet};

use cors_core::{Change, Config, Policy};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use test_support::cases::{Case, Places, cases};
use test_support::random;

use self::page::{Server, is_permitted};

/// `is_at_most` is inclusion of what pages can do, and so is a partial order. Every difference has a case.
#[test]
fn every_fetch_of_a_small_alphabet() {
    let mut seen = check_pairs(&alphabet::policy(), 50);
    let of_hosts = check_pairs(&alphabet::policy_of_hosts(), 50);
    assert!(of_hosts["reach-as-own"] > 10);
    seen.extend(of_hosts);
    let ids = [
        "read",
        "read-header",
        "read-timing",
        "reach",
        "reach-as-own",
        "reach-host",
        "send-after-preflight",
        "send-header",
        "send-headers-at-once",
        "send-method",
        "use-credentials",
    ];
    assert!(seen.keys().copied().eq(BTreeSet::from(ids)));
}

/// Compares every pair of some policies. Returns how often each kind of difference occurs.
fn check_pairs(
    strategy: &impl Strategy<Value = Config>,
    count: usize,
) -> BTreeMap<&'static str, u32> {
    let mut runner = random::fixed(ProptestConfig::default());
    let mut policies = Vec::new();
    while policies.len() < count {
        let config = strategy.new_tree(&mut runner).unwrap().current();
        // Half of them differ from the policy before in one key, if that builds.
        let near = policies.last().map(|(_, before, _)| before);
        let near = near.filter(|_| policies.len() % 2 == 1);
        let near = near.map(|before| one_key_of(before, &config, policies.len()));
        let near = near.filter(|near| near.clone().build().is_ok());
        let config = near.unwrap_or(config);
        if let Ok(policy) = config.clone().build() {
            let acts = alphabet::acts(&Server::new(policy.clone()));
            policies.push((policy, config, acts));
        }
    }
    let mut at_most = 0;
    let mut seen = BTreeMap::new();
    for (place, (one, config, acts)) in policies.iter().enumerate() {
        for (other_place, (other, other_config, others)) in policies.iter().enumerate() {
            let first = acts.iter().zip(others).position(|(a, b)| *a && !b);
            let found = one.is_at_most(other).unwrap();
            assert_eq!(
                found,
                first.is_none(),
                "{config:?}\n{other_config:?}\n{:?}\n{}",
                first.map(alphabet::name_of),
                other.diff(one).unwrap(),
            );
            at_most += u32::from(found);
            if place.abs_diff(other_place) < 4 {
                check_diff(other, one, &mut seen);
            }
        }
    }
    let pairs = count * count;
    println!("{at_most} of {pairs} pairs are at most, differences: {seen:#?}");
    assert!(at_most as usize > pairs / 20);
    seen
}

/// Each difference is a case that the one policy allows and the other does not.
fn check_diff(old: &Policy, new: &Policy, seen: &mut BTreeMap<&'static str, u32>) {
    let diff = old.diff(new).unwrap();
    assert_eq!(diff.widens(), !new.is_at_most(old).unwrap());
    assert_eq!(
        diff.is_empty(),
        !diff.widens() && old.is_at_most(new).unwrap()
    );
    let servers = [old, new].map(|policy| Server::new(policy.clone()));
    for difference in diff.differences() {
        let (with, without) = match difference.change() {
            Change::Widened => (&servers[1], &servers[0]),
            _ => (&servers[0], &servers[1]),
        };
        let permission = difference.permission();
        let url = page::url_for(with, permission);
        assert!(
            is_permitted(with, permission, &url),
            "{difference}, {:?} {:?}",
            old.to_config(),
            new.to_config()
        );
        assert!(
            !is_permitted(without, permission, &url),
            "{difference}, {:?} {:?}",
            old.to_config(),
            new.to_config()
        );
        let line = difference.to_string();
        assert!(!line.contains('\n') && line.starts_with(difference.change().as_str()));
        *seen.entry(permission.id()).or_default() += 1;
    }
}

/// `config` with the value of one key from `other`.
fn one_key_of(config: &Config, other: &Config, number: usize) -> Config {
    let config = config.clone();
    match number / 2 % 10 {
        0 => config.allow_origins(other.get_allow_origins()),
        1 => match other.get_allow_origin_regex() {
            Some(regex) => config.allow_origin_regex(regex),
            None => config.allow_methods(other.get_allow_methods()),
        },
        2 => config.allow_methods(other.get_allow_methods()),
        3 => config.allow_headers(other.get_allow_headers()),
        4 => config.expose_headers(other.get_expose_headers()),
        5 => config.allow_credentials(!other.get_allow_credentials()),
        6 => config.max_age(other.get_max_age()),
        7 => config.timing_allow_origin(other.get_timing_allow_origin()),
        8 => config.own_origins(other.get_own_origins()),
        _ => config.block_refused_origins(other.get_block_refused_origins()),
    }
}

/// Policies and fetches near every boundary of an entry.
#[test]
fn random_policies() {
    let mut runner = random::fixed(ProptestConfig::default());
    let strategy = cases(places(), 1..60);
    let mut seen = BTreeMap::new();
    let mut last: Option<Config> = None;
    let (mut at_most, mut succeeded) = (0, 0);
    for number in 0..400 {
        let (config, fetches) = strategy.new_tree(&mut runner).unwrap().current();
        let other = match &last {
            Some(last) => one_key_of(&config, last, 2 * number),
            None => config.clone(),
        };
        let (old, new) = match (config.clone().build(), other.build()) {
            (Ok(old), Ok(new)) => (old, new),
            _ => continue,
        };
        check_diff(&old, &new, &mut seen);
        for (one, other) in [(&old, &new), (&new, &old)] {
            if one.is_at_most(other).unwrap() {
                at_most += 1;
                succeeded += check_fetches(one, other, &fetches);
            }
        }
        last = Some(config);
    }
    println!("{at_most} pairs are at most, {succeeded} fetches, differences: {seen:#?}");
    assert!(at_most > 100 && succeeded > 1_000 && seen.len() > 7);
}

/// What a page reads under the one policy, it reads under the other, too. Returns how many fetches succeed.
fn check_fetches(one: &Policy, other: &Policy, fetches: &[Case]) -> u32 {
    let servers = [one, other].map(|policy| Server::new(policy.clone()));
    let mut succeeded = 0;
    for case in fetches {
        let [first, second] = [&servers[0], &servers[1]].map(|server| server.fetch(&case.fetch()));
        assert!(
            !first.reached || second.reached,
            "{case:?}\n{:?}\n{:?}",
            one.to_config(),
            other.to_config()
        );
        if let Some(names) = first.read {
            succeeded += 1;
            let more = second.read.unwrap();
            assert!(
                names.iter().all(|name| more.contains(name)),
                "{case:?}\n{:?}\n{:?}",
                one.to_config(),
                other.to_config()
            );
        }
    }
    succeeded
}

fn places() -> Places {
    let pages = [
        "https://app.example.com",
        "https://example.com",
        "http://localhost:3000",
        "http://127.0.0.1:8080",
        "http://[::1]:3000",
        "https://b.app.example.com:8443",
        "https://user.github.io",
        "tauri://localhost",
        "app://.",
        "file://",
        "https://pr-7-web.example.app",
    ];
    let apis = ["http://api.example.com", "https://api.example.com:8443"];
    Places {
        pages: pages.map(str::to_owned).to_vec(),
        any_page: true,
        apis: apis.map(str::to_owned).to_vec(),
    }
}
