//! The committed pages are those that the committed results render.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test fails by a panic"
)]

use benchmark_report::{Cost, Figures, Folder, Outcome, Role, Scenario, Subject, Unit, tables};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

#[test]
fn committed_pages_are_up_to_date() {
    let outdated = Folder::committed().outdated().unwrap();
    let paths: Vec<_> = outdated.iter().map(|(path, _)| path).collect();
    assert!(
        paths.is_empty(),
        "run `cargo run -p benchmark-report`, which writes {paths:?}"
    );
}

#[test]
fn the_page_is_short() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../PERFORMANCE.md");
    let lines = fs::read_to_string(page).unwrap().lines().count();
    assert!(lines <= 200, "{lines} lines");
}

#[test]
fn results_are_read_as_they_were_stored() {
    let results = Folder::committed().results().unwrap();
    let temporary = tempfile::tempdir().unwrap();
    let folder = Folder::at(temporary.path());
    folder.store_cost(&results.cost).unwrap();
    folder.store_end_to_end(&results.end_to_end).unwrap();
    let read = folder.results().unwrap();
    assert!(results.cost == read.cost && results.end_to_end == read.end_to_end);
}

#[test]
fn a_changed_result_makes_the_pages_outdated() {
    let temporary = tempfile::tempdir().unwrap();
    let folder = Folder::at(temporary.path());
    let mut cost = Folder::committed().results().unwrap().cost;
    folder.store_cost(&cost).unwrap();
    assert!(folder.outdated().unwrap().is_empty());
    let results = temporary.path().join("benches/results/cost.jsonl");
    let text = fs::read_to_string(&results).unwrap();
    cost.machine = "Measured elsewhere.".to_owned();
    Folder::at(temporary.path().join("other"))
        .store_cost(&cost)
        .unwrap();
    let other = temporary.path().join("other/benches/results/cost.jsonl");
    fs::copy(other, &results).unwrap();
    assert_eq!(
        folder.outdated().unwrap().len(),
        2,
        "the page and the tables name the machine"
    );
    fs::write(&results, text.replacen("\"scenario\"", "\"scene\"", 1)).unwrap();
    let error = folder.outdated().unwrap_err().to_string();
    assert!(error.contains("cost.jsonl:"), "{error}");
}

/// Partial runs render what they have.
#[test]
fn any_part_of_the_results_renders() {
    let whole = Folder::committed().results().unwrap().cost;
    for part in ["miss", "not CORS", "50 allowed", "no such scenario"] {
        let mut cost = whole.clone();
        cost.scenarios
            .retain(|scenario| scenario.name.contains(part));
        cost.buildings.clear();
        let temporary = tempfile::tempdir().unwrap();
        let folder = Folder::at(temporary.path());
        folder.store_cost(&cost).unwrap();
        for (path, text) in [
            ("PERFORMANCE.md", "# Performance"),
            ("benches/TABLES.md", "# All figures"),
        ] {
            let page = fs::read_to_string(temporary.path().join(path)).unwrap();
            assert!(page.starts_with(text), "{part}: {page}");
            assert!(
                !page.contains("NaN") && !page.contains("inf "),
                "{part}: {page}"
            );
        }
    }
}

/// As the script `build-cost` writes them.
#[test]
fn the_weight_of_a_build_is_on_the_page() {
    let temporary = tempfile::tempdir().unwrap();
    let results = temporary.path().join("benches/results");
    fs::create_dir_all(&results).unwrap();
    let line = r#"{"framework":"axum","middleware":"cors-axum","crates":4,"seconds":11.8,"megabytes":0.50}"#;
    fs::write(results.join("build-cost.jsonl"), format!("{line}\n")).unwrap();
    Folder::at(temporary.path()).render().unwrap();
    let page = fs::read_to_string(temporary.path().join("PERFORMANCE.md")).unwrap();
    let row = "| axum | `cors-axum` | 4 | 11.8 s | 0.50 MB |";
    assert!(page.contains(row), "{page}");
}

#[test]
fn what_skips_the_application_is_not_compared() {
    let tables = |theirs| {
        let scenario = scenario("one origin, denied", Outcome::Denied, 900, theirs);
        tables::of_cost(&Cost {
            subjects: vec![Subject {
                name: "warp".to_owned(),
                peer: "warp::cors".to_owned(),
                variants: vec!["warp::cors".to_owned(), "ours".to_owned()],
            }],
            scenarios: vec![scenario],
            ..Cost::default()
        })
    };
    let compared = tables(1_000);
    assert!(compared.contains("0.90 x (900 of 1,000)"), "{compared}");
    assert!(!compared.contains("Not compared"), "{compared}");
    let not_compared = tables(-1_000);
    assert!(!not_compared.contains("900 of"), "{not_compared}");
    assert!(
        not_compared.contains("Not compared") && not_compared.contains("warp, one origin, denied."),
        "{not_compared}"
    );
}

/// What the texts of the page say without a figure.
#[test]
fn the_texts_say_what_the_figures_say() {
    let cost = Folder::committed().results().unwrap().cost;
    let ir = |subject: &str, variant: &str, scenario: &str| {
        cost.above(Unit::Instructions, subject, variant, scenario)
    };
    for subject in &cost.subjects {
        for (small, large) in [
            ("10 origins, last", "1,000,000 origins, last"),
            ("1 patterns, last", "10,000 patterns, last"),
        ] {
            let [small, large] = [small, large].map(|it| ir(&subject.name, "ours", it).unwrap());
            let is_decision = subject.peer.is_empty();
            assert!(
                large <= 1.5 * small || is_decision,
                "ours hardly changes: {}",
                subject.name
            );
        }
    }
    for (subject, peer) in [
        ("axum, `Router::layer`", "tower-http"),
        ("actix", "actix-cors"),
    ] {
        let few = ir(subject, peer, "10 patterns, last").unwrap();
        let many = ir(subject, peer, "10,000 patterns, last").unwrap();
        assert!(many > 10.0 * few, "{peer} tries one pattern after another");
    }
    assert!(ir("warp", "warp::cors", "1 patterns, last").is_none());
    assert!(ir("Rocket", "rocket_cors", "1,000 patterns, last").is_some());
    assert!(ir("Rocket", "rocket_cors", "10,000 patterns, last").is_none());
    let allowed = cost.scenario("one origin, allowed").unwrap();
    assert_eq!(allowed.differences("warp", "warp::cors"), ["no Vary"]);
    let around = ir(
        "axum, around the router",
        "ours",
        "preflight, 1 method + 3 headers",
    );
    assert!(
        around.unwrap() < 0.0,
        "a preflight can cost less than without CORS"
    );
}

/// A scenario of warp.
fn scenario(name: &str, outcome: Outcome, ours: i64, theirs: i64) -> Scenario {
    let figures = |instructions| Figures([Some(instructions), None, None, None]);
    let above = [("ours", figures(ours)), ("warp::cors", figures(theirs))];
    let costs = benchmark_report::Costs {
        bare: figures(2_000),
        above: above.map(|(name, it)| (name.to_owned(), it)).into(),
        differences: BTreeMap::new(),
    };
    Scenario {
        name: name.to_owned(),
        policy: "One".to_owned(),
        outcome,
        role: Role::Plain,
        costs: [("warp".to_owned(), costs)].into(),
    }
}
