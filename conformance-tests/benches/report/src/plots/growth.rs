//! The cost of a request as the policy grows.

use super::mark::{SHAPES, Shape};
use super::scale::{Scale, label, short};
use super::svg::Svg;
use super::{FRAMEWORKS, Plot, WIDTH, description};
use crate::cost::{Cost, OURS, Role, Unit};
use crate::markdown::whole;

const TITLE: &str = "Growth of a policy";
/// Each series, its heading, and its unit.
const PANELS: [(&str, &str, &str); 2] = [
    (
        "origins, last",
        "Origins: the last one of a list",
        "origins",
    ),
    (
        "patterns, last",
        "Subdomain patterns: the last one",
        "patterns",
    ),
];

/// How one middleware grows.
struct Line {
    class: &'static str,
    shape: Shape,
    name: String,
    /// Sizes and instructions.
    points: Vec<(f64, f64)>,
    /// The size that the middleware does not support, although ours does.
    fails_at: Option<f64>,
}

struct Panel {
    heading: &'static str,
    unit: &'static str,
    sizes: Vec<f64>,
    lines: Vec<Line>,
}

pub(super) fn plot(cost: &Cost) -> Option<Plot> {
    let panels = PANELS.map(|(series, heading, unit)| {
        let sizes = sizes(cost, series);
        let lines = lines(cost, series, &sizes);
        Panel {
            heading,
            unit,
            sizes: sizes.into_iter().map(|size| size as f64).collect(),
            lines,
        }
    });
    let panels: Vec<Panel> = panels
        .into_iter()
        .filter(|panel| panel.sizes.len() > 1 && !panel.lines.is_empty())
        .collect();
    if panels.is_empty() {
        return None;
    }
    let description = describe(&panels);
    Some(Plot {
        path: "benches/plots/growth.svg",
        title: TITLE,
        text: "What an allowed request costs if the policy has many origins or patterns. The cost of ours hardly \
         changes. tower-http compares the origins one by one. With tower-http and actix-cors, patterns need a \
         function, which here tries them one by one. `warp::cors` has no patterns. rocket_cors takes patterns as \
         regular expressions, and 10,000 are too many.",
        alt: summary(&panels),
        svg: draw(&panels, &description),
    })
}

fn sizes(cost: &Cost, wanted: &str) -> Vec<usize> {
    let sizes = cost
        .scenarios
        .iter()
        .filter_map(|scenario| match &scenario.role {
            Role::Growth { series, size } if series == wanted => Some(*size),
            _ => None,
        });
    let mut sizes: Vec<usize> = sizes.collect();
    sizes.sort_unstable();
    sizes
}

fn lines(cost: &Cost, series: &str, sizes: &[usize]) -> Vec<Line> {
    let line = |class, shape, name: String, subject: &str, variant: &str| {
        let of = |size| cost.size(Unit::Instructions, subject, variant, series, size);
        let points = sizes
            .iter()
            .filter_map(|size| Some((*size as f64, of(*size)?)));
        let fails_at = sizes.iter().find(|size| of(**size).is_none());
        Line {
            class,
            shape,
            name,
            points: points.collect(),
            fails_at: fails_at.map(|size| *size as f64),
        }
    };
    let mut lines = Vec::new();
    for ((name, framework), shape) in FRAMEWORKS.into_iter().zip(SHAPES) {
        let Some(subject) = cost.subject(name) else {
            continue;
        };
        lines.push(line(
            "theirs",
            shape,
            subject.peer.clone(),
            name,
            &subject.peer,
        ));
        lines.push(line(
            "ours",
            shape,
            format!("ours, {framework}"),
            name,
            OURS,
        ));
    }
    lines.retain(|line| !line.points.is_empty());
    lines
}

fn describe(panels: &[Panel]) -> String {
    let panels = panels.iter().map(|panel| {
        let lines = panel.lines.iter().filter_map(|line| {
            let (from, least) = line.points.first()?;
            let (to, most) = line.points.last()?;
            Some(format!(
                "{}: {} with {}, {} with {}",
                line.name,
                whole(*least),
                whole(*from),
                whole(*most),
                whole(*to)
            ))
        });
        let lines: Vec<_> = lines.collect();
        format!("{}. {}", panel.heading, lines.join("; "))
    });
    description(panels)
}

fn summary(panels: &[Panel]) -> String {
    let panels = panels.iter().map(|panel| {
        let most = |class: &str| {
            let lines = panel.lines.iter().filter(|line| line.class == class);
            let figures = lines.flat_map(|line| &line.points);
            whole(figures.fold(0.0, |most: f64, (_, figure)| most.max(*figure)))
        };
        let size = panel.sizes.last().copied().unwrap_or_default();
        format!(
            "up to {} {}, ours takes at most {} instructions, and theirs {}",
            whole(size),
            panel.unit,
            most("ours"),
            most("theirs")
        )
    });
    let panels: Vec<_> = panels.collect();
    format!("Lines on logarithmic scales: {}.", panels.join("; "))
}

