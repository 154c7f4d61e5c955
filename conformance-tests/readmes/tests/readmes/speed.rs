//! The tables about speed have the figures of the benchmarks. After a run of these:
//!
//! ```console
//! $ UPDATE_FIGURES=1 cargo test -p readmes --test readmes speed
//! ```

use std::{env, fs};

use benchmark_report::markdown::thousands;
use benchmark_report::{Cost, EndToEnd, Folder, Load, Unit};
use readmes::{Page, root};

/// A way to add the middleware: how a README calls it, its name in the benchmark, and what it is compared with.
type Way = (&'static str, &'static str, &'static str);

const WAYS: [(&str, &[Way]); 4] = [
    (
        "axum",
        &[
            ("`Router::layer`", "axum, `Router::layer`", "tower-http"),
            ("around the router", "axum, around the router", "tower-http"),
        ],
    ),
    ("actix", &[("actix-web", "actix", "actix-cors")]),
    ("rocket", &[("Rocket", "Rocket", "rocket_cors")]),
    (
        "warp",
        &[
            ("`Cors::wrap`", "warp", "warp::cors"),
            (
                "around `warp::service`",
                "warp, around the service",
                "warp::cors",
            ),
        ],
    ),
];

const INSTRUCTIONS: [&str; 5] = [
    "not CORS",
    "one origin, allowed",
    "one origin, denied",
    "preflight, 1 method + 3 headers",
    "preflight, origin denied",
];

#[test]
fn each_adapter() {
    let figures = Figures::read();
    for (adapter, ways) in WAYS {
        let path = format!("cors-{adapter}/README.md");
        let table = figures.table(ways);
        let page = page_with(&path, &table);
        let is_explained = page.text.contains("**A negative figure**");
        assert_eq!(
            table.contains(" -"),
            is_explained,
            "cors-{adapter}/README.md explains negative figures, if there are any"
        );
    }
}

#[test]
fn first_page() {
    let figures = Figures::read();
    let mut table = "| framework | compared with | `GET`, allowed: ours / theirs | every fifth request a hostile preflight: ours / theirs |\n|---|---|---|---|\n".to_owned();
    for (_, ways) in WAYS {
        let (_, name, peer) = ways[0];
        let [plain, hostile] =
            [Load::Allowed, Load::Hostile].map(|load| figures.shares(name, load, peer).unwrap());
        table += &format!("| {name} | {peer} | {plain} | {hostile} |\n");
    }
    page_with("README.md", &table);
}

/// The page, which must have this table. With `UPDATE_FIGURES`, the table replaces that with the same first line.
fn page_with(path: &str, table: &str) -> Page {
    let page = Page::read(path).unwrap();
    if page.text.contains(table) {
        return page;
    }
    let has_variable = env::var_os("UPDATE_FIGURES").is_some();
    let head = table.split_inclusive('\n').next().unwrap();
    let (before, after) = page.text.split_once(head).unwrap_or_default();
    assert!(
        has_variable && !after.is_empty(),
        "{path} lacks this table, which UPDATE_FIGURES=1 writes where there is one with its first line:\n{table}"
    );
    let after = after.split_inclusive('\n');
    let after = after.skip_while(|line| line.starts_with('|'));
    let text = format!("{before}{table}{}", after.collect::<String>());
    fs::write(root().join(path), text).unwrap();
    Page::read(path).unwrap()
}

/// What the pages say in words.
#[test]
fn warp_costs_more_where_the_pages_say_so() {
    let Figures { cost, .. } = Figures::read();
    let ir = |name: &str, variant: &str, scenario: &str| {
        cost.above(Unit::Instructions, name, variant, scenario)
            .unwrap()
    };
    for name in ["warp", "warp, around the service"] {
        let [ours, theirs] =
            ["ours", "warp::cors"].map(|variant| ir(name, variant, "one origin, allowed"));
        assert!(ours > theirs, "{name}: {ours} and {theirs}");
    }
    for (scenario, at_least, at_most) in [
        ("one origin, allowed", 0.0, 1.0),
        ("one origin, denied", 0.0, 1.0),
        ("preflight, 1 method + 3 headers", 0.25, 0.4),
    ] {
        let share = ir("warp, around the service", "ours", scenario) / ir("warp", "ours", scenario);
        assert!(
            (at_least..at_most).contains(&share),
            "{scenario}: {share:.2}"
        );
    }
}

struct Figures {
    cost: Cost,
    end_to_end: EndToEnd,
}

impl Figures {
    fn read() -> Self {
        let results = Folder::committed().results().unwrap();
        let (cost, end_to_end) = (results.cost, results.end_to_end);
        Self { cost, end_to_end }
    }

    fn table(&self, ways: &[Way]) -> String {
        let row = |title: &str, cell: &dyn Fn(&Way) -> String| {
            let cells: Vec<_> = ways.iter().map(cell).collect();
            format!("| {title} | {} |\n", cells.join(" | "))
        };
        let mut table = row("", &|(title, _, peer)| format!("{title}: ours / {peer}"));
        table += &format!("|---|{}\n", "---|".repeat(ways.len()));
        for (title, load) in [
            (
                "requests a second, as a share of those without CORS",
                Load::Allowed,
            ),
            (
                "the same, if every fifth request is a hostile preflight",
                Load::Hostile,
            ),
        ] {
            table += &row(title, &|(_, name, peer)| {
                self.shares(name, load, peer).unwrap_or("–".to_owned())
            });
        }
        for scenario in INSTRUCTIONS {
            table += &row(&format!("instructions: {scenario}"), &|(_, name, peer)| {
                let [ours, theirs] =
                    ["ours", peer].map(|variant| self.instructions(scenario, name, variant));
                format!("{ours} / {theirs}")
            });
        }
        table
    }

    /// Ours and theirs, if they were measured.
    fn shares(&self, name: &str, load: Load, peer: &str) -> Option<String> {
        let share = |with: &str| {
            let served = self.end_to_end.find(name, load, with)?;
            Some(format!("{:.3}", served.share_of_requests))
        };
        Some(format!("{} / {}", share("ours")?, share(peer)?))
    }

    fn instructions(&self, scenario: &str, name: &str, variant: &str) -> String {
        let figure = self
            .cost
            .above(Unit::Instructions, name, variant, scenario)
            .unwrap();
        thousands(figure as i64)
    }
}
