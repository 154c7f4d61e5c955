//! The cost of a decision: by the number of origins, by the kind of request, under attack.
//!
//! Run with `cargo bench -p cors-decision`. It reports allocations too; a decision makes none.

#![allow(clippy::unwrap_used, reason = "a benchmark may panic")]

use cors_core::{Config, Policy, RequestHead, RequestHeader};
use divan::{AllocProfiler, Bencher, black_box};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

const COUNTS: [usize; 5] = [1, 10, 1_000, 100_000, 1_000_000];

#[derive(Default)]
struct Request {
    method: &'static str,
    origin: String,
    requested_method: Option<&'static str>,
    requested_headers: Vec<String>,
}

impl RequestHead for Request {
    fn method(&self) -> &[u8] {
        self.method.as_bytes()
    }

    fn lines(&self, header: RequestHeader) -> impl Iterator<Item = &[u8]> {
        let (one, many): (Option<&str>, &[String]) = match header {
            RequestHeader::Origin => (Some(&self.origin), &[]),
            RequestHeader::AccessControlRequestMethod => (self.requested_method, &[]),
            RequestHeader::AccessControlRequestHeaders => (None, &self.requested_headers),
            _ => (None, &[]),
        };
        one.into_iter()
            .chain(many.iter().map(String::as_str))
            .map(str::as_bytes)
    }

    fn host_contradicts_target(&self) -> bool {
        false
    }
}

fn get(origin: &str) -> Request {
    Request {
        method: "GET",
        origin: origin.to_owned(),
        ..Request::default()
    }
}

fn preflight(origin: &str, headers: &[String]) -> Request {
    Request {
        method: "OPTIONS",
        origin: origin.to_owned(),
        requested_method: Some("PUT"),
        requested_headers: headers.to_vec(),
    }
}

fn exact(count: usize) -> Vec<String> {
    (0..count)
        .map(|n| format!("https://{n:07}.example.com"))
        .collect()
}

fn patterns(count: usize) -> Vec<String> {
    (0..count)
        .map(|n| format!("https://*.{n:07}.example.com"))
        .collect()
}

/// With a `*` inside the first label, all with the same suffix.
fn labels(count: usize) -> Vec<String> {
    (0..count)
        .map(|n| format!("https://{n:07}-*.example.com"))
        .collect()
}

fn policy(origins: Vec<String>) -> Policy {
    let headers = ["X-A", "X-B", "X-C"];
    Config::new()
        .allow_origins(origins)
        .allow_methods(["GET", "PUT"])
        .allow_headers(headers)
        .build()
        .unwrap()
}

fn decide(bencher: Bencher<'_, '_>, policy: &Policy, request: &Request) {
    bencher.bench_local(|| policy.decide(black_box(request)));
}

#[divan::bench(args = COUNTS)]
fn origins_first(bencher: Bencher<'_, '_>, count: usize) {
    decide(
        bencher,
        &policy(exact(count)),
        &get("https://0000000.example.com"),
    );
}

#[divan::bench(args = COUNTS)]
fn origins_last(bencher: Bencher<'_, '_>, count: usize) {
    let origins = exact(count);
    let last = origins.last().unwrap().clone();
    decide(bencher, &policy(origins), &get(&last));
}

#[divan::bench(args = COUNTS)]
fn origins_miss(bencher: Bencher<'_, '_>, count: usize) {
    decide(
        bencher,
        &policy(exact(count)),
        &get("https://0000000.example.org"),
    );
}

#[divan::bench(args = [1, 10, 10_000])]
fn patterns_last(bencher: Bencher<'_, '_>, count: usize) {
    let origin = format!("https://app.{:07}.example.com", count - 1);
    decide(bencher, &policy(patterns(count)), &get(&origin));
}

#[divan::bench(args = [1, 10, 10_000])]
fn patterns_miss(bencher: Bencher<'_, '_>, count: usize) {
    decide(
        bencher,
        &policy(patterns(count)),
        &get("https://app.9999999.example.com"),
    );
}

