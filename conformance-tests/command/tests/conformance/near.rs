//! A server that runs, with a policy of its own.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;

use conformance_tests::subject::FRAMEWORKS;
use cors_core::Config;
use serde_json::json;

use crate::{conformance, run};

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
        assert!(found.report["cases"].as_array().unwrap().len() > 100);
        running.stop().unwrap();
    }
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
        let mut command = conformance();
        command.args([
            "--url",
            &url,
            "--case-limit",
            "0.3",
            "--only",
            "vary/allowed",
        ]);
        let found = run(command.arg("--policy").arg(&file));
        assert_eq!(found.status, 1, "{}", found.stderr);
        let failures = found.failures();
        assert!(!failures.is_empty(), "{start}");
        for case in failures {
            assert_eq!(case["outcome"], "fault", "{start}: {case:#}");
        }
    }
}
