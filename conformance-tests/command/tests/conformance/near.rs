//! A server that runs, with a policy of its own.

use std::fs;

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
