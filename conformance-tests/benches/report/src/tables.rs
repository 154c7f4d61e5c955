//! All figures as tables.

use crate::cost::{Cost, OURS, Role, Scenario, Subject, Unit};
use crate::end_to_end::{EndToEnd, Load};
use crate::folder::Results;
use crate::goals::{self, Goal, SERIES};
use crate::markdown::{paragraph, table, whole};
use std::fmt::Write as _;

const TITLE: &str = "# All figures of the benchmarks

The page for people is [PERFORMANCE.md](../PERFORMANCE.md). This file is rendered from [`results`](results): do not edit it by hand.
";

pub(crate) fn render(results: &Results) -> String {
    let cost = of_cost(&results.cost);
    format!("{TITLE}\n{cost}\n{}", of_end_to_end(&results.end_to_end))
}

/// The tables of `cost`.
pub fn of_cost(cost: &Cost) -> String {
    let goals = goals::all(cost);
    let mut text = goals_and_misses(&goals);
    let mut notes = Vec::new();
    for (unit, title) in [
        (Unit::Instructions, "Instructions above the bare framework"),
        (
            Unit::Allocations,
            "Allocations (and bytes) above the bare framework",
        ),
        (
            Unit::Nanoseconds,
            "Nanoseconds above the bare framework, and the share of ours",
        ),
    ] {
        if cost.has(unit) {
            let rows = rows(cost, unit, &mut notes);
            let _ = write!(text, "\n## {title}\n\n{}", table(&head(cost), &rows));
        }
        if unit == Unit::Instructions {
            text += &legend(&notes);
        }
    }
    for (title, table) in [
        (
            "Growth: slope of the instructions (0 is constant, 1 is linear)",
            growth(cost),
        ),
        (
            "Attack: cost at 16 KiB as a multiple of the benign refusal; slope to 64 KiB",
            attack(cost),
        ),
        ("Building a policy", built(cost)),
        ("Dependencies", dependencies(cost)),
    ] {
        if let Some(table) = table {
            let _ = write!(text, "\n## {title}\n\n{table}");
        }
    }
    if !cost.machine.is_empty() {
        let _ = write!(text, "\n{}", cost.machine);
    }
    text
}

/// The table of `end_to_end`.
pub fn of_end_to_end(all: &EndToEnd) -> String {
    if all.served.is_empty() {
        return String::new();
    }
    let head = [
        "framework",
        "requests",
        "with",
        "per second",
        "of bare",
        "p99 in µs",
        "of bare",
    ];
    let rows = all.served.iter().map(|served| {
        vec![
            served.framework.clone(),
            load(served.load).to_owned(),
            served.with.clone(),
            format!("{:.0}", served.requests),
            format!("{:.3}", served.share_of_requests),
            format!("{:.0}", served.p99),
            format!("{:.2}", served.share_of_p99),
        ]
    });
    let rows: Vec<_> = rows.collect();
    let text = format!(
        "Each figure is the median of {} rounds of {} s. Each share is the median of the shares in the rounds. 32 \
         connections; server and `wrk` have one thread each.",
        all.rounds, all.seconds
    );
    format!(
        "## End to end\n\n{}\n{}\n{}",
        paragraph(&text),
        table(&head.map(str::to_owned), &rows),
        all.machine
    )
}

fn load(load: Load) -> &'static str {
    match load {
        Load::Allowed => "GET, allowed",
        Load::Hostile => "the same, every fifth a hostile preflight",
    }
}

