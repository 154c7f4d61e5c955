//! Comparisons of a figure with its limit, in the forms that the goals need. All figures are
//! differences from the bare framework.

use crate::figures::{Figures, Unit};
use cors_benchmarks::markdown::thousands;
use cors_benchmarks::scenario::table::{EMPTY_LINES, PREFLIGHT};
use cors_benchmarks::scenario::{Role, Scenario};
use cors_benchmarks::subject::{self, Subject, Variant};

/// A figure that must not exceed its limit.
#[derive(Debug)]
pub(crate) struct Comparison {
    pub(crate) place: String,
    /// The figures in readable form.
    pub(crate) shown: String,
    measured: f64,
    limit: f64,
}

impl Comparison {
    pub(crate) fn new(place: &str, shown: String, measured: f64, limit: f64) -> Self {
        let place = place.to_owned();
        Self {
            place,
            shown,
            measured,
            limit,
        }
    }

    pub(crate) fn holds(&self) -> bool {
        self.measured <= self.limit
    }

    /// The excess over the limit, as a share of the limit.
    pub(crate) fn excess(&self) -> f64 {
        (self.measured - self.limit) / self.limit.abs().max(1.0)
    }
}

/// The figures of a run, with the comparisons that the goals need. All compared figures are
/// differences from the bare framework.
pub(crate) struct Run<'a> {
    pub(crate) figures: &'a Figures,
    pub(crate) scenarios: &'a [Scenario],
}

