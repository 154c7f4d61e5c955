//! The figures as Markdown.

use crate::building::{Building, SIZES};
use crate::comparison::{Run, whole};
use crate::dependencies::Dependencies;
use crate::figures::{Figures, Unit};
use crate::goals::{Goal, SERIES};
use cors_benchmarks::markdown::table;
use cors_benchmarks::scenario::{Role, Scenario};
use cors_benchmarks::subject::{self, Subject, Variant};
use std::fmt::Write as _;

pub(crate) fn goals(goals: &[Goal]) -> String {
    let head = ["goal", "worst", "where", "misses", "holds"].map(str::to_owned);
    let rows: Vec<Vec<String>> = goals
        .iter()
        .map(|goal| {
            let misses = goal
                .comparisons
                .iter()
                .filter(|comparison| !comparison.holds())
                .count();
            let (worst, place) = goal
                .worst()
                .map_or(("", ""), |worst| (&worst.shown, &worst.place));
            let holds = match (goal.comparisons.len(), misses) {
                (0, _) => "not measured",
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
    let head = ["missed goal", "where", "measured"].map(str::to_owned);
    let rows: Vec<Vec<String>> = goals
        .iter()
        .flat_map(|goal| {
            let misses = goal
                .comparisons
                .iter()
                .filter(|comparison| !comparison.holds());
            misses.map(|miss| vec![goal.what.clone(), miss.place.clone(), miss.shown.clone()])
        })
        .collect();
    if !rows.is_empty() {
        text += &format!("\n{}", table(&head, &rows));
    }
    text
}

pub(crate) fn all(
    run: &Run<'_>,
    building: &Building,
    dependencies: Option<&Dependencies>,
) -> String {
    let mut notes = Vec::new();
    let Run { figures, scenarios } = run;
    let mut text = String::new();
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
        if figures.has(unit) {
            let rows = rows(figures, scenarios, unit, &mut notes);
            let _ = write!(text, "\n## {title}\n\n{}", table(&head(), &rows));
        }
        if unit == Unit::Instructions {
            text += &legend(&notes);
        }
    }
    let has_growth = |scenario: &Scenario| matches!(scenario.role, Role::Growth { .. });
    if scenarios.iter().any(has_growth) {
        text += &format!(
            "\n## Growth: slope of the instructions (0 is constant, 1 is linear)\n\n{}",
            growth(run)
        );
    }
    let has_attack = |scenario: &Scenario| matches!(scenario.role, Role::Attack { .. });
    if scenarios.iter().any(has_attack) {
        text += &format!(
            "\n## Attack: cost at 16 KiB as a multiple of the benign refusal; slope to 64 KiB\n\n{}",
            attack(run)
        );
    }
    if !building.milliseconds.is_empty() {
        text += &format!("\n## Building a policy\n\n{}", built(building));
    }
    if let Some(dependencies) = dependencies {
        let head = ["framework", "middleware", "crates added"].map(str::to_owned);
        let rows = dependencies.added.iter().map(|(framework, name, count)| {
            vec![
                (*framework).to_owned(),
                (*name).to_owned(),
                count.to_string(),
            ]
        });
        let rows: Vec<_> = rows.collect();
        text += &format!("\n## Dependencies\n\n{}", table(&head, &rows));
    }
    text
}

fn head() -> Vec<String> {
    columns(|subject| {
        let variants = subject.variants[1..]
            .iter()
            .map(|variant| subject.label(*variant));
        format!(
            "{}: {}",
            subject.name,
            variants.collect::<Vec<_>>().join(" / ")
        )
    })
}

/// A first column without a heading, and one column for each subject.
fn columns(of: impl Fn(&Subject) -> String) -> Vec<String> {
    std::iter::once(String::new())
        .chain(subject::ALL.iter().map(of))
        .collect()
}

fn rows(
    figures: &Figures,
    scenarios: &[Scenario],
    unit: Unit,
    notes: &mut Vec<String>,
) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    if let Some(first) = scenarios.first() {
        let mut bare = columns(|subject| {
            let figure = figures.whole(unit, subject, Variant::Bare, &first.name);
            figure.map_or_else(|| "–".to_owned(), whole)
        });
        bare[0] = format!("bare framework, {}", first.name);
        rows.push(bare);
    }
    for scenario in scenarios {
        let mut row = vec![scenario.name.clone()];
        for subject in &subject::ALL {
            let variants = subject.variants[1..].iter();
            let cells =
                variants.map(|variant| cell(figures, unit, subject, *variant, scenario, notes));
            let mut text = cells.collect::<Vec<_>>().join(" / ");
            let over = |variant| figures.over(unit, subject, variant, &scenario.name);
            if let (Unit::Nanoseconds, Some(ours), Some(peer)) =
                (unit, over(Variant::Ours), over(Variant::Peer))
                && peer > 0.0
            {
                let _ = write!(text, " ({:.2})", ours / peer);
            }
            row.push(text);
        }
        rows.push(row);
    }
    rows
}

fn cell(
    figures: &Figures,
    unit: Unit,
    subject: &Subject,
    variant: Variant,
    scenario: &Scenario,
    notes: &mut Vec<String>,
) -> String {
    let over = |unit| figures.over(unit, subject, variant, &scenario.name);
    let mut text = match (unit, over(unit), over(Unit::Bytes)) {
        (Unit::Allocations, Some(count), Some(bytes)) => {
            format!("{} ({})", whole(count), whole(bytes))
        }
        (_, Some(figure), _) => whole(figure),
        _ => "–".to_owned(),
    };
    let evaluation = figures.evaluation(subject, variant, &scenario.name);
    if unit == Unit::Instructions {
        for difference in evaluation
            .into_iter()
            .flat_map(|evaluation| &evaluation.differences)
        {
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
    format!(
        "\nA letter marks a response that differs from the correct one: {}. Ours and the floor always \
         send the correct response. –: the policy cannot be expressed, or an allowed request is refused.\n",
        notes.join("; ")
    )
}

fn growth(run: &Run<'_>) -> String {
    let rows = SERIES.map(|(series, from, to)| {
        let mut row = columns(|subject| {
            each(subject, |variant| {
                let small = run.size(Unit::Instructions, subject, variant, series, from)?;
                let large = run.size(Unit::Instructions, subject, variant, series, to)?;
                Some((large / small).ln() / (to as f64 / from as f64).ln())
            })
        });
        row[0] = series.to_owned();
        row
    });
    table(&head(), &rows)
}

fn attack(run: &Run<'_>) -> String {
    let smallest = run
        .scenarios
        .iter()
        .filter_map(|scenario| match scenario.role {
            Role::Attack { kind, bytes, .. } if bytes <= 16 * 1024 => Some((kind, scenario)),
            _ => None,
        });
    let rows: Vec<Vec<String>> = smallest
        .map(|(kind, scenario)| {
            let mut row = columns(|subject| {
                let costs = each(subject, |variant| run.attack(subject, variant, scenario));
                let slopes = each(subject, |variant| run.slope(subject, variant, scenario));
                format!("{costs}; {slopes}")
            });
            row[0] = kind.to_owned();
            row
        })
        .collect();
    table(&head(), &rows)
}

fn each(subject: &Subject, of: impl Fn(Variant) -> Option<f64>) -> String {
    let cells = subject.variants[1..]
        .iter()
        .map(|variant| match of(*variant) {
            Some(figure) => format!("{figure:.2}"),
            None => "–".to_owned(),
        });
    cells.collect::<Vec<_>>().join(" / ")
}

fn built(building: &Building) -> String {
    let sizes = SIZES.map(whole_size);
    let head: Vec<String> = std::iter::once(String::new())
        .chain(
            sizes
                .iter()
                .flat_map(|size| [format!("{size}, ms"), format!("{size}, MB kept")]),
        )
        .collect();
    let mut rows = Vec::new();
    for subject in &subject::ALL {
        for variant in &subject.variants[1..] {
            let mut row = vec![format!("{}: {}", subject.name, subject.label(*variant))];
            for size in SIZES {
                let key = (subject.name, *variant, size);
                let show = |figure: Option<f64>| {
                    figure.map_or("–".to_owned(), |figure| format!("{figure:.1}"))
                };
                row.push(show(building.milliseconds.get(&key).copied()));
                row.push(show(building.megabytes.get(&key).copied()));
            }
            rows.push(row);
        }
    }
    table(&head, &rows)
}

fn whole_size(size: usize) -> String {
    format!("{} origins", whole(size as f64))
}
