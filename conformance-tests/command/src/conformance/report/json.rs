//! JSON.

use serde_json::{Map, Value, json};

use super::{Line, Outcome, Report};

pub(crate) fn json(report: &Report) -> String {
    let counts: Map<_, _> = report
        .counts()
        .into_iter()
        .map(|(id, count)| (id.to_owned(), count.into()))
        .collect();
    let cases: Vec<_> = report
        .cases
        .iter()
        .map(|case| entry(report, case))
        .collect();
    let report = json!({
        "server": report.name,
        "profile": report.profile(),
        "policies": report.policies,
        "counts": counts,
        "cases": cases,
    });
    format!("{report:#}\n")
}

fn entry(report: &Report, case: &Line) -> Map<String, Value> {
    let section = case.section();
    let mut entry = vec![
        ("name", json!(case.name)),
        ("decision", json!(case.decision)),
        ("outcome", json!(case.id())),
        ("failed", json!(report.failure(case).is_some())),
        (
            "rule",
            json!({ "title": section.title, "url": section.url }),
        ),
        ("why", json!(case.why)),
    ];
    if let Outcome::Found(finding) = &case.outcome {
        entry.push(("policy", json!(case.policy)));
        entry.push(("request", json!(case.request)));
        entry.push(("details", json!(finding.lines)));
    }
    if let Some(note) = case.note() {
        entry.push(("note", json!(note)));
    }
    let owned = entry
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value));
    owned.collect()
}
