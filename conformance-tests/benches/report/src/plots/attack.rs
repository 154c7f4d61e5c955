//! The cost of hostile requests.

use super::mark::{SHAPES, Shape};
use super::scale::{Scale, axis, label};
use super::svg::Svg;
use super::{FRAMEWORKS, Plot, WIDTH, description};
use crate::cost::{Cost, OURS, Unit};
use crate::markdown::whole;

const TITLE: &str = "Cost under attack";

/// A heading, and the scenarios with their names for people.
type Part = (&'static str, &'static [(&'static str, &'static str)]);

const PARTS: [Part; 3] = [
    (
        "Ordinary requests",
        &[
            ("one origin, denied", "GET, refused"),
            ("preflight, header denied", "preflight, refused"),
        ],
    ),
    (
        "Beyond the limits",
        &[
            ("origin of labels, 16 KiB", "origin a.a.a…"),
            ("request-method, 16 KiB", "method PPP…"),
            ("commas, 16 KiB", "headers: commas"),
            ("one junk name, 16 KiB", "headers: one name"),
            ("a name repeated, 16 KiB", "headers: a name repeated"),
            ("distinct names, 16 KiB", "headers: 2,048 names"),
            ("1,000 empty lines", "headers: 1,000 empty lines"),
        ],
    ),
    (
        "Within the limits",
        &[
            ("10 patterns, 119 labels, hit", "origin of 119 labels"),
            ("50 allowed, last name repeated", "headers: a name repeated"),
            (
                "500 names shuffled, in upper case, with blanks",
                "headers: 500 names",
            ),
            (
                "any headers, long names, blanks, all bytes",
                "headers: any, long names",
            ),
        ],
    ),
];

struct Dot {
    class: &'static str,
    shape: Shape,
    who: String,
    figure: f64,
}

struct Row {
    name: &'static str,
    dots: Vec<Dot>,
}

pub(super) fn plot(cost: &Cost) -> Option<Plot> {
    let parts = PARTS.map(|(heading, scenarios)| {
        let rows = scenarios.iter().map(|(scenario, name)| Row {
            name,
            dots: dots(cost, scenario),
        });
        let rows: Vec<Row> = rows.filter(|row| !row.dots.is_empty()).collect();
        (heading, rows)
    });
    let parts: Vec<_> = parts
        .into_iter()
        .filter(|(_, rows)| !rows.is_empty())
        .collect();
    // Ordinary requests alone show nothing.
    if parts.len() < 2 {
        return None;
    }
    let description = describe(&parts);
    Some(Plot {
        path: "benches/plots/attack.svg",
        title: TITLE,
        text: "What a request costs if an attacker makes it expensive. The policy limits how much ours reads. A \
         request beyond the limits, here with 16 KiB in one header, costs about as much as any refused request. \
         The last rows are some of the most expensive requests within the limits that we know of.",
        alt: summary(&parts),
        svg: draw(&parts, &description),
    })
}

fn dots(cost: &Cost, scenario: &str) -> Vec<Dot> {
    let mut dots = Vec::new();
    for ((name, framework), shape) in FRAMEWORKS.into_iter().zip(SHAPES) {
        let Some(subject) = cost.subject(name) else {
            continue;
        };
        let theirs = ("theirs", &*subject.peer, subject.peer.clone());
        for (class, variant, who) in [theirs, ("ours", OURS, format!("ours, {framework}"))] {
            let figure = cost.above(Unit::Instructions, name, variant, scenario);
            dots.extend(figure.map(|figure| Dot {
                class,
                shape,
                who,
                figure,
            }));
        }
    }
    // Ours are drawn last.
    dots.sort_by_key(|dot| dot.class == "ours");
    dots
}

fn describe(parts: &[(&str, Vec<Row>)]) -> String {
    let parts = parts.iter().map(|(heading, rows)| {
        let rows = rows.iter().map(|row| {
            let of = |class| {
                let dots = row.dots.iter().filter(|dot| dot.class == class);
                dots.max_by(|one, other| one.figure.total_cmp(&other.figure))
            };
            let dots = [of("ours"), of("theirs")].into_iter().flatten();
            let dots: Vec<_> = dots
                .map(|dot| format!("{} {}", dot.who, whole(dot.figure)))
                .collect();
            format!("{}: at most {}", row.name, dots.join(", "))
        });
        let rows: Vec<_> = rows.collect();
        format!("{heading}. {}", rows.join("; "))
    });
    description(parts)
}