fn goals_and_misses(goals: &[Goal]) -> String {
    let head = ["goal", "worst", "where", "misses", "holds"].map(str::to_owned);
    let rows: Vec<Vec<String>> = goals
        .iter()
        .map(|goal| {
            let misses = goal.misses().count();
            let (worst, place) = goal
                .worst()
                .map_or(("", ""), |worst| (&worst.shown, &worst.place));
            let holds = match (goal.comparisons.len(), misses) {
                (0, _) => "not compared",
                (_, 0) => "yes",
                _ => "**no**",
            };
            let misses = format!("{misses} of {}", goal.comparisons.len());
            [&goal.what, worst, place, &misses, holds]
                .map(str::to_owned)
                .into()
        })
        .collect();
    let mut text = format!("## Goals\n\n{}", table(&head, &rows));
    if let Some(left_out) = left_out(goals) {
        let _ = write!(text, "\n{}", paragraph(&left_out));
    }
    let head = ["missed goal", "where", "measured"].map(str::to_owned);
    let rows: Vec<Vec<String>> = goals
        .iter()
        .flat_map(|goal| {
            goal.misses()
                .map(|miss| vec![goal.what.clone(), miss.place.clone(), miss.shown.clone()])
        })
        .collect();
    if !rows.is_empty() {
        let _ = write!(text, "\n## Missed goals\n\n{}", table(&head, &rows));
    }
    text
}

/// What the goals do not compare.
fn left_out(goals: &[Goal]) -> Option<String> {
    let mut all: Vec<String> = Vec::new();
    for goal in goals {
        for name in &goal.left_out {
            let place = format!("{}, {name}", goal.subject.as_deref().unwrap_or_default());
            if !all.contains(&place) {
                all.push(place);
            }
        }
    }
    (!all.is_empty()).then(|| {
        format!(
            "Not compared, because the other middleware responds without calling the application there, so that it costs \
             less than the framework alone: {}.",
            all.join("; ")
        )
    })
}

fn head(cost: &Cost) -> Vec<String> {
    columns(cost, |subject| {
        format!("{}: {}", subject.name, subject.variants.join(" / "))
    })
}

/// A first column without a heading, and one column for each subject.
fn columns(cost: &Cost, of: impl FnMut(&Subject) -> String) -> Vec<String> {
    let subjects = cost.subjects.iter().map(of);
    std::iter::once(String::new()).chain(subjects).collect()
}

fn named(name: String, mut row: Vec<String>) -> Vec<String> {
    if let Some(first) = row.first_mut() {
        *first = name;
    }
    row
}

fn rows(cost: &Cost, unit: Unit, notes: &mut Vec<String>) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    if let Some(first) = cost.scenarios.first() {
        let bare = columns(cost, |subject| {
            let figure = cost.bare(unit, subject, &first.name);
            figure.map_or_else(|| "–".to_owned(), whole)
        });
        rows.push(named(format!("bare framework, {}", first.name), bare));
    }
    for scenario in &cost.scenarios {
        let row = columns(cost, |subject| {
            let variants = subject.variants.iter();
            let cells = variants.map(|variant| cell(unit, subject, variant, scenario, notes));
            let mut text = cells.collect::<Vec<_>>().join(" / ");
            let above = |variant| scenario.above(unit, &subject.name, variant);
            if let (Unit::Nanoseconds, Some(ours), Some(peer)) =
                (unit, above(OURS), above(&subject.peer))
                && peer > 0.0
            {
                let _ = write!(text, " ({:.2})", ours / peer);
            }
            text
        });
        rows.push(named(scenario.name.clone(), row));
    }
    rows
}

fn cell(
    unit: Unit,
    subject: &Subject,
    variant: &str,
    scenario: &Scenario,
    notes: &mut Vec<String>,
) -> String {
    let above = |unit| scenario.above(unit, &subject.name, variant);
    let mut text = match (unit, above(unit), above(Unit::Bytes)) {
        (Unit::Allocations, Some(count), Some(bytes)) => {
            format!("{} ({})", whole(count), whole(bytes))
        }
        (_, Some(figure), _) => whole(figure),
        _ => "–".to_owned(),
    };
    if unit == Unit::Instructions {
        for difference in scenario.differences(&subject.name, variant) {
            let at = notes
                .iter()
                .position(|note| note == difference)
                .unwrap_or_else(|| {
                    notes.push(difference.clone());
                    notes.len() - 1
                });
            text.extend(char::from_digit(at as u32 + 10, 36));
        }
    }
    text
}