#[divan::bench(args = [1, 10, 10_000])]
fn labels_last(bencher: Bencher<'_, '_>, count: usize) {
    let origin = format!("https://{:07}-a.example.com", count - 1);
    decide(bencher, &policy(labels(count)), &get(&origin));
}

#[divan::bench(args = [1, 10, 10_000])]
fn labels_miss(bencher: Bencher<'_, '_>, count: usize) {
    decide(
        bencher,
        &policy(labels(count)),
        &get("https://9999999-a.example.com"),
    );
}

#[divan::bench]
fn preflight_three_headers(bencher: Bencher<'_, '_>) {
    let request = preflight("https://0000000.example.com", &["x-a,x-b,x-c".to_owned()]);
    decide(bencher, &policy(exact(1)), &request);
}

#[divan::bench]
fn preflight_header_refused(bencher: Bencher<'_, '_>) {
    let request = preflight("https://0000000.example.com", &["x-a,x-d".to_owned()]);
    decide(bencher, &policy(exact(1)), &request);
}

const ATTACKS: [&str; 5] = [
    "commas",
    "blanks",
    "one name",
    "a name repeated",
    "empty lines",
];

#[divan::bench(args = ATTACKS)]
fn attack_headers_64_kib(bencher: Bencher<'_, '_>, attack: &str) {
    let size = 64 * 1024;
    let headers = match attack {
        "commas" => vec![",".repeat(size)],
        "blanks" => vec![" ".repeat(size)],
        "one name" => vec!["x".repeat(size)],
        "a name repeated" => vec!["x-a,".repeat(size / 4)],
        _ => vec![String::new(); 1_000],
    };
    decide(
        bencher,
        &policy(exact(1)),
        &preflight("https://0000000.example.com", &headers),
    );
}

#[divan::bench(args = [20, 300, 64 * 1024])]
fn attack_origin_of_bytes(bencher: Bencher<'_, '_>, size: usize) {
    let mut origins = exact(10);
    origins.extend(patterns(10));
    let origin = format!("https://{}", "a.".repeat(size / 2));
    decide(bencher, &policy(origins), &get(&origin));
}

#[divan::bench(args = [100_000, 1_000_000], sample_count = 10, sample_size = 1)]
fn build(bencher: Bencher<'_, '_>, count: usize) {
    let config = Config::new().allow_origins(exact(count));
    bencher
        .with_inputs(|| config.clone())
        .bench_local_values(|config| config.build().unwrap());
}

/// One origin among many is added, again and again: from time to time, a change builds the list anew.
#[divan::bench(args = [100_000, 1_000_000], sample_count = 10_000, sample_size = 1)]
fn change_one(bencher: Bencher<'_, '_>, count: usize) {
    let mut policy = policy(exact(count));
    let mut added = 0;
    bencher.bench_local(|| {
        added += 1;
        let origin = format!("https://{added:07}.example.org");
        policy = policy.with_changed_origins([&*origin], []).unwrap();
    });
}

/// A thousand in one call.
#[divan::bench(args = [1_000_000], sample_count = 300, sample_size = 1)]
fn change_a_thousand(bencher: Bencher<'_, '_>, count: usize) {
    let mut policy = policy(exact(count));
    let mut added = 0;
    bencher.bench_local(|| {
        let origins = (added..added + 1_000).map(|n| format!("https://{n:07}.example.org"));
        let origins: Vec<String> = origins.collect();
        let changed = policy.with_changed_origins(origins.iter().map(String::as_str), []);
        policy = changed.unwrap();
        added += 1_000;
    });
}

#[divan::bench(args = COUNTS)]
fn changed_origins_last(bencher: Bencher<'_, '_>, count: usize) {
    let mut origins = exact(count);
    let last = origins.pop().unwrap();
    let changed = policy(origins).with_changed_origins([&*last], []);
    decide(bencher, &changed.unwrap(), &get(&last));
}

#[divan::bench(args = COUNTS)]
fn changed_origins_first(bencher: Bencher<'_, '_>, count: usize) {
    let changed = policy(exact(count)).with_changed_origins(["https://example.net"], []);
    decide(
        bencher,
        &changed.unwrap(),
        &get("https://0000000.example.com"),
    );
}