fn summary(parts: &[(&str, Vec<Row>)]) -> String {
    let parts = parts.iter().map(|(heading, rows)| {
        let most = |class: &str| {
            let dots = rows.iter().flat_map(|row| &row.dots);
            let dots = dots.filter(|dot| dot.class == class);
            whole(dots.fold(0.0, |most: f64, dot| most.max(dot.figure)))
        };
        format!(
            "{heading}: ours takes at most {} instructions, and theirs {}",
            most("ours"),
            most("theirs")
        )
    });
    let parts: Vec<_> = parts.collect();
    format!("Dots on a logarithmic scale: {}.", parts.join("; "))
}

const ROW: f64 = 24.0;
const HEAD: f64 = 40.0;
const TOP: f64 = 60.0;
/// Where the names of the requests end.
const NAMES: f64 = 184.0;
/// The zone of the figures below zero.
const BELOW: (f64, f64) = (196.0, 242.0);

fn draw(parts: &[(&str, Vec<Row>)], description: &str) -> String {
    let rows: usize = parts.iter().map(|(_, rows)| rows.len()).sum();
    let bottom = TOP + rows as f64 * ROW + parts.len() as f64 * HEAD;
    let dots = parts.iter().flat_map(|(_, rows)| rows);
    let dots = dots.flat_map(|row| &row.dots);
    let most = dots.fold(1e4, |most: f64, dot| most.max(dot.figure));
    let scale = Scale {
        low: 10.0,
        high: most,
        start: 268.0,
        end: WIDTH - 60.0,
    };
    let mut svg = Svg::new(WIDTH, bottom + 56.0, TITLE, description);
    legend(&mut svg);
    axis(&mut svg, scale, (BELOW.0 + BELOW.1) / 2.0, (TOP, bottom));
    let mut y = TOP;
    for (heading, rows) in parts {
        svg.text(16.0, y + 20.0, "strong", heading);
        y += HEAD;
        let height = rows.len() as f64 * ROW;
        svg.zone(BELOW, (y - ROW / 2.0, y - ROW / 2.0 + height));
        for row in rows {
            svg.text(NAMES, y + 4.0, "muted end", row.name);
            draw_row(&mut svg, scale, y, row);
            y += ROW;
        }
    }
    svg.finish()
}

fn legend(svg: &mut Svg) {
    svg.text(16.0, 26.0, "strong", TITLE);
    let peers = ["tower-http", "actix-cors", "rocket_cors", "warp::cors"];
    for (y, class) in [(22.0, "ours"), (44.0, "theirs")] {
        svg.text(190.0, y + 4.0, class, class);
        let mut x = 246.0;
        let frameworks = FRAMEWORKS.into_iter().zip(peers);
        for (((_, framework), peer), shape) in frameworks.zip(SHAPES) {
            svg.mark(shape, class, (x, y));
            let name = if class == "ours" { framework } else { peer };
            svg.text(x + 12.0, y + 4.0, "", name);
            x += 108.0;
        }
    }
}

fn draw_row(svg: &mut Svg, scale: Scale, y: f64, row: &Row) {
    svg.line("grid", (scale.start, y), (scale.end, y));
    let x = |figure: f64| match figure {
        _ if figure <= 0.0 => (BELOW.0 + BELOW.1) / 2.0,
        _ => scale.at(figure.max(scale.low)),
    };
    let most = row
        .dots
        .iter()
        .max_by(|one, other| one.figure.total_cmp(&other.figure));
    if let Some(most) = most {
        let class = format!("figure {}", most.class);
        svg.text(x(most.figure) + 10.0, y + 4.0, &class, &label(most.figure));
    }
    for dot in &row.dots {
        svg.mark(dot.shape, dot.class, (x(dot.figure), y));
    }
}
