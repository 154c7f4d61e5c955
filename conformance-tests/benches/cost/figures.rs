//! All measured figures, by subject, variant and scenario.

use cors_benchmarks::response::Evaluation;
use cors_benchmarks::subject::{Subject, Variant};
use std::collections::HashMap;

/// A quantity that is measured for one request.
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
    evaluations: HashMap<(&'static str, Variant, String), Evaluation>,
}

impl Figures {
    /// Stores the figure of one whole request.
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

    pub(crate) fn put_evaluation(
        &mut self,
        subject: &Subject,
        variant: Variant,
        scenario: &str,
        evaluation: Evaluation,
    ) {
        let key = (subject.name, variant, scenario.to_owned());
        self.evaluations.insert(key, evaluation);
    }

    pub(crate) fn evaluation(
        &self,
        subject: &Subject,
        variant: Variant,
        scenario: &str,
    ) -> Option<&Evaluation> {
        self.evaluations
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

    /// The figure of one request minus that of the bare framework. `None` if it was not measured, or if
    /// the middleware wrongly refuses the request.
    pub(crate) fn over(
        &self,
        unit: Unit,
        subject: &Subject,
        variant: Variant,
        scenario: &str,
    ) -> Option<f64> {
        let evaluation = self.evaluation(subject, variant, scenario);
        if evaluation.is_some_and(|evaluation| evaluation.is_wrong_refusal) {
            return None;
        }
        let whole = self.whole(unit, subject, variant, scenario)?;
        Some(whole - self.whole(unit, subject, Variant::Bare, scenario)?)
    }

    pub(crate) fn has(&self, unit: Unit) -> bool {
        self.whole.keys().any(|(other, ..)| *other == unit)
    }
}
