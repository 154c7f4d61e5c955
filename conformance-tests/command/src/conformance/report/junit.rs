//! JUnit XML. Each file of vectors is a test suite.

use std::collections::BTreeMap;

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use super::{Line, Report};

pub(crate) fn junit(report: &Report) -> Result<String, quick_junit::SerializeError> {
    let mut files: BTreeMap<&str, Vec<&Line>> = BTreeMap::new();
    for case in &report.cases {
        let file = case.name.split('/').next().unwrap_or_default();
        files.entry(file).or_default().push(case);
    }
    let mut all = quick_junit::Report::new(format!("{} ({})", report.name, report.profile()));
    for (file, cases) in files {
        let mut suite = TestSuite::new(file);
        suite.add_test_cases(cases.into_iter().map(|case| test_case(report, case)));
        all.add_test_suite(suite);
    }
    all.to_string()
}

fn test_case(report: &Report, case: &Line) -> TestCase {
    let mut status = match (case.id(), case.note()) {
        ("not-started" | "abandoned", _) => TestCaseStatus::non_success(NonSuccessKind::Error),
        (_, Some(_)) => TestCaseStatus::skipped(),
        (_, None) => TestCaseStatus::success(),
    };
    if let Some(finding) = report.failure(case) {
        status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status
            .set_type(finding.harm.id())
            .set_message(finding.section.title.as_str())
            .set_description(case.details(finding).join("\n"));
    } else if let Some(note) = case.note() {
        status.set_type(case.id()).set_message(note);
    }
    let mut test = TestCase::new(case.name.as_str(), status);
    test.set_classname(case.section().title.as_str());
    test
}
