//! Runs every vector on every subject.
//!
//! `cargo test -p conformance-tests --test vectors -- --nocapture` shows the report;
//! `CORS_VECTOR=part` runs only the vectors whose full name contains `part`.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::path::Path;

use conformance_tests::run::run;
use conformance_tests::subject;
use conformance_tests::vector::Suite;

#[test]
fn vectors() {
    let mut suite = suite();
    if let Ok(part) = std::env::var("CORS_VECTOR") {
        suite.retain(&part);
        assert!(!suite.is_empty(), "no vector name contains {part:?}");
    }
    let report = run(&suite, &subject::all()).unwrap();
    println!("{report}");
    assert!(
        report.failures.is_empty(),
        "{} failures",
        report.failures.len()
    );
}

/// A suite that mostly expects acceptance proves little: code that allows everything would pass it.
#[test]
fn more_vectors_are_refused_than_allowed() {
    let suite = suite();
    let ends = |end| {
        let decided =
            |decision: &Option<String>| decision.as_deref().is_some_and(|d| d.ends_with(end));
        suite
            .vectors
            .iter()
            .filter(|vector| decided(&vector.expect.decision))
            .count()
    };
    let invalid = suite
        .configs
        .iter()
        .filter(|config| !config.expect.errors.is_empty())
        .count();
    let refused = ends("refused") + ends("blocked") + invalid;
    let allowed = ends("allowed") + (suite.configs.len() - invalid);
    assert!(refused > allowed, "{refused} refused, {allowed} allowed");
}

fn suite() -> Suite {
    Suite::load(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap()
}
