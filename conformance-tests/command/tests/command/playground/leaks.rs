//! What a playground keeps when its policy is replaced.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use conformance_tests::subject::FRAMEWORKS;
use serde_json::json;
use test_support::process::PATIENCE;

use super::{apply, request};
use crate::process::Playground;

#[test]
fn applied_policies_leave_no_thread_and_no_listener() {
    for framework in FRAMEWORKS {
        let playground = Playground::start(&["--framework", framework.name]);
        let Playground { page, api, .. } = &playground;
        let pid = playground.server.child.id();
        let use_one = |n: usize| {
            let origin = format!("https://{n}.example.com");
            let policy = json!({ "allow_origins": [origin] }).to_string();
            assert!(apply(page, &policy, &[]).starts_with("HTTP/1.1 200 "));
            // The log keeps this request, but not the server that responded to it.
            let target = format!("GET /items?row={n}");
            let response = request(api, &target, &[&format!("origin: {origin}")], "");
            assert!(
                response.contains("access-control-allow-origin"),
                "{response}"
            );
        };
        use_one(0);
        let threads = threads(pid);
        (1..30).for_each(use_one);
        // A server ends some time after its last response.
        // Four servers: the page, the frame, the API, and the framework.
        let is_clean = || listeners(pid) == 4 && self::threads(pid) <= threads;
        eventually(framework.name, is_clean);
    }
}

fn threads(pid: u32) -> usize {
    fs::read_dir(format!("/proc/{pid}/task")).unwrap().count()
}

/// The number of sockets on which the process listens.
fn listeners(pid: u32) -> usize {
    let descriptors = fs::read_dir(format!("/proc/{pid}/fd")).unwrap();
    // A descriptor may be closed in the meantime.
    let targets = descriptors.filter_map(|it| fs::read_link(it.unwrap().path()).ok());
    let own: Vec<String> = targets
        .map(|target| target.to_string_lossy().into_owned())
        .collect();
    ["tcp", "tcp6"]
        .map(|table| fs::read_to_string(format!("/proc/{pid}/net/{table}")).unwrap_or_default())
        .iter()
        .flat_map(|table| table.lines())
        .filter(|line| {
            let fields: Vec<_> = line.split_whitespace().collect();
            let is_listening = fields[3] == "0A";
            is_listening && own.contains(&format!("socket:[{}]", fields[9]))
        })
        .count()
}

fn eventually(what: &str, condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < PATIENCE, "{what}: never true");
        thread::sleep(Duration::from_millis(20));
    }
}
