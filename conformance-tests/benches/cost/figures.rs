//! Everything that was measured, by subject, variant and scenario.

use cors_benchmarks::response::Judgement;
use cors_benchmarks::subject::{Subject, Variant};
use std::collections::HashMap;

/// What is counted of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Unit {
    Instructions,
    Allocations,
    Bytes,
    Nanoseconds,
}

/// The figures of one run.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    whole: HashMap<(Unit, &'static str, Variant, String), f64>,
    judged: HashMap<(&'static str, Variant, String), Judgement>,
}

impl Figures {
    /// What one whole request takes.
    pub(crate) fn put(
        &mut self,
        unit: Unit,
        subject: &Subject,
        variant: Variant,
        scenario: &str,
        figure: f64,
    ) {
        let key = (unit, subject.name, variant, scenario.to_owned());
        self.whole.insert(key, figure);
    }

    pub(crate) fn judge(
        &mut self,
        subject: &Subject,
        variant: Variant,
        scenario: &str,
        judged: Judgement,
    ) {
        let key = (subject.name, variant, scenario.to_owned());
        self.judged.insert(key, judged);
    }

    pub(crate) fn judged(
        &self,
        subject: &Subject,
        variant: Variant,
        scenario: &str,
    ) -> Option<&Judgement> {
        self.judged
            .get(&(subject.name, variant, scenario.to_owned()))
    }

    pub(crate) fn whole(
        &self,
        unit: Unit,
        subject: &Subject,
        variant: Variant,
        scenario: &str,
    ) -> Option<f64> {
        let key = (unit, subject.name, variant, scenario.to_owned());
        self.whole.get(&key).copied()
    }

    /// What one request takes above the bare framework; `None`: not measured, or not the same work.
    pub(crate) fn over(
        &self,
        unit: Unit,
        subject: &Subject,
        variant: Variant,
        scenario: &str,
    ) -> Option<f64> {
        let judged = self.judged(subject, variant, scenario);
        if judged.is_some_and(|judged| judged.is_wrong_refusal) {
            return None;
        }
        let whole = self.whole(unit, subject, variant, scenario)?;
        Some(whole - self.whole(unit, subject, Variant::Bare, scenario)?)
    }

    pub(crate) fn has(&self, unit: Unit) -> bool {
        self.whole.keys().any(|(other, ..)| *other == unit)
    }
}
