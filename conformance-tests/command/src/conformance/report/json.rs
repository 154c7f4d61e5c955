//! JSON.

use serde_json::{Map, Value, json};

use super::{Line, Report};

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

fn entry(report: &Report, case: &Line) -> Value {
    let section = case.section();
    let mut entry = json!({
        "name": case.name,
        "outcome": case.id(),
        "failed": report.failure(case).is_some(),
        "rule": { "title": section.title, "url": section.url },
        "why": case.why,
    });
    if let super::Outcome::Found(finding) = &case.outcome {
        entry["policy"] = case.policy.as_str().into();
        entry["request"] = case.request.as_str().into();
        entry["details"] = finding.lines.clone().into();
    }
    if let Some(note) = case.note() {
        entry["note"] = note.into();
    }
    entry
}
