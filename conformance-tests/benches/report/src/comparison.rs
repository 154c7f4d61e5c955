//! Comparisons of a figure with its limit, in the forms that the goals need. All compared figures are differences from
//! the framework without CORS.

use crate::cost::{BARE, Cost, OURS, Role, Scenario, Subject, Unit};
use crate::markdown::whole;

/// The name of an ordinary preflight.
pub(crate) const PREFLIGHT: &str = "preflight, 1 method + 3 headers";
/// The attack with many header lines instead of one long value.
const EMPTY_LINES: &str = "1,000 empty lines";

/// A figure that must not exceed its limit.
#[derive(Clone, Debug)]
pub(crate) struct Comparison {
    /// The scenario, or what else was measured.
    pub(crate) place: String,
    /// The figures for a table.
    pub(crate) shown: String,
    /// The figures as the end of a sentence that begins with the place.
    pub(crate) sentence: String,
    pub(crate) measured: f64,
    pub(crate) limit: f64,
}

impl Comparison {
    pub(crate) fn holds(&self) -> bool {
        self.measured <= self.limit
    }

    /// The excess over the limit, as a share of the limit.
    pub(crate) fn excess(&self) -> f64 {
        let whole = match self.limit.abs() {
            0.0 => 1.0,
            limit => limit,
        };
        (self.measured - self.limit) / whole
    }
}

/// A condition on scenarios.
pub(crate) type Select = fn(&Scenario) -> bool;

/// The instructions of ours and of the other middleware.
fn both(scenario: &Scenario, subject: &Subject) -> Option<(f64, f64)> {
    let above = |variant| scenario.above(Unit::Instructions, &subject.name, variant);
    Some((above(OURS)?, above(&subject.peer)?))
}

impl Cost {
    fn ir(&self, subject: &Subject, variant: &str, scenario: &str) -> Option<f64> {
        self.above(Unit::Instructions, &subject.name, variant, scenario)
    }

    fn each(
        &self,
        select: impl Fn(&Scenario) -> bool,
        compare: impl Fn(&Scenario) -> Option<Comparison>,
    ) -> Vec<Comparison> {
        let selected = self.scenarios.iter().filter(|scenario| select(scenario));
        selected.filter_map(compare).collect()
    }

    /// At most this share of the other middleware; see [`Self::left_out`].
    pub(crate) fn against(
        &self,
        subject: &Subject,
        factor: f64,
        select: impl Fn(&Scenario) -> bool,
    ) -> Vec<Comparison> {
        self.each(select, |scenario| {
            let (ours, other) = both(scenario, subject)?;
            (other > 0.0).then(|| Comparison {
                place: scenario.name.clone(),
                shown: format!(
                    "{:.2} x ({} of {})",
                    ours / other,
                    whole(ours),
                    whole(other)
                ),
                sentence: format!(
                    "costs {} instructions, and {} with `{}`",
                    whole(ours),
                    whole(other),
                    subject.peer
                ),
                measured: ours,
                limit: factor * other,
            })
        })
    }

    /// Scenarios in which the other middleware costs less than the framework without CORS, because it responds without
    /// calling the application. It does not do the same work then, and a share of its cost has no meaning.
    pub(crate) fn left_out(
        &self,
        subject: &Subject,
        select: impl Fn(&Scenario) -> bool,
    ) -> Vec<String> {
        let selected = self.scenarios.iter().filter(|scenario| select(scenario));
        let is_left_out = |scenario: &&Scenario| {
            let other = scenario.above(Unit::Instructions, &subject.name, &subject.peer);
            other.is_some_and(|other| other <= 0.0)
        };
        let left_out = selected.filter(is_left_out);
        left_out.map(|scenario| scenario.name.clone()).collect()
    }

