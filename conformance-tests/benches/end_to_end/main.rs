//! Measures whole servers on loopback with one thread each: bare, with our middleware and with the
//! existing middleware. `wrk` (Debian package `wrk`) sends requests to them in turn, in short rounds.
//! The results are the requests per second and the 99th percentile of the latency.
//!
//! ```console
//! $ cargo bench -p cors-benchmarks --bench end_to_end                             # writes PERFORMANCE.md
//! $ cargo bench -p cors-benchmarks --bench end_to_end -- --rounds 1 --seconds 1   # on the terminal
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

use clap::Parser;
use cors_benchmarks::subject::Variant;
use cors_benchmarks::{machine, markdown};
use load::{Load, Result};
use serve::{FRAMEWORKS, Server};

#[derive(Parser)]
struct Arguments {
    #[arg(long)]
    rounds: Option<usize>,
    /// The duration of one run of `wrk`.
    #[arg(long)]
    seconds: Option<u64>,
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
    let head = [
        "framework",
        "requests",
        "with",
        "per second",
        "of bare",
        "p99 in µs",
        "of bare",
    ];
    let mut rows = Vec::new();
    for framework in FRAMEWORKS {
        let servers = VARIANTS.map(|variant| Server::start(framework, variant).unwrap());
        for load in load::all() {
            servers.iter().for_each(|server| load.check(server));
            eprintln!("{framework}: {}", load.name);
            let rounds =
                (0..rounds).map(|_| servers.each_ref().map(|server| load.run(server, seconds)));
            rows.extend(lines(framework, &load, &rounds.collect::<Vec<_>>()));
        }
    }
    let text = format!(
        "## End to end\n\nEach figure is the median of {rounds} rounds of {seconds} s. Each share is the \
         median of the shares in the rounds. 32 connections; server and `wrk` have one thread each.\n\n{}\n{}",
        markdown::table(&head.map(str::to_owned), &rows),
        machine::describe()
    );
    println!("{text}");
    if arguments.rounds.is_none() && arguments.seconds.is_none() {
        markdown::write_section("end to end", &text).unwrap();
    }
}

fn lines(framework: &str, load: &Load, rounds: &[[Result; 3]]) -> Vec<Vec<String>> {
    let line = |(at, variant): (usize, Variant)| {
        let median = |of: fn(&Result) -> f64| median(rounds.iter().map(|round| of(&round[at])));
        let share =
            |of: fn(&Result) -> f64| median_of(rounds, |round| of(&round[at]) / of(&round[0]));
        vec![
            framework.to_owned(),
            load.name.to_owned(),
            serve::label(framework, variant).to_owned(),
            format!("{:.0}", median(|result| result.requests)),
            format!("{:.3}", share(|result| result.requests)),
            format!("{:.0}", median(|result| result.p99)),
            format!("{:.2}", share(|result| result.p99)),
        ]
    };
    VARIANTS.into_iter().enumerate().map(line).collect()
}

fn median_of(rounds: &[[Result; 3]], of: impl Fn(&[Result; 3]) -> f64) -> f64 {
    median(rounds.iter().map(of))
}

fn median(figures: impl Iterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}