fn legend(notes: &[String]) -> String {
    let notes = notes.iter().enumerate().map(|(at, note)| {
        let letter = char::from_digit(at as u32 + 10, 36).unwrap_or('?');
        format!("{letter}: {note}")
    });
    let notes: Vec<String> = notes.collect();
    let letters = match notes.as_slice() {
        [] => String::new(),
        notes => format!(
            "A letter marks a response that differs from the correct one: {}. ",
            notes.join("; ")
        ),
    };
    let text = format!(
        "{letters}Ours and the floor, a hand-written minimum, always \
         send the correct response. –: the policy cannot be expressed, or an allowed request is refused. A figure is \
         negative where the middleware responds without calling the application, which costs less than the framework alone."
    );
    format!("\n{}", paragraph(&text))
}

fn growth(cost: &Cost) -> Option<String> {
    let has_growth = |scenario: &Scenario| matches!(scenario.role, Role::Growth { .. });
    if !cost.scenarios.iter().any(has_growth) {
        return None;
    }
    let rows = SERIES.map(|(series, from, to)| {
        let row = columns(cost, |subject| {
            each(subject, |variant| {
                let size =
                    |size| cost.size(Unit::Instructions, &subject.name, variant, series, size);
                let (small, large) = (size(from)?, size(to)?);
                Some((large / small).ln() / (to as f64 / from as f64).ln())
            })
        });
        named(series.to_owned(), row)
    });
    Some(table(&head(cost), &rows))
}

fn attack(cost: &Cost) -> Option<String> {
    let smallest = cost
        .scenarios
        .iter()
        .filter_map(|scenario| match &scenario.role {
            Role::Attack { kind, bytes, .. } if *bytes <= 16 * 1024 => Some((kind, scenario)),
            _ => None,
        });
    let rows: Vec<Vec<String>> = smallest
        .map(|(kind, scenario)| {
            let row = columns(cost, |subject| {
                let costs = each(subject, |variant| cost.attack(subject, variant, scenario));
                let slopes = each(subject, |variant| cost.slope(subject, variant, scenario));
                format!("{costs}; {slopes}")
            });
            named(kind.clone(), row)
        })
        .collect();
    (!rows.is_empty()).then(|| table(&head(cost), &rows))
}

fn each(subject: &Subject, of: impl Fn(&str) -> Option<f64>) -> String {
    let cells = subject
        .variants
        .iter()
        .map(|variant| of(variant).map_or_else(|| "–".to_owned(), |figure| format!("{figure:.2}")));
    cells.collect::<Vec<_>>().join(" / ")
}

fn built(cost: &Cost) -> Option<String> {
    let mut sizes: Vec<usize> = cost.buildings.iter().map(|it| it.origins).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let mut head = vec![String::new()];
    for size in &sizes {
        let size = whole(*size as f64);
        head.extend([
            format!("{size} origins, ms"),
            format!("{size} origins, MB kept"),
        ]);
    }
    let mut rows = Vec::new();
    for subject in &cost.subjects {
        for variant in &subject.variants {
            let mut row = vec![format!("{}: {variant}", subject.name)];
            for size in &sizes {
                let mut built = cost.buildings.iter();
                let built = built.find(|it| {
                    it.subject == subject.name && it.variant == *variant && it.origins == *size
                });
                let show = |figure: Option<f64>| {
                    figure.map_or("–".to_owned(), |figure| format!("{figure:.1}"))
                };
                row.push(show(built.and_then(|it| it.milliseconds)));
                row.push(show(built.and_then(|it| it.megabytes)));
            }
            rows.push(row);
        }
    }
    (!sizes.is_empty()).then(|| table(&head, &rows))
}

fn dependencies(cost: &Cost) -> Option<String> {
    let head = ["framework", "middleware", "crates added"].map(str::to_owned);
    let rows = cost.crates.iter().map(|it| {
        vec![
            it.framework.clone(),
            it.middleware.clone(),
            it.added.to_string(),
        ]
    });
    let rows: Vec<_> = rows.collect();
    (!rows.is_empty()).then(|| table(&head, &rows))
}
