//! Measures whole servers on loopback with one thread each: bare, with our middleware and with the
//! existing middleware. `wrk` (Debian package `wrk`) sends requests to them in turn, in short rounds.
//! The results are the requests per second and the 99th percentile of the latency.
//!
//! ```console
//! $ cargo bench -p cors-benchmarks --bench end_to_end                             # writes the results and PERFORMANCE.md
//! $ cargo bench -p cors-benchmarks --bench end_to_end -- --rounds 1 --seconds 1   # on the terminal
//! $ cargo bench -p cors-benchmarks --bench end_to_end -- --rounds 1 --seconds 1 --into /tmp/pages # and as a page elsewhere
//! ```
//!
//! Run it on a machine without other load.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a benchmark may panic"
)]

mod load;
mod serve;

use benchmark_report::{EndToEnd, Folder, Served, tables};
use clap::Parser;
use cors_benchmarks::machine;
use cors_benchmarks::subject::Variant;
use load::{Load, Result};
use serve::{FRAMEWORKS, Server};
use std::path::PathBuf;

#[derive(Parser)]
struct Arguments {
    #[arg(long)]
    rounds: Option<usize>,
    /// The duration of one run of `wrk`.
    #[arg(long)]
    seconds: Option<u64>,
    /// Write the results and the pages into this folder, those of a short run, too.
    #[arg(long)]
    into: Option<PathBuf>,
    /// Run the server of a framework and variant.
    #[arg(long, num_args = 2, hide = true)]
    serve: Option<Vec<String>>,
    /// Passed by cargo to every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
}

const VARIANTS: [Variant; 3] = [Variant::Bare, Variant::Ours, Variant::Peer];

fn main() {
    let arguments = Arguments::parse();
    if let Some([framework, variant]) = arguments.serve.as_deref() {
        return serve::run(framework, variant);
    }
    if let Err(error) = load::find_wrk() {
        return println!("cannot run wrk, so nothing is measured: {error}");
    }
    let (rounds, seconds) = (
        arguments.rounds.unwrap_or(7),
        arguments.seconds.unwrap_or(3),
    );
    let mut served = Vec::new();
    for framework in FRAMEWORKS {
        let servers = VARIANTS.map(|variant| Server::start(framework, variant).unwrap());
        for load in load::all() {
            servers.iter().for_each(|server| load.check(server));
            eprintln!("{framework}: {:?}", load.kind);
            let rounds =
                (0..rounds).map(|_| servers.each_ref().map(|server| load.run(server, seconds)));
            served.extend(results(framework, &load, &rounds.collect::<Vec<_>>()));
        }
    }
    let all = EndToEnd {
        machine: machine::describe(),
        rounds,
        seconds,
        served,
    };
    println!("{}", tables::of_end_to_end(&all));
    let is_whole = arguments.rounds.is_none() && arguments.seconds.is_none();
    let into = arguments.into.map(Folder::at);
    if let Some(folder) = into.or(is_whole.then(Folder::committed)) {
        folder.store_end_to_end(&all).unwrap();
    }
}

fn results(framework: &str, load: &Load, rounds: &[[Result; 3]]) -> Vec<Served> {
    let result = |(at, variant): (usize, Variant)| {
        let median = |of: fn(&Result) -> f64| median(rounds.iter().map(|round| of(&round[at])));
        let share =
            |of: fn(&Result) -> f64| median_of(rounds, |round| of(&round[at]) / of(&round[0]));
        Served {
            framework: framework.to_owned(),
            load: load.kind,
            with: serve::label(framework, variant).to_owned(),
            requests: median(|result| result.requests).round(),
            share_of_requests: thousandths(share(|result| result.requests)),
            p99: median(|result| result.p99).round(),
            share_of_p99: thousandths(share(|result| result.p99)),
        }
    };
    VARIANTS.into_iter().enumerate().map(result).collect()
}

/// With three decimal places.
fn thousandths(figure: f64) -> f64 {
    (figure * 1_000.0).round() / 1_000.0
}

fn median_of(rounds: &[[Result; 3]], of: impl Fn(&[Result; 3]) -> f64) -> f64 {
    median(rounds.iter().map(of))
}

fn median(figures: impl Iterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}
