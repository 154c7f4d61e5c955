//! Counts of observed events, per subject.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// How often each event was observed with one subject.
#[derive(Debug, Default)]
pub struct Counts(BTreeMap<&'static str, u64>);

impl Counts {
    /// Counts one event.
    pub fn count(&mut self, what: &'static str) {
        self.add(what, 1);
    }

    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn add(&mut self, what: &'static str, times: u64) {
        *self.0.entry(what).or_default() += times;
    }

    fn get(&self, what: &str) -> u64 {
        self.0.get(what).copied().unwrap_or_default()
    }
}

/// The counts of all subjects.
#[derive(Debug, Default)]
pub struct Tally(BTreeMap<&'static str, Counts>);

impl Tally {
    /// Adds the counts of a subject.
    pub fn add(&mut self, subject: &'static str, counts: Counts) {
        let sum = self.0.entry(subject).or_default();
        for (what, times) in counts.0 {
            sum.add(what, times);
        }
    }

    /// Checks that each of these events was observed with every subject, at least `share` times in
    /// a thousand `of`. Without this check, a generator could stop producing an interesting case
    /// while all tests pass. The cases must come from a [fixed](crate::random::fixed) runner.
    pub fn assert_shares(&self, of: &str, shares: &[(&str, u64)]) {
        for (subject, counts) in &self.0 {
            let all = counts.get(of);
            for (what, share) in shares {
                let seen = counts.get(what);
                assert!(
                    seen * 1_000 >= all * share && seen > 0,
                    "{subject}: only {seen} {what} in {all} {of}"
                );
            }
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:40}", "")?;
        for subject in self.0.keys() {
            write!(f, "{subject:>10}")?;
        }
        let all = self.0.values().flat_map(|counts| counts.0.keys());
        for what in all.collect::<BTreeSet<_>>() {
            write!(f, "\n{what:40}")?;
            for counts in self.0.values() {
                write!(f, "{:>10}", counts.get(what))?;
            }
        }
        Ok(())
    }
}