impl Run<'_> {
    fn ir(&self, subject: &Subject, variant: Variant, scenario: &str) -> Option<f64> {
        self.figures
            .over(Unit::Instructions, subject, variant, scenario)
    }

    fn each(
        &self,
        select: impl Fn(&Scenario) -> bool,
        compare: impl Fn(&str) -> Option<Comparison>,
    ) -> Vec<Comparison> {
        let selected = self.scenarios.iter().filter(|scenario| select(scenario));
        selected
            .filter_map(|scenario| compare(&scenario.name))
            .collect()
    }

    /// At most this share of the other variant. If the other variant costs less than the bare
    /// framework, a share has no meaning; then ours must cost at most as much.
    pub(crate) fn against(
        &self,
        subject: &Subject,
        other: Variant,
        factor: f64,
        select: impl Fn(&Scenario) -> bool,
    ) -> Vec<Comparison> {
        self.each(select, |name| {
            let (ours, other) = (
                self.ir(subject, Variant::Ours, name)?,
                self.ir(subject, other, name)?,
            );
            let limit = if other > 0.0 { factor * other } else { other };
            let ratio = match other > 0.0 {
                true => format!("{:.2} x", ours / other),
                false => "no ratio".to_owned(),
            };
            let shown = format!("{ratio} ({} of {})", whole(ours), whole(other));
            Some(Comparison::new(name, shown, ours, limit))
        })
    }

    pub(crate) fn at_most(
        &self,
        subject: &Subject,
        limit: f64,
        select: impl Fn(&Scenario) -> bool,
    ) -> Vec<Comparison> {
        self.each(select, |name| {
            let ours = self.ir(subject, Variant::Ours, name)?;
            Some(Comparison::new(
                name,
                format!("{} Ir", whole(ours)),
                ours,
                limit,
            ))
        })
    }

    /// At most this much more than the other middleware.
    pub(crate) fn at_most_above(
        &self,
        subject: &Subject,
        more: f64,
        select: impl Fn(&Scenario) -> bool,
    ) -> Vec<Comparison> {
        self.each(select, |name| {
            let (ours, other) = (
                self.ir(subject, Variant::Ours, name)?,
                self.ir(subject, Variant::Peer, name)?,
            );
            let shown = format!("{} and {} Ir", whole(ours), whole(other));
            Some(Comparison::new(name, shown, ours, other + more))
        })
    }

    /// The cost of each additional requested name.
    pub(crate) fn names(&self, subject: &Subject) -> Vec<Comparison> {
        let compared = self.scenarios.iter().filter_map(|scenario| {
            let Role::Names(count) = scenario.role else {
                return None;
            };
            let few = self.ir(subject, Variant::Ours, PREFLIGHT)?;
            let many = self.ir(subject, Variant::Ours, &scenario.name)?;
            let each = (many - few) / (count as f64 - 3.0);
            Some(Comparison::new(
                &scenario.name,
                format!("{each:.1} Ir"),
                each,
                60.0,
            ))
        });
        compared.collect()
    }

    pub(crate) fn no_allocations(&self, subject: &Subject) -> Vec<Comparison> {
        let compared = self.scenarios.iter().filter_map(|Scenario { name, .. }| {
            let count = self
                .figures
                .over(Unit::Allocations, subject, Variant::Ours, name)?;
            Some(Comparison::new(name, whole(count), count, 0.0))
        });
        compared.collect()
    }

    pub(crate) fn growth(
        &self,
        unit: Unit,
        series: &str,
        from: usize,
        to: usize,
        factor: f64,
    ) -> Vec<Comparison> {
        let compared = subject::ALL.iter().filter_map(|subject| {
            let small = self.size(unit, subject, Variant::Ours, series, from)?;
            let large = self.size(unit, subject, Variant::Ours, series, to)?;
            let shown = match unit {
                Unit::Instructions => format!(
                    "{:.2} x ({} of {})",
                    large / small,
                    whole(large),
                    whole(small)
                ),
                _ => format!("{} and {} bytes", whole(small), whole(large)),
            };
            let place = format!("{}, {series}", subject.name);
            Some(Comparison::new(&place, shown, large, factor * small))
        });
        compared.collect()
    }

    pub(crate) fn size(
        &self,
        unit: Unit,
        subject: &Subject,
        variant: Variant,
        series: &str,
        size: usize,
    ) -> Option<f64> {
        let mut scenarios = self.scenarios.iter();
        let scenario = scenarios.find(|scenario| {
            matches!(scenario.role, Role::Growth { series: other, size: of } if other == series && of == size)
        })?;
        self.figures.over(unit, subject, variant, &scenario.name)
    }

    pub(crate) fn attacks(&self, subject: &Subject) -> Vec<Comparison> {
        let compared = self.scenarios.iter().filter_map(|scenario| {
            let ratio = self.attack(subject, Variant::Ours, scenario)?;
            let limit = if scenario.name == EMPTY_LINES {
                2.0
            } else {
                1.5
            };
            Some(Comparison::new(
                &scenario.name,
                format!("{ratio:.2} x"),
                ratio,
                limit,
            ))
        });
        compared.collect()
    }

    /// The scenarios that may cost this many times as much as an ordinary request for the same policy.
    pub(crate) fn twins(&self, subject: &Subject, limit: f64) -> Vec<Comparison> {
        let compared = self.scenarios.iter().filter_map(|scenario| {
            let Role::Twin { benign, factor } = &scenario.role else {
                return None;
            };
            let ratio = self.ratio(subject, Variant::Ours, &scenario.name, benign)?;
            let shown = format!("{ratio:.2} x");
            (*factor == limit).then(|| Comparison::new(&scenario.name, shown, ratio, limit))
        });
        compared.collect()
    }

    /// The cost of an attack as a multiple of its benign refusal.
    pub(crate) fn attack(
        &self,
        subject: &Subject,
        variant: Variant,
        scenario: &Scenario,
    ) -> Option<f64> {
        let Role::Attack { benign, .. } = scenario.role else {
            return None;
        };
        self.ratio(subject, variant, &scenario.name, benign)
    }

    /// The ratio of the costs of two requests above the bare framework. If the cost of the refusal is
    /// near zero or negative, the cost of the bare framework for the refused request is added to both,
    /// so that the ratio has a meaning. The cost of the bare framework for the attack is not ours, so it
    /// is not used.
    fn ratio(&self, subject: &Subject, variant: Variant, one: &str, other: &str) -> Option<f64> {
        let cost = |name| self.ir(subject, variant, name);
        let (one, refusal) = (cost(one)?, cost(other)?);
        let is_decision = subject.variants.len() == 2;
        if is_decision || refusal >= 300.0 {
            return Some(one / refusal);
        }
        let whole = self
            .figures
            .whole(Unit::Instructions, subject, variant, other)?;
        Some((one + whole - refusal) / whole)
    }

    pub(crate) fn slopes(&self, subject: &Subject) -> Vec<Comparison> {
        let compared = self.scenarios.iter().filter_map(|scenario| {
            let slope = self.slope(subject, Variant::Ours, scenario)?;
            let Role::Attack { kind, .. } = scenario.role else {
                return None;
            };
            let place = format!("{}, {kind}", subject.name);
            Some(Comparison::new(&place, format!("{slope:.2}"), slope, 0.05))
        });
        compared.collect()
    }

    /// The slope of the cost of an attack from 16 KiB to 64 KiB, on logarithmic scales: 0 is constant,
    /// 1 is linear.
    pub(crate) fn slope(
        &self,
        subject: &Subject,
        variant: Variant,
        small: &Scenario,
    ) -> Option<f64> {
        let Role::Attack { kind, bytes, .. } = small.role else {
            return None;
        };
        let mut scenarios = self.scenarios.iter();
        let large = scenarios.find(|scenario| {
            matches!(scenario.role, Role::Attack { kind: other, bytes: size, .. } if other == kind && size == 4 * bytes)
        })?;
        Some(self.ratio(subject, variant, &large.name, &small.name)?.ln() / 4_f64.ln())
    }
}

/// `1,234`
pub(crate) fn whole(figure: f64) -> String {
    thousands(figure.round() as i64)
}
