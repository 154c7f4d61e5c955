//! Entries of `allow_origins`, one per line, an empty line, then origins, one per line.
//!
//! The matcher must agree with the naive matcher on every origin, and with the decision on a
//! request.

#![no_main]

#[path = "../../tests/naive/mod.rs"]
mod naive;
#[path = "../../tests/support/mod.rs"]
mod support;

use cors_core::{Config, Decision, Policy, RequestHeader};
use libfuzzer_sys::fuzz_target;
use support::Request;

fuzz_target!(|text: &[u8]| {
    let split = text.windows(2).position(|pair| pair == b"\n\n");
    let (entries, origins) = text.split_at(split.unwrap_or(text.len()));
    let Ok(entries) = str::from_utf8(entries) else {
        return;
    };
    let is_legal = |entry: &&str| Config::new().allow_origins([*entry]).build().is_ok();
    let list: Vec<String> = entries
        .lines()
        .filter(is_legal)
        .map(str::to_owned)
        .collect();
    let policy = Config::new().allow_origins(list.clone()).build().unwrap();
    let read_back = policy.to_config().build().unwrap();

    let origins = origins.split(|&byte| byte == b'\n').map(<[u8]>::to_vec);
    for origin in origins.chain(list.iter().flat_map(|entry| near(entry))) {
        let shown = origin.escape_ascii();
        let allowed = policy.is_origin_allowed(&origin);
        assert_eq!(allowed, naive_is_allowed(&list, &origin), "{shown}");
        assert_eq!(read_back.is_origin_allowed(&origin), allowed, "{shown}");
        assert_eq!(decides(&policy, "GET", &origin), allowed, "{shown}");
        assert_eq!(decides(&policy, "OPTIONS", &origin), allowed, "{shown}");
    }
});

/// The entry as an origin: unchanged, and with its wildcards filled in.
fn near(entry: &str) -> [Vec<u8>; 7] {
    [
        entry.to_owned(),
        entry.replace("*.", "a.b.").replace(":*", ""),
        entry.replace("*.", "a.").replace(":*", ":8080"),
        entry.replace("*.", "").replace("://", "://evil"),
        entry.replace(":*", ":8080").replace('*', "a-1"),
        entry.replace(":*", "").replace('*', "a"),
        entry.replace(":*", "").replace('*', ""),
    ]
    .map(String::into_bytes)
}

fn naive_is_allowed(list: &[String], origin: &[u8]) -> bool {
    // The naive matcher does not support `*`.
    list.iter().any(|entry| entry == "*") || naive::is_allowed(list, origin)
}

/// Whether the decision on a request with this origin is that the origin is allowed.
fn decides(policy: &Policy, method: &str, origin: &[u8]) -> bool {
    let request = Request {
        method: method.as_bytes().to_vec(),
        lines: vec![
            (RequestHeader::Origin, origin.to_vec()),
            (RequestHeader::AccessControlRequestMethod, b"GET".to_vec()),
        ],
    };
    match policy.decide(&request) {
        Decision::Actual(check) => check.is_ok(),
        Decision::Preflight(check) => check.is_ok(),
        decision => panic!("{}", decision.id()),
    }
}
