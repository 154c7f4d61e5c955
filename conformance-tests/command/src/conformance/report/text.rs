//! The report for people.

use std::collections::BTreeMap;
use std::fmt;

use super::{Line, Report};

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
        let mut notes: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for case in &self.cases {
            if let Some(finding) = self.failure(case) {
                let lines = case.details(finding).join("\n    ");
                writeln!(f, "FAILED {}: {}\n    {lines}", case.name, case.id())?;
                *rules.entry(&finding.section.title).or_default() += 1;
            }
            if let Some(note) = case.note() {
                *notes.entry((case.id(), note)).or_default() += 1;
            }
        }
        for ((id, note), count) in notes {
            writeln!(f, "{count} {id}: {note}")?;
        }
        for (rule, count) in rules {
            writeln!(f, "{count} failed: {rule}")?;
        }
        let is_failed = |case: &&Line| self.failure(case).is_some();
        let failed = self.cases.iter().filter(is_failed).count();
        let counts = self.counts().into_iter().filter(|(_, count)| *count > 0);
        let counts: Vec<_> = counts.map(|(id, count)| format!("{count} {id}")).collect();
        writeln!(
            f,
            "{}, profile {}: {} cases, {} policies, {failed} failures ({})",
            self.name,
            self.profile(),
            self.cases.len(),
            self.policies,
            counts.join(", ")
        )
    }
}
