//! `PERFORMANCE.md`, the page for people.

use crate::cost::{Cost, OURS, Unit};
use crate::end_to_end::{EndToEnd, Load, Served};
use crate::folder::Results;
use crate::goals::{self, Goal};
use crate::markdown::{paragraph, table, text_table, whole};
use crate::misses;
use crate::plots::{self, Plot};
use crate::program::Programs;

pub(crate) fn render(results: &Results) -> String {
    let Results {
        cost,
        end_to_end,
        programs,
    } = results;
    let goals = goals::all(cost);
    let mut sections = vec![introduction(), whole_servers(end_to_end)];
    sections.extend(plots::all(cost).iter().map(of_plot));
    sections.push(format!(
        "## Goals\n\n{}\n{}",
        paragraph(&about_goals(&goals)),
        misses::goals(&goals)
    ));
    let missed = misses::sentences(&goals);
    if !missed.is_empty() {
        sections.push(format!(
            "## Misses\n\n{missed}\nEach miss is a row of [the tables](benches/TABLES.md#missed-goals).\n"
        ));
    }
    sections.push(weight(cost, programs));
    sections.push(how_to_run(cost, end_to_end));
    sections.retain(|section| !section.is_empty());
    sections.join("\n")
}

fn about_goals(goals: &[Goal]) -> String {
    let mut text = "Each goal is checked with many requests, and the last column counts those that miss it. \
     *tower* is the layer without axum, and *decision alone* is the core without a framework. Where an ordinary \
     request costs hardly anything, the cost of the framework is added to both requests that are compared."
        .to_owned();
    let mut left_out: Vec<_> = goals
        .iter()
        .flat_map(|goal| goal.left_out.iter().map(|name| (&goal.subject, name)))
        .collect();
    left_out.sort_unstable();
    left_out.dedup();
    if !left_out.is_empty() {
        text = format!(
            "{text} {} requests are not compared: the other middleware responds to them without calling the \
             application, and so costs less than no CORS at all.",
            left_out.len()
        );
    }
    text
}

fn introduction() -> String {
    let text = "What CORS costs a request, with this library (*ours*) and with the CORS middleware that is most used with each \
                framework (*theirs*): tower-http, actix-cors, rocket_cors and `warp::cors`. Each figure compares an \
                application with the same application without CORS. The application only responds `ok`. The work \
                 of a real application comes on top.";
    let all = "This page is rendered from [the results of the benchmarks](benches/results) by `cargo run -p benchmark-report`: \
               do not edit it by hand. [All figures](benches/TABLES.md) are in a file of their own.";
    format!("# Performance\n\n{}\n{}", paragraph(text), paragraph(all))
}

fn whole_servers(all: &EndToEnd) -> String {
    if all.served.is_empty() {
        return String::new();
    }
    let text = format!(
        "`wrk` sends requests over loopback to a server with one thread, over 32 connections. Each figure is the median of {} \
         rounds of {} s, and each percentage the median of the percentages of the rounds. Small differences are \
          noise: no server is faster with CORS.",
        all.rounds, all.seconds
    );
    format!(
        "## Whole servers\n\n{}\n{}\n{}\n{}\n{}",
        paragraph(&text),
        paragraph(&summary(
            all,
            Load::Allowed,
            "With `GET` requests of an allowed origin"
        )),
        servers(all, Load::Allowed),
        paragraph(&summary(
            all,
            Load::Hostile,
            "If every fifth request is a preflight with 16 KiB of header names"
        )),
        servers(all, Load::Hostile)
    )
}

/// How much of the throughput remains.
fn summary(all: &EndToEnd, load: Load, when: &str) -> String {
    let range = |is_wanted: &dyn Fn(&Served) -> bool| {
        let served = all.served.iter();
        let shares = served.filter(|it| it.load == load && is_wanted(it));
        let (low, high) = shares.fold((f64::MAX, f64::MIN), |(low, high), it| {
            (
                low.min(it.share_of_requests),
                high.max(it.share_of_requests),
            )
        });
        format!("{:.0} % to {:.0} %", low * 100.0, high * 100.0)
    };
    format!(
        "{when}, a server handles {} of the requests per second that it handles without CORS, and {} with the other \
         middleware:",
        range(&|it| it.with == OURS),
        range(&|it| it.with != OURS && it.with != "bare")
    )
}

