//! Searches the requests that cost most within a policy, by changing the most expensive ones that are
//! known. Prints what it finds; a request that is worth it becomes a row of `src/scenario/worst.rs`.
//!
//! ```console
//! $ cargo bench -p cors-benchmarks --bench worst_case                             # 500 changes of each kind of request
//! $ cargo bench -p cors-benchmarks --bench worst_case -- --tries 5000 --filter header
//! ```

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a benchmark may panic"
)]

mod area;
mod change;
mod meter;
mod show;

use area::Area;
use clap::Parser;
use cors_benchmarks::{callgrind, scenario};
use meter::Meter;
use std::path::PathBuf;
use std::process::exit;

#[derive(Parser)]
struct Arguments {
    /// The number of changed requests for each policy and ordinary request.
    #[arg(long, default_value_t = 500)]
    tries: usize,
    /// Start only from scenarios whose name contains this text.
    #[arg(long)]
    filter: Option<String>,
    /// The number that the random changes follow from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The folder for the dumps of callgrind; used under callgrind.
    #[arg(long, hide = true)]
    dumps: Option<PathBuf>,
    /// Passed by cargo to every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() {
    let arguments = Arguments::parse();
    match &arguments.dumps {
        Some(dumps) => search(&arguments, Meter::new(dumps)),
        None if callgrind::is_installed() => run_under_callgrind(),
        None => exit(2),
    }
}

fn run_under_callgrind() {
    let dumps = tempfile::tempdir().unwrap();
    let mut program = callgrind::this_program(dumps.path()).unwrap();
    program.args(std::env::args_os().skip(1));
    let status = program.arg("--dumps").arg(dumps.path()).status().unwrap();
    assert!(status.success(), "{status}");
}

fn search(arguments: &Arguments, mut meter: Meter<'_>) {
    fastrand::seed(arguments.seed);
    for area in Area::all(&scenario::with(None), arguments.filter.as_deref()) {
        area.search(&mut meter, arguments.tries);
    }
}