const HEIGHT: f64 = 420.0;
const TOP: f64 = 84.0;
const BOTTOM: f64 = HEIGHT - 58.0;
const LEFT: f64 = 88.0;
/// The width of a panel, its labels included, and of its lines.
const PANEL: f64 = 310.0;
const LINES: f64 = 186.0;

fn draw(panels: &[Panel], description: &str) -> String {
    let figures = panels.iter().flat_map(|panel| &panel.lines);
    let figures = figures.flat_map(|line| &line.points);
    let most = figures.fold(1e4, |most: f64, (_, figure)| most.max(*figure));
    let upwards = Scale {
        low: 300.0,
        high: most * 1.5,
        start: BOTTOM,
        end: TOP,
    };
    let mut svg = Svg::new(WIDTH, HEIGHT, TITLE, description);
    svg.text(16.0, 26.0, "strong", TITLE);
    svg.text(
        16.0,
        46.0,
        "muted",
        "instructions more than without CORS; both scales are logarithmic",
    );
    for tick in upwards.ticks() {
        svg.text(
            LEFT - 8.0,
            upwards.at(tick) + 4.0,
            "muted end",
            &short(tick),
        );
    }
    for (at, panel) in panels.iter().enumerate() {
        draw_panel(&mut svg, panel, LEFT + at as f64 * PANEL, upwards);
    }
    svg.finish()
}

fn draw_panel(svg: &mut Svg, panel: &Panel, left: f64, upwards: Scale) {
    let (Some(low), Some(high)) = (panel.sizes.first(), panel.sizes.last()) else {
        return;
    };
    let across = Scale {
        low: *low,
        high: *high,
        start: left + 8.0,
        end: left + LINES - 8.0,
    };
    svg.text(left, TOP - 10.0, "strong", panel.heading);
    for tick in upwards.ticks() {
        let y = upwards.at(tick);
        svg.line("grid", (left, y), (left + LINES, y));
    }
    for size in &panel.sizes {
        let x = across.at(*size);
        svg.line("grid", (x, BOTTOM), (x, BOTTOM + 4.0));
        svg.text(x, BOTTOM + 18.0, "muted middle", &power(*size));
    }
    svg.text(
        left + LINES / 2.0,
        BOTTOM + 38.0,
        "muted middle",
        &format!("{} in the policy", panel.unit),
    );
    for line in &panel.lines {
        draw_line(svg, line, across, upwards);
    }
    draw_names(svg, &panel.lines, left + LINES + 4.0, upwards);
}

/// `1`, `1k`, `1M`: short enough to stand side by side.
fn power(size: f64) -> String {
    match size {
        _ if size >= 1e6 => format!("{}M", size / 1e6),
        _ if size >= 1e3 => format!("{}k", size / 1e3),
        _ => whole(size),
    }
}

fn draw_line(svg: &mut Svg, line: &Line, across: Scale, upwards: Scale) {
    let points: Vec<_> = line
        .points
        .iter()
        .map(|(size, figure)| (across.at(*size), upwards.at(*figure)))
        .collect();
    svg.path(&format!("line {}", line.class), &points);
    for point in &points {
        svg.mark(line.shape, line.class, *point);
    }
    if let (Some(size), Some((_, y))) = (line.fails_at, points.last()) {
        svg.text(across.at(size), y + 5.0, "theirs middle strong", "✕");
    }
}

/// The names at the ends of the lines, moved apart where they would overlap. The names of ours are one.
fn draw_names(svg: &mut Svg, lines: &[Line], x: f64, upwards: Scale) {
    let mut names: Vec<(f64, &str, String)> = Vec::new();
    let ours = lines.iter().filter(|line| line.class == "ours");
    let last = |line: &Line| line.points.last().map(|(_, figure)| *figure);
    let ours: Vec<f64> = ours.filter_map(last).collect();
    if !ours.is_empty() {
        let least = ours.iter().copied().fold(f64::MAX, f64::min);
        let most = ours.iter().copied().fold(f64::MIN, f64::max);
        let middle = upwards.at((least * most).sqrt());
        let name = format!("ours {}–{}", whole(least), whole(most));
        names.push((middle, "ours", name));
    }
    for line in lines.iter().filter(|line| line.class == "theirs") {
        if let Some(figure) = last(line) {
            let name = if line.fails_at.is_some() {
                line.name.clone()
            } else {
                format!("{} {}", line.name, label(figure))
            };
            names.push((upwards.at(figure), "theirs", name));
        }
    }
    names.sort_by(|(one, ..), (other, ..)| one.total_cmp(other));
    let mut free = f64::MIN;
    for (y, class, name) in names {
        let y = y.max(free);
        svg.text(x, y + 4.0, class, &name);
        free = y + 14.0;
    }
}
