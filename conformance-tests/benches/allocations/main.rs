//! Counts the allocations and bytes of each request, and the bytes that a large policy keeps.
//!
//! It is a separate program because the counting allocator makes every allocation slower. In the
//! other figures, that would favor the middleware with the fewest allocations. `cost` runs this
//! program and reads its output.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a benchmark may panic"
)]

use allocation_counter::measure;
use cors_benchmarks::scenario::{self, Policy};
use cors_benchmarks::subject::{self, Subject, Variant};
use std::env;
use std::hint::black_box;
use tokio::runtime;

fn main() {
    let runtime = runtime::Builder::new_current_thread().build().unwrap();
    let _guard = runtime.enter();
    let filter = env::args().find_map(|arg| arg.strip_prefix("--filter=").map(str::to_owned));
    let scenarios = scenario::with(filter.as_deref());
    for subject in subject::ALL {
        for variant in subject.variants {
            subject::each(&subject, *variant, &scenarios, |app, scenario| {
                app.load(&scenario.request, 8);
                (0..7).for_each(|_| app.send());
                let counted = measure(|| app.send());
                let (count, bytes) = (counted.count_total, counted.bytes_total);
                let (subject, variant) = (subject.name, subject.label(*variant));
                println!(
                    "request\t{subject}\t{variant}\t{}\t{count}\t{bytes}",
                    scenario.name
                );
            });
        }
        if filter.is_none() {
            let with_cors = subject
                .variants
                .iter()
                .filter(|variant| **variant != Variant::Bare);
            for variant in with_cors {
                for origins in [100_000, 1_000_000] {
                    kept(&subject, *variant, origins);
                }
            }
        }
    }
    if filter.is_none() {
        println!("clone\t{}", clones());
    }
}

/// Prints the bytes that an application keeps for this many origins.
fn kept(subject: &Subject, variant: Variant, origins: usize) {
    let config = || Policy::Origins(origins).config();
    // The strings of `given` are allocated before the measurement. The count is too low by their size,
    // whether the application keeps them or drops them.
    let (given, twin) = (config(), config());
    let given_back = measure(|| drop(twin)).bytes_current;
    let mut app = None;
    let counted = measure(|| app = (subject.start)(variant, given.into()));
    if app.is_some() {
        let bytes = counted.bytes_current - given_back;
        let (subject, variant) = (subject.name, subject.label(variant));
        println!("kept\t{subject}\t{variant}\t{origins}\t{bytes}");
    }
}

/// The bytes that cloning all of our middleware for another worker allocates.
fn clones() -> u64 {
    let config = || Policy::Origins(10).config();
    let (tower, actix) = (
        subject::tower::ours(config()),
        subject::actix::ours(config()),
    );
    let (rocket, warp) = (
        subject::rocket::ours(config()),
        subject::warp::ours(config()),
    );
    measure(|| {
        drop(black_box((
            tower.clone(),
            actix.clone(),
            rocket.clone(),
            warp.clone(),
        )))
    })
    .bytes_total
}