    pub(crate) fn at_most(
        &self,
        subject: &Subject,
        limit: f64,
        select: impl Fn(&Scenario) -> bool,
    ) -> Vec<Comparison> {
        self.each(select, |scenario| {
            let ours = scenario.above(Unit::Instructions, &subject.name, OURS)?;
            Some(Comparison {
                place: scenario.name.clone(),
                shown: format!("{} Ir", whole(ours)),
                sentence: format!(
                    "costs {} instructions instead of at most {}",
                    whole(ours),
                    whole(limit)
                ),
                measured: ours,
                limit,
            })
        })
    }

    /// At most this much more than the other middleware.
    pub(crate) fn at_most_above(
        &self,
        subject: &Subject,
        more: f64,
        select: impl Fn(&Scenario) -> bool,
    ) -> Vec<Comparison> {
        self.each(select, |scenario| {
            let (ours, other) = both(scenario, subject)?;
            Some(Comparison {
                place: scenario.name.clone(),
                shown: format!("{} and {} Ir", whole(ours), whole(other)),
                sentence: format!(
                    "costs {} instructions, and {} with `{}`",
                    whole(ours),
                    whole(other),
                    subject.peer
                ),
                measured: ours,
                limit: other + more,
            })
        })
    }

    /// The cost of each additional requested name.
    pub(crate) fn names(&self, subject: &Subject, limit: f64) -> Vec<Comparison> {
        let compared = self.scenarios.iter().filter_map(|scenario| {
            let Role::Names(count) = scenario.role else {
                return None;
            };
            let few = self.ir(subject, OURS, PREFLIGHT)?;
            let many = scenario.above(Unit::Instructions, &subject.name, OURS)?;
            let each = (many - few) / (count as f64 - 3.0);
            Some(Comparison {
                place: scenario.name.clone(),
                shown: format!("{each:.1} Ir"),
                sentence: format!("costs {each:.1} instructions for each name"),
                measured: each,
                limit,
            })
        });
        compared.collect()
    }

    pub(crate) fn no_allocations(&self, subject: &Subject) -> Vec<Comparison> {
        let compared = self.scenarios.iter().filter_map(|scenario| {
            let count = scenario.above(Unit::Allocations, &subject.name, OURS)?;
            Some(Comparison {
                place: scenario.name.clone(),
                shown: whole(count),
                sentence: format!("allocates {} times", whole(count)),
                measured: count,
                limit: 0.0,
            })
        });
        compared.collect()
    }

    /// The large size of a series at most `factor` times as much as the small one, in every framework.
    pub(crate) fn growth(
        &self,
        unit: Unit,
        (series, from, to): (&str, usize, usize),
        factor: f64,
    ) -> Vec<Comparison> {
        let compared = self.subjects.iter().filter_map(|subject| {
            let small = self.size(unit, &subject.name, OURS, series, from)?;
            let large = self.size(unit, &subject.name, OURS, series, to)?;
            let (shown, noun) = match unit {
                Unit::Instructions => (
                    format!(
                        "{:.2} x ({} of {})",
                        large / small,
                        whole(large),
                        whole(small)
                    ),
                    "instructions",
                ),
                _ => (
                    format!("{} and {} bytes", whole(small), whole(large)),
                    "bytes",
                ),
            };
            Some(Comparison {
                place: format!("“{series}” on {}", subject.name),
                shown,
                sentence: format!(
                    "costs {} {noun} with {} entries, and {} with {}",
                    whole(large),
                    whole(to as f64),
                    whole(small),
                    whole(from as f64)
                ),
                measured: large,
                limit: factor * small,
            })
        });
        compared.collect()
    }

    /// The figure of one size in a series.
    pub(crate) fn size(
        &self,
        unit: Unit,
        subject: &str,
        variant: &str,
        series: &str,
        size: usize,
    ) -> Option<f64> {
        let mut scenarios = self.scenarios.iter();
        let scenario = scenarios.find(|scenario| {
            matches!(&scenario.role, Role::Growth { series: other, size: of } if other == series && *of == size)
        })?;
        scenario.above(unit, subject, variant)
    }

