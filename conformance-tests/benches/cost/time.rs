//! Measures the nanoseconds of a request. All variants of a subject run in turn in many rounds, so
//! that a disturbance affects all of them. The result is the median of the differences from the bare
//! framework in the same round.

use crate::figures::Figures;
use benchmark_report::Unit;
use cors_benchmarks::callgrind::measured_requests;
use cors_benchmarks::scenario::Scenario;
use cors_benchmarks::subject::{self, App, Subject, Variant};
use std::time::{Duration, Instant};

/// The time for one scenario of one subject.
const BUDGET: Duration = Duration::from_millis(150);
const ROUNDS: usize = 101;
const BATCH: usize = 50;

pub(crate) fn measure(figures: &mut Figures, scenarios: &[Scenario]) {
    eprintln!("time");
    for subject in &subject::ALL {
        for same in subject::by_policy(scenarios) {
            let variants = subject.variants.iter();
            let apps = variants
                .filter_map(|variant| Some((*variant, subject.app(*variant, same[0].policy)?)));
            let mut apps: Apps = apps.collect();
            for scenario in same {
                race(figures, subject, &mut apps, scenario);
            }
        }
    }
}

type Apps = Vec<(Variant, Box<dyn App>)>;

fn race(figures: &mut Figures, subject: &Subject, apps: &mut Apps, scenario: &Scenario) {
    let mut rounds: Vec<Vec<f64>> = Vec::new();
    let mut batch = 1;
    let start = Instant::now();
    // The first round is a warm-up. It also shows whether batches would take too long.
    while rounds.len() <= ROUNDS && (rounds.len() < 4 || start.elapsed() < BUDGET) {
        let round = apps.iter_mut().map(|(_, app)| {
            app.load(&scenario.request, batch);
            let start = Instant::now();
            measured_requests(&mut **app, batch);
            start.elapsed().as_nanos() as f64 / batch as f64
        });
        rounds.push(round.collect());
        if start.elapsed() < BUDGET / 20 {
            batch = BATCH;
        }
    }
    rounds.remove(0);
    let bare = median(rounds.iter().map(|round| round[0]));
    for (at, (variant, _)) in apps.iter().enumerate() {
        let over = median(rounds.iter().map(|round| round[at] - round[0]));
        let name = &scenario.name;
        figures.put(Unit::Nanoseconds, subject, *variant, name, bare + over);
    }
}

pub(crate) fn median(figures: impl Iterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}
