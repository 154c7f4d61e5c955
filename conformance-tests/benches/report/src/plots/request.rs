//! The cost of a request with ours and with the other middleware, in each framework.

use super::mark::Shape;
use super::scale::{Scale, axis, label};
use super::svg::Svg;
use super::{Plot, WIDTH, description};
use crate::cost::{Cost, OURS, Unit};
use crate::markdown::whole;

const TITLE: &str = "Cost of a request";

/// The scenarios, and what they are for people.
const REQUESTS: [(&str, &str); 4] = [
    ("not CORS", "without Origin"),
    ("one origin, allowed", "GET, allowed"),
    ("one origin, denied", "GET, refused"),
    ("preflight, 1 method + 3 headers", "preflight, allowed"),
];

/// The ways to add the middleware, and what they are for people.
const WAYS: [(&str, &str); 6] = [
    ("axum, `Router::layer`", "axum, Router::layer"),
    ("axum, around the router", "axum, around the router"),
    ("actix", "actix-web"),
    ("Rocket", "Rocket"),
    ("warp", "warp, Cors::wrap"),
    ("warp, around the service", "warp, around warp::service"),
];

struct Pair {
    request: &'static str,
    ours: f64,
    theirs: f64,
}

struct Group {
    title: &'static str,
    peer: String,
    pairs: Vec<Pair>,
}

pub(super) fn plot(cost: &Cost) -> Option<Plot> {
    let groups = groups(cost);
    if groups.is_empty() {
        return None;
    }
    let description = describe(&groups);
    let pairs = groups.iter().flat_map(|group| &group.pairs);
    let (all, less) = pairs.fold((0, 0), |(all, less), pair| {
        (all + 1, less + usize::from(pair.ours < pair.theirs))
    });
    Some(Plot {
        path: "benches/plots/request.svg",
        title: TITLE,
        text: "The instructions that a request takes in addition to the same application without CORS. A count does not depend on \
               the load of the machine. A preflight can cost *less* than without CORS: the middleware responds to it without \
               calling the application, and around the router without routing.",
        alt: format!(
            "Dots on a logarithmic scale: ours takes fewer instructions than theirs in {less} of {all} requests."
        ),
        svg: draw(&groups, &description),
    })
}

fn groups(cost: &Cost) -> Vec<Group> {
    let groups = WAYS.into_iter().filter_map(|(name, title)| {
        let subject = cost.subject(name)?;
        let pairs = REQUESTS.into_iter().filter_map(|(scenario, request)| {
            let of = |variant| cost.above(Unit::Instructions, name, variant, scenario);
            Some(Pair {
                request,
                ours: of(OURS)?,
                theirs: of(&subject.peer)?,
            })
        });
        Some(Group {
            title,
            peer: subject.peer.clone(),
            pairs: pairs.collect(),
        })
    });
    groups.filter(|group| !group.pairs.is_empty()).collect()
}

fn describe(groups: &[Group]) -> String {
    let groups = groups.iter().map(|group| {
        let pairs = group.pairs.iter().map(|pair| {
            let (ours, theirs) = (whole(pair.ours), whole(pair.theirs));
            format!("{}: {ours} and {theirs}", pair.request)
        });
        let pairs: Vec<_> = pairs.collect();
        format!(
            "{} (ours and {}): {}",
            group.title,
            group.peer,
            pairs.join("; ")
        )
    });
    description(groups)
}

const ROW: f64 = 21.0;
const HEAD: f64 = 38.0;
const TOP: f64 = 46.0;
/// Where the names of the requests end.
const NAMES: f64 = 150.0;
/// The zone of the figures below zero: from, to, and where their marks are.
const BELOW: (f64, f64, f64) = (162.0, 230.0, 218.0);

fn draw(groups: &[Group], description: &str) -> String {
    let rows: usize = groups.iter().map(|group| group.pairs.len()).sum();
    let bottom = TOP + rows as f64 * ROW + groups.len() as f64 * HEAD;
    let pairs = groups.iter().flat_map(|group| &group.pairs);
    let most = pairs.fold(1e4, |most: f64, pair| most.max(pair.ours).max(pair.theirs));
    let scale = Scale {
        low: 200.0,
        high: most * 1.3,
        start: 262.0,
        end: WIDTH - 60.0,
    };
    let mut svg = Svg::new(WIDTH, bottom + 56.0, TITLE, description);
    legend(&mut svg);
    axis(&mut svg, scale, (BELOW.0 + BELOW.1) / 2.0, (TOP, bottom));
    let mut y = TOP;
    for group in groups {
        svg.text(16.0, y + 20.0, "strong", group.title);
        y += HEAD;
        let rows = group.pairs.len() as f64;
        svg.zone((BELOW.0, BELOW.1), (y - ROW / 2.0, y + (rows - 0.5) * ROW));
        for pair in &group.pairs {
            svg.text(NAMES, y + 4.0, "muted end", pair.request);
            draw_pair(&mut svg, scale, y, pair);
            y += ROW;
        }
    }
    svg.finish()
}

fn legend(svg: &mut Svg) {
    svg.text(16.0, 26.0, "strong", TITLE);
    svg.mark(Shape::Circle, "ours", (166.0, 22.0));
    svg.text(178.0, 26.0, "", "ours");
    svg.mark(Shape::Diamond, "theirs", (226.0, 22.0));
    svg.text(
        238.0,
        26.0,
        "",
        "theirs: tower-http, actix-cors, rocket_cors, warp::cors",
    );
}

fn draw_pair(svg: &mut Svg, scale: Scale, y: f64, pair: &Pair) {
    let x = |figure: f64| {
        if figure <= 0.0 {
            BELOW.2
        } else {
            scale.at(figure.max(scale.low))
        }
    };
    let (ours, theirs) = (x(pair.ours), x(pair.theirs));
    svg.line("link", (ours, y), (theirs, y));
    let is_less = pair.ours <= pair.theirs;
    let mut figure = |at: f64, is_left: bool, class: &str, figure: f64| {
        let (x, anchor) = if is_left {
            (at - 9.0, " end")
        } else {
            (at + 9.0, "")
        };
        let class = format!("figure {class}{anchor}");
        svg.text(x, y + 4.0, &class, &label(figure));
    };
    figure(ours, is_less, "ours", pair.ours);
    figure(theirs, !is_less, "theirs", pair.theirs);
    svg.mark(Shape::Diamond, "theirs", (theirs, y));
    svg.mark(Shape::Circle, "ours", (ours, y));
}
