//! The figures in the form in which they are stored.

use crate::building::Building;
use crate::dependencies::Dependencies;
use crate::figures::Figures;
use benchmark_report::{Building as Built, Cost, Costs, Crates, Figures as Four, Unit};
use cors_benchmarks::scenario::Scenario;
use cors_benchmarks::subject::{self, Subject, Variant};
use cors_benchmarks::{machine, stored};

pub(crate) fn of(
    figures: &Figures,
    scenarios: &[Scenario],
    building: &Building,
    dependencies: Option<Dependencies>,
) -> Cost {
    let scenarios = scenarios.iter().map(|scenario| {
        let mut stored = stored::scenario(scenario);
        for subject in &subject::ALL {
            let costs = costs(figures, subject, &scenario.name);
            stored.costs.insert(subject.name.to_owned(), costs);
        }
        stored
    });
    Cost {
        machine: machine::describe(),
        subjects: subject::ALL.iter().map(stored::subject).collect(),
        scenarios: scenarios.collect(),
        buildings: buildings(building),
        bytes_of_clones: building.bytes_of_clones,
        core_compiles_in: dependencies.as_ref().map(|it| tenths(it.core_compiles_in)),
        crates: dependencies.map(crates).unwrap_or_default(),
    }
}

fn costs(figures: &Figures, subject: &Subject, scenario: &str) -> Costs {
    let mut costs = Costs::default();
    let four = |of: &dyn Fn(Unit) -> Option<f64>| {
        let units = [
            Unit::Instructions,
            Unit::Allocations,
            Unit::Bytes,
            Unit::Nanoseconds,
        ];
        Four(units.map(|unit| of(unit).map(|figure| figure.round() as i64)))
    };
    for variant in subject.variants {
        let whole = |unit, variant| figures.whole(unit, subject, variant, scenario);
        if *variant == Variant::Bare {
            costs.bare = four(&|unit| whole(unit, Variant::Bare));
            continue;
        }
        let above = four(&|unit: Unit| Some(whole(unit, *variant)? - whole(unit, Variant::Bare)?));
        let label = subject.label(*variant).to_owned();
        if let Some(evaluation) = figures.evaluation(subject, *variant, scenario)
            && !evaluation.differences.is_empty()
        {
            let differences = evaluation.differences.clone();
            costs.differences.insert(label.clone(), differences);
        }
        if above != Four::default() {
            costs.above.insert(label, above);
        }
    }
    costs
}

fn buildings(building: &Building) -> Vec<Built> {
    let mut all = Vec::new();
    for subject in &subject::ALL {
        for variant in subject.variants {
            for origins in crate::building::SIZES {
                let key = (subject.name, *variant, origins);
                let milliseconds = building.milliseconds.get(&key).copied().map(tenths);
                let megabytes = building.megabytes.get(&key).copied().map(tenths);
                if milliseconds.or(megabytes).is_some() {
                    all.push(Built {
                        subject: subject.name.to_owned(),
                        variant: subject.label(*variant).to_owned(),
                        origins,
                        milliseconds,
                        megabytes,
                    });
                }
            }
        }
    }
    all
}

fn crates(dependencies: Dependencies) -> Vec<Crates> {
    let added = dependencies.added.into_iter();
    let added = added.map(|(framework, middleware, added)| Crates {
        framework: framework.to_owned(),
        middleware: middleware.to_owned(),
        added,
    });
    added.collect()
}

/// With one decimal place.
fn tenths(figure: f64) -> f64 {
    (figure * 10.0).round() / 10.0
}
