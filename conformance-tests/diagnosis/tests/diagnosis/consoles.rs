//! The messages are those that browsers write to their consoles.

use cors_diagnosis::{Engine, console};
use test_support::skip::skip;

use crate::engine::{self, Messages};
use crate::server::Page;
use crate::situations::CASES;

#[test]
fn chromium() {
    compare(Engine::Chromium, engine::chromium);
}

#[test]
fn firefox() {
    compare(Engine::Firefox, engine::firefox);
}

#[test]
fn safari() {
    compare(Engine::Safari, engine::webkit);
}

fn compare(engine: Engine, messages: impl FnOnce(&Page) -> Messages) {
    let page = Page::start();
    let cases: Vec<_> = CASES.iter().enumerate().collect();
    let cases: Vec<_> = cases
        .into_iter()
        .map(|(number, case)| case.at(&page.origin, &format!("{}/{number}", page.api)))
        .collect();
    page.set(cases.clone());
    let Some(actual) = messages(&page) else {
        return skip(&format!("no {}", engine.name()));
    };
    assert_eq!(actual.len(), cases.len());
    let mut wrong = Vec::new();
    for ((case, actual), row) in cases.iter().zip(actual).zip(&CASES) {
        let expected = case.observe(|seen| console(seen, engine)).unwrap();
        if expected != actual {
            wrong.push(format!(
                "{row:?}\n  expected {expected}\n  actual   {actual}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
