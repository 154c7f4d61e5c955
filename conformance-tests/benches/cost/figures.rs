//! All measured figures, by subject, variant and scenario.

use benchmark_report::Unit;
use cors_benchmarks::response::Evaluation;
use cors_benchmarks::subject::{Subject, Variant};
use std::collections::HashMap;

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

    pub(crate) fn has(&self, unit: Unit) -> bool {
        self.whole.keys().any(|(other, ..)| *other == unit)
    }
}
