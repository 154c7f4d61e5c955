//! The example that follows its policy file.

#![cfg(all(feature = "serde", feature = "watch"))]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "../examples/watch.rs"]
#[expect(dead_code, reason = "an example has a `main`")]
mod example;
mod support;

use std::fs;
use std::sync::mpsc::channel;
use std::time::Duration;
use support::{get, is_shared, send};

#[tokio::test]
async fn the_example_follows_its_file() {
    let policy = fs::read_to_string(example::POLICY).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cors.toml");
    fs::write(&path, &policy).unwrap();
    let (results, next) = channel();
    let report = move |result: Result<_, _>| results.send(result.is_ok()).unwrap();
    let (app, watcher) = example::app(path.clone(), report).unwrap();
    assert!(!is_shared(send(app.clone(), get("/")).await.headers()));

    let listed = "[\"https://app.example.com\"]\nallow_credentials = true";
    let changed = policy.replace("[\"http://localhost:*\"]", listed);
    let new = folder.path().join("new");
    fs::write(&new, changed).unwrap();
    fs::rename(new, path).unwrap();
    let limit = Duration::from_secs(120); // only for failures
    assert_eq!(next.recv_timeout(limit), Ok(true));
    assert!(is_shared(send(app, get("/")).await.headers()));
    drop(watcher);
}
