//! Prefixes with policies of their own, one per line, an empty line, then paths of requests, one per line.
//!
//! The policy for a path must be the one that every server's reading of the path has. Otherwise, the path
//! gets nothing, and is blocked if a reading is below a prefix that blocks.

#![no_main]

#[path = "../../tests/naive/paths.rs"]
mod naive;
#[path = "../../tests/support/mod.rs"]
mod support;

use cors_core::{Config, Decision, Policies, Policy, PolicyTable, RequestHeader};
use libfuzzer_sys::fuzz_target;
use naive::{Segments, readings, rule_of};
use percent_encoding::percent_decode_str;
use std::collections::BTreeSet;
use std::convert::Infallible;
use support::Request;

fuzz_target!(|text: &str| {
    let (prefixes, paths) = text.split_once("\n\n").unwrap_or((text, ""));
    let rules = Rules::new(prefixes.lines());
    for path in paths.lines().filter(|path| has_few_readings(path)) {
        rules.check(path);
    }
});

/// The number of readings grows exponentially with the number of bytes that servers read differently.
fn has_few_readings(path: &str) -> bool {
    let is_special = |&byte: &u8| b"%\\;./?#\0".contains(&byte);
    path.len() <= 64 && path.bytes().filter(is_special).count() <= 9
}

struct Rules {
    prefixes: Vec<Segments>,
    table: PolicyTable<Policy>,
}

impl Rules {
    fn new<'a>(prefixes: impl Iterator<Item = &'a str>) -> Self {
        let mut policies = Policies::new(policy(None));
        let mut names = Vec::new();
        for prefix in prefixes.take(8) {
            if let Ok(more) = policies.clone().at(prefix, policy(Some(names.len()))) {
                policies = more;
                names.push(segments(prefix));
            }
        }
        let render = |policy: std::sync::Arc<Policy>| Ok::<_, Infallible>((*policy).clone());
        let Ok(table) = PolicyTable::new(policies, render);
        Self {
            prefixes: names,
            table,
        }
    }

    fn check(&self, path: &str) {
        let naive: BTreeSet<Option<usize>> = readings(path)
            .iter()
            .map(|reading| rule_of(&self.prefixes, reading))
            .collect();
        let found = self.table.find(path, &request("", ""));
        let found = found.expect("every path has a policy");
        let granted: Vec<Option<usize>> = all_rules(self.prefixes.len())
            .filter(|rule| grants(found, *rule))
            .collect();
        match granted.as_slice() {
            [rule] => assert_eq!(naive, BTreeSet::from([*rule]), "{path:?}"),
            [] => {
                let some_reading_blocks = naive.into_iter().any(blocks);
                assert!(
                    found.blocks_refused_origins() || !some_reading_blocks,
                    "{path:?}"
                );
            }
            several => panic!("{path:?} has several policies: {several:?}"),
        }
    }
}

/// The default, and every prefix.
fn all_rules(count: usize) -> impl Iterator<Item = Option<usize>> {
    std::iter::once(None).chain((0..count).map(Some))
}

/// An origin that only this rule allows.
fn origin(rule: Option<usize>) -> String {
    rule.map_or("https://default.example".to_owned(), |rule| {
        format!("https://rule-{rule}.example")
    })
}

fn blocks(rule: Option<usize>) -> bool {
    rule.is_some_and(|rule| rule % 2 == 1)
}

fn policy(rule: Option<usize>) -> Policy {
    let config = Config::new()
        .allow_origins([origin(rule)])
        .block_refused_origins(blocks(rule));
    config.build().expect("it is valid")
}

fn grants(policy: &Policy, rule: Option<usize>) -> bool {
    let decision = policy.decide(&request("GET", &origin(rule)));
    matches!(decision, Decision::Actual(Ok(())))
}

fn request(method: &str, origin: &str) -> Request {
    Request {
        method: method.into(),
        lines: vec![(RequestHeader::Origin, origin.into())],
    }
}

/// The names of a valid prefix.
fn segments(prefix: &str) -> Segments {
    let names = prefix.split('/').filter(|name| !name.is_empty());
    names
        .map(|name| percent_decode_str(name).collect())
        .collect()
}
