//! TAP 14.

use super::{Line, Report};

/// One line for each case; the details of a failure are a YAML block.
pub(crate) fn tap(report: &Report) -> String {
    let mut text = format!("TAP version 14\n1..{}\n", report.cases.len());
    for (place, case) in report.cases.iter().enumerate() {
        text += &point(report, place + 1, case);
    }
    text
}

fn point(report: &Report, number: usize, case: &Line) -> String {
    let name = &case.name;
    if let Some(finding) = report.failure(case) {
        let (rule, harm) = (quoted(&finding.section.title), finding.harm.id());
        let details = case.details(finding);
        let details: Vec<_> = details
            .iter()
            .map(|line| format!("    - {}\n", quoted(line)))
            .collect();
        let details = details.concat();
        return format!(
            "not ok {number} - {name}\n  ---\n  harm: {harm}\n  rule: {rule}\n  details:\n{details}  ...\n"
        );
    }
    match (case.id(), case.note()) {
        (id @ ("not-started" | "abandoned"), Some(note)) => {
            format!(
                "not ok {number} - {name}\n  ---\n  {id}: {}\n  ...\n",
                quoted(note)
            )
        }
        (id, Some(note)) => format!("ok {number} - {name} # SKIP {id}: {}\n", plain(note)),
        (_, None) => format!("ok {number} - {name}\n"),
    }
}

/// A text in double quotes: JSON is YAML.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A text that has no meaning in TAP.
fn plain(text: &str) -> String {
    text.replace('\\', "\\\\").replace('#', "\\#")
}
