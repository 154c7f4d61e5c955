//! The tables about speed have the figures of the benchmark, which writes `PERFORMANCE.md`.

use std::fs;

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

const PLAIN: &str = "GET, allowed";
const HOSTILE: &str = "the same, every fifth a hostile preflight";

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
        let page = Page::read(&format!("cors-{adapter}/README.md")).unwrap();
        let table = figures.table(ways);
        assert!(
            page.text.contains(&table),
            "cors-{adapter}/README.md lacks this table:\n{table}"
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
            [PLAIN, HOSTILE].map(|request| figures.shares(name, request, peer).unwrap());
        table += &format!("| {name} | {peer} | {plain} | {hostile} |\n");
    }
    let page = Page::read("README.md").unwrap();
    assert!(
        page.text.contains(&table),
        "README.md lacks this table:\n{table}"
    );
}

/// What the pages say in words.
#[test]
fn warp_costs_more_where_the_pages_say_so() {
    let figures = Figures::read();
    let number = |text: &str| text.replace(',', "").parse::<i64>().unwrap();
    for name in ["warp", "warp, around the service"] {
        let cell = figures.instructions("one origin, allowed", name, "warp::cors");
        let (ours, theirs) = cell.split_once(" / ").unwrap();
        assert!(number(ours) > number(theirs), "{name}: {cell}");
    }
    for (scenario, at_least, at_most) in [
        ("one origin, allowed", 0, 100),
        ("one origin, denied", 0, 100),
        ("preflight, 1 method + 3 headers", 25, 40),
    ] {
        let ours = |name: &str| {
            let cell = figures.instructions(scenario, name, "warp::cors");
            number(cell.split(" / ").next().unwrap())
        };
        let percent = ours("warp, around the service") * 100 / ours("warp");
        assert!(
            (at_least..at_most).contains(&percent),
            "{scenario}: {percent} %"
        );
    }
}

/// The tables of `PERFORMANCE.md`, cell by cell.
struct Figures {
    instructions: Vec<Vec<String>>,
    end_to_end: Vec<Vec<String>>,
}

impl Figures {
    fn read() -> Self {
        let text = fs::read_to_string(root().join("conformance-tests/PERFORMANCE.md")).unwrap();
        let table = |section: &str| {
            let (_, section) = text.split_once(&format!("\n## {section}\n")).unwrap();
            let section = section.split("\n## ").next().unwrap();
            let rows = section.lines().filter_map(|line| line.strip_prefix('|'));
            let cells = |row: &str| row.split('|').map(|cell| cell.trim().to_owned()).collect();
            rows.map(cells).collect()
        };
        Self {
            instructions: table("Instructions above the bare framework"),
            end_to_end: table("End to end"),
        }
    }

    fn table(&self, ways: &[Way]) -> String {
        let row = |title: &str, cell: &dyn Fn(&Way) -> String| {
            let cells: Vec<_> = ways.iter().map(cell).collect();
            format!("| {title} | {} |\n", cells.join(" | "))
        };
        let mut table = row("", &|(title, _, peer)| format!("{title}: ours / {peer}"));
        table += &format!("|---|{}\n", "---|".repeat(ways.len()));
        for (title, request) in [
            ("requests a second, as a share of those without CORS", PLAIN),
            (
                "the same, if every fifth request is a hostile preflight",
                HOSTILE,
            ),
        ] {
            table += &row(title, &|(_, name, peer)| {
                self.shares(name, request, peer).unwrap_or("–".to_owned())
            });
        }
        for scenario in INSTRUCTIONS {
            table += &row(&format!("instructions: {scenario}"), &|(_, name, peer)| {
                self.instructions(scenario, name, peer)
            });
        }
        table
    }

    /// Ours and theirs, if they were measured.
    fn shares(&self, name: &str, request: &str, peer: &str) -> Option<String> {
        let share = |with: &str| {
            let mut rows = self.end_to_end.iter();
            let row = rows.find(|row| row[0] == name && row[1] == request && row[2] == with);
            row.map(|row| row[4].clone())
        };
        Some(format!("{} / {}", share("ours")?, share(peer)?))
    }

    fn instructions(&self, scenario: &str, name: &str, peer: &str) -> String {
        let heads = &self.instructions[0];
        let subjects = |head: &String| head.strip_prefix(&format!("{name}: ")).map(str::to_owned);
        let column = heads.iter().position(|it| subjects(it).is_some()).unwrap();
        let subjects = subjects(&heads[column]).unwrap();
        let row = self
            .instructions
            .iter()
            .find(|row| row[0] == scenario)
            .unwrap();
        let value = |subject: &str| {
            let at = subjects.split(" / ").position(|it| it == subject).unwrap();
            let value = row[column].split(" / ").nth(at).unwrap();
            // Letters mark responses that differ from the correct one.
            value
                .trim_end_matches(|it: char| it.is_ascii_lowercase())
                .to_owned()
        };
        format!("{} / {}", value("ours"), value(peer))
    }
}