    pub(crate) fn attacks(&self, subject: &Subject) -> Vec<Comparison> {
        let compared = self.scenarios.iter().filter_map(|scenario| {
            let ratio = self.attack(subject, OURS, scenario)?;
            let is_lines = scenario.name == EMPTY_LINES;
            Some(Comparison {
                place: scenario.name.clone(),
                shown: format!("{ratio:.2} x"),
                sentence: format!("costs {ratio:.2} times as much as an ordinary refusal"),
                measured: ratio,
                limit: if is_lines { 2.0 } else { 1.5 },
            })
        });
        compared.collect()
    }

    /// The scenarios that may cost this many times as much as an ordinary request for the same policy.
    pub(crate) fn twins(&self, subject: &Subject, limit: f64) -> Vec<Comparison> {
        let compared = self.scenarios.iter().filter_map(|scenario| {
            let Role::Twin { benign, factor } = &scenario.role else {
                return None;
            };
            let ratio = self.ratio(subject, OURS, &scenario.name, benign)?;
            (*factor == limit).then(|| Comparison {
                place: scenario.name.clone(),
                shown: format!("{ratio:.2} x"),
                sentence: format!(
                    "costs {ratio:.1} times as much as an ordinary request for the same policy"
                ),
                measured: ratio,
                limit,
            })
        });
        compared.collect()
    }

    /// The cost of an attack as a multiple of its benign refusal.
    pub(crate) fn attack(
        &self,
        subject: &Subject,
        variant: &str,
        scenario: &Scenario,
    ) -> Option<f64> {
        let Role::Attack { benign, .. } = &scenario.role else {
            return None;
        };
        self.ratio(subject, variant, &scenario.name, benign)
    }

    /// The ratio of the costs of two requests above the framework without CORS. If the cost of the refusal is near zero
    /// or negative, the cost of the framework without CORS for the refused request is added to both, so that the ratio
    /// has a meaning. The cost of the framework for the attack is not ours, so it is not used.
    fn ratio(&self, subject: &Subject, variant: &str, one: &str, other: &str) -> Option<f64> {
        let cost = |name| self.ir(subject, variant, name);
        let (one, refusal) = (cost(one)?, cost(other)?);
        let is_decision = subject.peer.is_empty();
        if is_decision || refusal >= 300.0 {
            return Some(one / refusal);
        }
        let bare = self
            .scenario(other)?
            .bare(Unit::Instructions, &subject.name)?;
        Some((one + bare) / (refusal + bare))
    }

    pub(crate) fn slopes(&self, subject: &Subject) -> Vec<Comparison> {
        let compared = self.scenarios.iter().filter_map(|scenario| {
            let slope = self.slope(subject, OURS, scenario)?;
            let Role::Attack { kind, .. } = &scenario.role else {
                return None;
            };
            Some(Comparison {
                place: kind.clone(),
                shown: format!("{slope:.2}"),
                sentence: format!(
                    "costs {:.0} % more with 64 KiB than with 16 KiB",
                    (4_f64.powf(slope) - 1.0) * 100.0
                ),
                measured: slope,
                limit: 0.05,
            })
        });
        compared.collect()
    }

    /// The slope of the cost of an attack from 16 KiB to 64 KiB, on logarithmic scales: 0 is constant, 1 is linear.
    pub(crate) fn slope(&self, subject: &Subject, variant: &str, small: &Scenario) -> Option<f64> {
        let Role::Attack { kind, bytes, .. } = &small.role else {
            return None;
        };
        let mut scenarios = self.scenarios.iter();
        let large = scenarios.find(|scenario| {
            matches!(&scenario.role, Role::Attack { kind: other, bytes: size, .. } if other == kind && *size == 4 * bytes)
        })?;
        Some(self.ratio(subject, variant, &large.name, &small.name)?.ln() / 4_f64.ln())
    }

    /// The variants of a subject in a figure without CORS and with the middleware.
    pub(crate) fn bare(&self, unit: Unit, subject: &Subject, scenario: &str) -> Option<f64> {
        debug_assert!(!subject.variants.iter().any(|variant| variant == BARE));
        self.scenario(scenario)?.bare(unit, &subject.name)
    }
}
