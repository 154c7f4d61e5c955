//! Measures the cost of CORS per request, compared with the same framework without CORS: with our
//! middleware and with the existing middleware, in instructions, allocations and time. Also measures
//! the cost of building a large policy.
//!
//! ```console
//! $ cargo bench -p cors-benchmarks --bench cost                   # all; writes the results and PERFORMANCE.md
//! $ cargo bench -p cors-benchmarks --bench cost -- --ir-only      # instructions, on the terminal
//! $ cargo bench -p cors-benchmarks --bench cost -- --filter miss  # some scenarios, on the terminal
//! $ cargo bench -p cors-benchmarks --bench cost -- --filter miss --into /tmp/pages # and as a page elsewhere
//! ```
//!
//! To add a column to the tables, add a module in `src/subject`. To add a scenario, add a row in
//! `src/scenario/table.rs`, or in `src/scenario/worst.rs` if it is a search for the highest cost.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a benchmark may panic"
)]

mod building;
mod dependencies;
mod figures;
mod instructions;
mod results;
mod time;

use benchmark_report::{Folder, tables};
use building::Building;
use clap::Parser;
use cors_benchmarks::scenario::{self, Scenario};
use cors_benchmarks::subject::{self, Variant};
use dependencies::Dependencies;
use figures::Figures;
use std::path::PathBuf;
use tokio::runtime;

#[derive(Parser)]
struct Arguments {
    /// Measure only instructions, which other load on the machine does not affect.
    #[arg(long)]
    ir_only: bool,
    /// Measure only scenarios whose name contains this text.
    #[arg(long)]
    filter: Option<String>,
    /// Write the results and the pages into this folder, those of a partial run, too.
    #[arg(long)]
    into: Option<PathBuf>,
    /// Run the scenarios of a subject and variant; used under callgrind.
    #[arg(long, num_args = 2, hide = true)]
    measure: Option<Vec<String>>,
    /// Passed by cargo to every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() {
    let arguments = Arguments::parse();
    let runtime = runtime::Builder::new_current_thread().build().unwrap();
    let _guard = runtime.enter();
    let filter = arguments.filter.as_deref();
    let scenarios = scenario::with(filter);
    if let Some([subject, variant]) = arguments.measure.as_deref() {
        return instructions::run(subject, variant, &scenarios);
    }
    let is_partial = arguments.ir_only || filter.is_some();
    let mut figures = Figures::default();
    check(&mut figures, &scenarios);
    instructions::measure(&mut figures, filter, scenarios.len());
    let mut building = Building::default();
    let mut dependencies = None;
    if !arguments.ir_only {
        building::allocations(&mut figures, &mut building, filter);
        time::measure(&mut figures, &scenarios);
        if filter.is_none() {
            building::time(&mut building);
            dependencies = Some(Dependencies::count().unwrap());
        }
    }
    let cost = results::of(&figures, &scenarios, &building, dependencies);
    println!("{}", tables::of_cost(&cost));
    let into = arguments.into.map(Folder::at);
    if let Some(folder) = into.or((!is_partial).then(Folder::committed)) {
        folder.store_cost(&cost).unwrap();
    }
}

/// Sends every request once. Our responses and those of the minimum must be correct; those of the
/// existing middleware can differ.
fn check(figures: &mut Figures, scenarios: &[Scenario]) {
    let mut responses = 0;
    for subject in &subject::ALL {
        for variant in &subject.variants[1..] {
            subject::each(subject, *variant, scenarios, |app, scenario| {
                let evaluation = app.respond(&scenario.request).evaluate(scenario);
                let (who, name) = (subject.label(*variant), &scenario.name);
                assert!(
                    *variant == Variant::Peer || evaluation.differences.is_empty(),
                    "{}, {who}, {name}: {evaluation:?}",
                    subject.name
                );
                figures.put_evaluation(subject, *variant, name, evaluation);
                responses += 1;
            });
        }
    }
    eprintln!("{responses} responses checked");
}
