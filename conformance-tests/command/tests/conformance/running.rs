//! A server that runs, with a policy of its own.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::thread;

use conformance_tests::app;
use conformance_tests::subject::FRAMEWORKS;
use cors_core::Config;
use serde_json::{Value, json};

use crate::server::{bytes, read};
use crate::{Run, conformance, impatient, run};

#[test]
fn a_running_server_is_tested_with_its_own_policy() {
    let policy = json!({ "allow_origins": ["https://shop.example"], "allow_credentials": true });
    let right = serde_json::from_value::<Config>(policy.clone()).unwrap();
    let wider = right
        .clone()
        .allow_origins(["https://shop.example", "https://evil.example"]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("policy.json");
    fs::write(&file, policy.to_string()).unwrap();
    for (config, status, outcome) in [(right, 0, None), (wider, 1, Some("leaks"))] {
        let running = FRAMEWORKS[0].spawn(config.build().unwrap()).unwrap();
        let mut command = conformance();
        // The status and the body are those of an application that is not known.
        command
            .arg("--url")
            .arg(format!("http://{}/items?page=1", running.address));
        command.arg("--policy").arg(&file).args([
            "--only",
            "origin-match/",
            "--only",
            "classification/",
        ]);
        let found = run(&mut command);
        assert_eq!(
            found.status,
            status,
            "{:#?} {}",
            found.failures(),
            found.stderr
        );
        let first = found.failures().first().map(|case| case["outcome"].clone());
        assert_eq!(first, outcome.map(Into::into));
        assert!(found.allowed() > 20, "{}", found.allowed());
        running.stop().unwrap();
    }
}

/// Policies with an allowed origin of each form.
fn policies() -> Vec<Value> {
    let origins = [
        "https://portal.corp:8443",
        "http://10.0.0.1",
        "https://*.corp.example",
        "http://localhost:*",
        "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
        "null",
        "*",
    ];
    let mut policies: Vec<_> = origins
        .iter()
        .map(|origin| json!({ "allow_origins": [origin] }))
        .collect();
    policies.push(json!({ "allow_origin_regex": r"https://(shop|cart)\.corp(:\d+)?" }));
    policies
}

#[test]
fn a_server_without_cors_fails_under_every_policy() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            if let Some(request) = read(&mut stream) {
                let _ = stream.write_all(&bytes(&request, &app::respond(&request)));
            }
        }
    });
    for policy in policies() {
        let found = run_usual(address, &policy);
        assert_eq!(found.status, 1, "{policy}: {}", found.stderr);
        assert!(found.allowed() > 20, "{policy}: {}", found.allowed());
        let broken = &found.report["counts"]["breaks"];
        assert!(broken.as_u64().unwrap() > 10, "{policy}: {broken}");
    }
}

#[test]
fn a_right_server_passes_under_every_policy() {
    for policy in policies() {
        let config = serde_json::from_value::<Config>(policy.clone()).unwrap();
        let running = FRAMEWORKS[0].spawn(config.build().unwrap()).unwrap();
        let found = run_usual(running.address, &policy);
        assert_eq!(found.status, 0, "{policy}: {:#?}", found.failures());
        running.stop().unwrap();
    }
}

#[test]
fn every_entry_of_the_policy_is_tested() {
    let policy = json!({ "allow_origins": ["https://shop.example", "http://*.shop.example"] });
    let narrower = Config::new().allow_origins(["https://shop.example"]);
    let running = FRAMEWORKS[0].spawn(narrower.build().unwrap()).unwrap();
    let found = run_usual(running.address, &policy);
    let outcomes: Vec<_> = found
        .failures()
        .iter()
        .map(|case| &case["outcome"])
        .collect();
    assert_eq!(outcomes, ["breaks", "breaks"], "{:#?}", found.failures());
    running.stop().unwrap();
}

#[test]
fn without_a_request_of_an_allowed_origin_nothing_is_tested() {
    let own =
        json!({ "allow_origins": ["https://a.example"], "own_origins": ["http://localhost:3000"] });
    for (policy, only, remedy) in [
        (
            json!({ "allow_origins": [] }),
            "origin-match/",
            "allow an origin in the policy",
        ),
        (
            json!({ "allow_origins": ["*"] }),
            "null-not-listed",
            "select more cases",
        ),
        (own, "origin-match/", "`own_origins`"),
    ] {
        let found = run_only("127.0.0.1:1".parse().unwrap(), &policy, &[only]);
        assert_eq!(found.status, 2, "{policy}");
        let problem = "error: no request of an allowed origin is among the cases";
        assert!(found.stderr.contains(problem), "{}", found.stderr);
        assert!(found.stderr.contains(remedy), "{}", found.stderr);
    }
}

fn run_usual(address: SocketAddr, policy: &Value) -> Run {
    run_only(
        address,
        policy,
        &["actual/", "classification/", "credentials/", "vary/"],
    )
}

fn run_only(address: SocketAddr, policy: &Value, only: &[&str]) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("policy.json");
    fs::write(&file, policy.to_string()).unwrap();
    let mut command = conformance();
    command.args(["--url", &format!("http://{address}"), "--policy"]);
    run(command
        .arg(&file)
        .args(only.iter().flat_map(|name| ["--only", name])))
}

#[test]
fn garbage_and_endless_responses_are_faults() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("policy.json");
    fs::write(&file, r#"{ "allow_origins": ["https://shop.example"] }"#).unwrap();
    for (start, rest) in [
        ("hello", ""),
        ("HTTP/1.1 200 OK\r\nx: ", "x"),
        ("", "HTTP/1.1 103 Early Hints\r\n\r\n"),
        ("HTTP/1.1 200 OK\r\n\r\n", "x"),
        (
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
            "1\r\nx\r\n",
        ),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let _ = stream.read(&mut [0; 4096]);
                let rest = rest.repeat(1000);
                let mut written = stream.write_all(start.as_bytes());
                while !rest.is_empty() && written.is_ok() {
                    written = stream.write_all(rest.as_bytes());
                }
            }
        });
        let mut command = impatient("0.3");
        command.args(["--url", &url, "--only", "vary/allowed"]);
        let found = run(command.arg("--policy").arg(&file));
        assert_eq!(found.status, 1, "{}", found.stderr);
        let failures = found.failures();
        assert!(!failures.is_empty(), "{start}");
        for case in failures {
            assert_eq!(case["outcome"], "fault", "{start}: {case:#}");
        }
    }
}