fn servers(all: &EndToEnd, load: Load) -> String {
    let head = [
        "requests per second",
        "without CORS",
        "ours",
        "theirs",
        "p99 of the latency: without CORS / ours / theirs",
    ]
    .map(str::to_owned);
    let rows = all.frameworks().into_iter().filter_map(|framework| {
        let of = |with: &str| all.find(framework, load, with);
        let is_peer =
            |it: &&Served| it.framework == framework && it.load == load && it.with != OURS;
        let theirs = all.served.iter().rfind(is_peer)?;
        let (bare, ours) = (of("bare")?, of(OURS)?);
        let with_share = |it: &Served| {
            format!(
                "{} ({:.1} %)",
                whole(it.requests),
                it.share_of_requests * 100.0
            )
        };
        Some(vec![
            framework.to_owned(),
            whole(bare.requests),
            with_share(ours),
            format!("{}: {}", theirs.with, with_share(theirs)),
            format!(
                "{} / {} / {} µs",
                whole(bare.p99),
                whole(ours.p99),
                whole(theirs.p99)
            ),
        ])
    });
    table(&head, &rows.collect::<Vec<_>>())
}

fn of_plot(plot: &Plot) -> String {
    format!(
        "## {}\n\n{}\n![{}]({})\n",
        plot.title,
        paragraph(plot.text),
        plot.alt,
        plot.path
    )
}

/// How long a thousand instructions took: the median of our requests.
fn nanoseconds_of_a_thousand(cost: &Cost) -> Option<f64> {
    let mut times: Vec<f64> = Vec::new();
    for scenario in &cost.scenarios {
        for subject in &cost.subjects {
            let of = |unit| scenario.above(unit, &subject.name, OURS);
            if let (Some(instructions), Some(time)) =
                (of(Unit::Instructions), of(Unit::Nanoseconds))
                && instructions > 500.0
            {
                times.push(time / instructions * 1_000.0);
            }
        }
    }
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied()
}

fn weight(cost: &Cost, programs: &Programs) -> String {
    let (head, rows): (Vec<&str>, Vec<Vec<String>>) = if programs.0.is_empty() {
        let rows = cost.crates.iter().map(|it| {
            vec![
                it.framework.clone(),
                format!("`{}`", it.middleware),
                it.added.to_string(),
            ]
        });
        (vec!["framework", "middleware", "crates"], rows.collect())
    } else {
        let rows = programs.0.iter().map(|it| {
            vec![
                it.framework.clone(),
                format!("`{}`", it.middleware),
                it.crates.to_string(),
                format!("{:.1} s", it.seconds),
                format!("{:.2} MB", it.megabytes),
            ]
        });
        let head = vec![
            "framework",
            "middleware",
            "crates",
            "CPU time of a release build",
            "size of the program",
        ];
        (head, rows.collect())
    };
    if rows.is_empty() {
        return String::new();
    }
    format!(
        "## Weight of a build\n\nWhat the middleware adds to a small program of each framework:\n\n{}",
        text_table(&head, rows)
    )
}

fn how_to_run(cost: &Cost, all: &EndToEnd) -> String {
    let mut text = "## Run it again

```console
$ cargo bench -p cors-benchmarks --bench end_to_end # whole servers; needs wrk and a machine without other load
$ cargo bench -p cors-benchmarks --bench cost       # everything else; needs Valgrind
$ conformance-tests/benches/build-cost              # the weight of a build
```

Each writes its results and this page.
"
    .to_owned();
    if let Some(time) = nanoseconds_of_a_thousand(cost) {
        let sentence = format!("A thousand of our instructions took about {time:.0} ns.");
        text = format!("{text}\n{}", paragraph(&sentence));
    }
    for (which, machine) in [("Whole servers", &all.machine), ("The rest", &cost.machine)] {
        if let Some(machine) = machine.trim().strip_prefix("Measured") {
            text = format!(
                "{text}\n{}",
                paragraph(&format!("{which}: measured{machine}"))
            );
        }
    }
    text
}
