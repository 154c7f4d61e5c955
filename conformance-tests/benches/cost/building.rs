//! The cost of building and keeping large policies, and the figures of the `allocations` benchmark.

use crate::figures::Figures;
use crate::time::median;
use benchmark_report::Unit;
use cors_benchmarks::machine::stdout_of;
use cors_benchmarks::scenario::Policy;
use cors_benchmarks::subject::{self, Subject, Variant};
use std::collections::HashMap;
use std::time::Instant;

pub(crate) const SIZES: [usize; 2] = [100_000, 1_000_000];

#[derive(Debug, Default)]
pub(crate) struct Building {
    /// Megabytes that an application keeps, by subject, variant and number of origins.
    pub(crate) megabytes: HashMap<(&'static str, Variant, usize), f64>,
    pub(crate) milliseconds: HashMap<(&'static str, Variant, usize), f64>,
    /// The bytes that cloning all of our middleware for another worker allocates.
    pub(crate) bytes_of_clones: Option<f64>,
}

/// Runs the benchmark `allocations`, and reads its lines.
pub(crate) fn allocations(figures: &mut Figures, building: &mut Building, filter: Option<&str>) {
    eprintln!("allocations");
    let filter = filter.map(|filter| format!("--filter={filter}"));
    let mut arguments = vec!["bench", "--quiet", "--bench=allocations", "--"];
    arguments.extend(filter.as_deref());
    let text = stdout_of(env!("CARGO"), &arguments);
    for line in text.lines() {
        let parts: Vec<&str> = line.split('\t').collect();
        let number = |text: &str| text.parse::<f64>().unwrap();
        match parts.as_slice() {
            ["request", subject, variant, scenario, count, bytes] => {
                let (subject, variant) = find(subject, variant);
                figures.put(
                    Unit::Allocations,
                    &subject,
                    variant,
                    scenario,
                    number(count),
                );
                figures.put(Unit::Bytes, &subject, variant, scenario, number(bytes));
            }
            ["kept", subject, variant, origins, bytes] => {
                let (subject, variant) = find(subject, variant);
                let key = (subject.name, variant, origins.parse().unwrap());
                building.megabytes.insert(key, number(bytes) / 1e6);
            }
            ["clone", bytes] => building.bytes_of_clones = Some(number(bytes)),
            _ => panic!("{line}"),
        }
    }
    assert!(
        figures.has(Unit::Allocations),
        "the benchmark `allocations` printed nothing"
    );
}

fn find(subject: &str, variant: &str) -> (Subject, Variant) {
    let mut all = subject::ALL.into_iter();
    let subject = all.find(|other| other.name == subject).unwrap();
    let mut variants = subject.variants.iter();
    let variant = variants.find(|other| subject.label(**other) == variant);
    (subject, *variant.unwrap())
}

/// Measures the time from a list of strings to a running application.
pub(crate) fn time(building: &mut Building) {
    eprintln!("building");
    for subject in &subject::ALL {
        for variant in &subject.variants[1..] {
            for origins in SIZES {
                if let Some(time) = milliseconds(subject, *variant, origins) {
                    let key = (subject.name, *variant, origins);
                    building.milliseconds.insert(key, time);
                }
            }
        }
    }
}

fn milliseconds(subject: &Subject, variant: Variant, origins: usize) -> Option<f64> {
    let times = if origins > 100_000 { 1 } else { 5 };
    let times = (0..times).map(|_| {
        let config = Policy::Origins(origins).config();
        let start = Instant::now();
        let app = (subject.start)(variant, config.into())?;
        let elapsed = start.elapsed();
        drop(app);
        Some(elapsed.as_secs_f64() * 1e3)
    });
    let times: Vec<f64> = times.collect::<Option<_>>()?;
    Some(median(times.into_iter()))
}
