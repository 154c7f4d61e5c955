//! The goals, evaluated with the stored figures.

use crate::comparison::{Comparison, PREFLIGHT, Select};
use crate::cost::{Building, Cost, OURS, Outcome, Role, Scenario, Subject, Unit};
use crate::markdown::whole;
use crate::topic::Topic;

/// A condition that must hold in all comparisons.
#[derive(Clone, Debug)]
pub(crate) struct Goal {
    pub(crate) topic: Topic,
    /// The framework, unless the places name it.
    pub(crate) subject: Option<String>,
    /// The condition, with the framework.
    pub(crate) what: String,
    pub(crate) comparisons: Vec<Comparison>,
    /// The scenarios that are not compared.
    pub(crate) left_out: Vec<String>,
}

impl Goal {
    /// The comparison with the largest excess; `None` if nothing was measured.
    pub(crate) fn worst(&self) -> Option<&Comparison> {
        let order =
            |one: &&Comparison, other: &&Comparison| one.excess().total_cmp(&other.excess());
        self.comparisons.iter().max_by(order)
    }

    pub(crate) fn misses(&self) -> impl Iterator<Item = &Comparison> {
        self.comparisons
            .iter()
            .filter(|comparison| !comparison.holds())
    }
}

const DECISION: &str = "decision alone";
const TOWER: &str = "tower";
const LAYER: &str = "axum, `Router::layer`";
const AROUND: &str = "axum, around the router";
const ACTIX: &str = "actix";
const ROCKET: &str = "Rocket";
const WARP: &str = "warp";
const SERVICE: &str = "warp, around the service";

/// The subject, the scenarios, and the maximum share of the cost of the other middleware.
///
/// tower-http does not check header names, so with it, preflights with many names have no such limit, but a goal of their own.
/// So do responses with many headers of the application. `warp::cors` sends no `Vary`, so allowed requests have a higher
/// limit there.
const SHARES: [(Topic, &str, &str, Select, f64); 22] = [
    (Topic::NoMore, TOWER, "every scenario", is_plain, 1.0),
    (Topic::NoMore, LAYER, "every scenario", is_plain, 1.0),
    (Topic::NoMore, AROUND, "every scenario", is_plain, 1.0),
    (Topic::NoMore, ACTIX, "every scenario", has_few_headers, 1.0),
    (
        Topic::NoMore,
        ROCKET,
        "every scenario",
        has_few_headers,
        1.0,
    ),
    (Topic::NoMore, WARP, "every preflight", is_preflight, 1.0),
    (Topic::NoMore, SERVICE, "every preflight", is_preflight, 1.0),
    (Topic::Warp, WARP, "allowed", is_allowed, 1.1),
    (Topic::Warp, SERVICE, "allowed", is_allowed, 1.1),
    (Topic::Shares, TOWER, "actual", is_actual, 0.55),
    (
        Topic::Shares,
        TOWER,
        "allowed preflight",
        is_allowed_preflight,
        0.6,
    ),
    (
        Topic::Shares,
        TOWER,
        "refused preflight",
        is_refused_preflight,
        0.25,
    ),
    (Topic::Shares, AROUND, "actual", is_actual, 0.6),
    (
        Topic::Shares,
        AROUND,
        "preflight",
        |scenario| is_preflight(scenario) && has_few_names(scenario),
        0.45,
    ),
    (Topic::Shares, ACTIX, "actual", is_actual, 0.75),
    (Topic::Shares, ACTIX, "preflight", is_preflight, 0.25),
    (Topic::Shares, ROCKET, "actual", is_actual, 0.35),
    (Topic::Shares, ROCKET, "preflight", is_preflight, 0.55),
    (Topic::Shares, WARP, "preflight", is_preflight, 0.55),
    (Topic::Shares, WARP, "denied", is_denied, 0.4),
    (Topic::Shares, SERVICE, "preflight", is_preflight, 0.55),
    (Topic::Shares, SERVICE, "denied", is_denied, 0.4),
];

/// The cost of the hand-written minimum when the goals were set.
const FLOORS: [(&str, f64); 3] = [
    ("one origin, allowed", 948.0),
    (PREFLIGHT, 1_938.0),
    ("preflight, header denied", 903.0),
];

/// The series, each with the two sizes that are compared.
pub(crate) const SERIES: [(&str, usize, usize); 9] = [
    ("origins, first", 10, 1_000_000),
    ("origins, last", 10, 1_000_000),
    ("origins, miss", 10, 1_000_000),
    ("patterns, last", 1, 10_000),
    ("patterns, miss", 1, 10_000),
    ("label patterns, last", 1, 10_000),
    ("label patterns, miss", 1, 10_000),
    ("schemes, last", 1, 10_000),
    ("schemes, miss", 1, 10_000),
];

/// The goals for which this run has figures.
pub(crate) fn all(cost: &Cost) -> Vec<Goal> {
    let mut goals = shares(cost);
    goals.extend(of_each_subject(cost));
    goals.extend(decision(cost));
    goals.extend(growth(cost));
    goals.extend(building(cost));
    goals.retain(|goal| !goal.comparisons.is_empty() || !goal.left_out.is_empty());
    goals
}

fn shares(cost: &Cost) -> Vec<Goal> {
    let own = [TOWER, LAYER, AROUND, ACTIX, ROCKET];
    let own = own.map(|subject| {
        (
            Topic::OwnHeaders,
            subject,
            "a response with 10 to 100 headers of its own",
            has_own_headers as Select,
            1.0,
        )
    });
    let all = SHARES.into_iter().chain(own);
    let goals = all.filter_map(|(topic, subject, which, select, factor)| {
        let subject = cost.subject(subject)?;
        let select = |scenario: &Scenario| select(scenario) && !has_twin(scenario);
        let what = format!("{which} at most {factor} x {}", subject.peer);
        let comparisons = cost.against(subject, factor, select);
        Some(Goal {
            left_out: cost.left_out(subject, select),
            ..goal(topic, subject, &what, comparisons)
        })
    });
    goals.collect()
}

fn goal(topic: Topic, subject: &Subject, what: &str, comparisons: Vec<Comparison>) -> Goal {
    Goal {
        topic,
        subject: Some(subject.name.clone()),
        what: format!("{}: {what}", subject.name),
        comparisons,
        left_out: Vec::new(),
    }
}

fn of_each_subject(cost: &Cost) -> Vec<Goal> {
    let mut goals = Vec::new();
    for subject in &cost.subjects {
        let mut add = |topic, what: &str, comparisons| {
            goals.push(goal(topic, subject, what, comparisons));
        };
        if [TOWER, LAYER, AROUND].contains(&&*subject.name) {
            let what = "preflights with 50 or more names at most 60 Ir per name";
            add(Topic::Names, what, cost.names(subject, 60.0));
        }
        if [WARP, SERVICE].contains(&&*subject.name) {
            let what = format!("not CORS at most 300 Ir above {}", subject.peer);
            let is_not_cors = |scenario: &Scenario| scenario.outcome == Outcome::NotCors;
            let compared = cost.at_most_above(subject, 300.0, is_not_cors);
            add(Topic::Warp, &what, compared);
        }
        if subject.name == TOWER {
            for (name, floor) in FLOORS {
                let named = |scenario: &Scenario| scenario.name == name;
                let what = format!("{name} at most 1.25 x {}", whole(floor));
                let compared = cost.at_most(subject, 1.25 * floor, named);
                add(Topic::Minimum, &what, compared);
            }
        }
        add(
            Topic::BeyondBounds,
            "outside the bounds at most 1.5 x the benign refusal, 2 x for empty lines",
            cost.attacks(subject),
        );
        add(
            Topic::BeyondBounds,
            "the same attack with 64 KiB: slope at most 0.05",
            cost.slopes(subject),
        );
        for (topic, factor, what) in [
            (
                Topic::Rules,
                1.3,
                "more rules by path or hosts at most 1.3 x 10 of them",
            ),
            (
                Topic::SameNames,
                1.5,
                "allowed names in any order, case and spacing at most 1.5 x the sorted list",
            ),
            (
                Topic::WithinBounds,
                3.0,
                "anything else inside the bounds at most 3 x the ordinary request",
            ),
        ] {
            add(topic, what, cost.twins(subject, factor));
        }
    }
    goals
}

fn decision(cost: &Cost) -> Vec<Goal> {
    let Some(subject) = cost.subject(DECISION) else {
        return Vec::new();
    };
    let one = |scenario: &Scenario| {
        scenario.policy == "One" && is_actual(scenario) && scenario.role == Role::Plain
    };
    let grows = |scenario: &Scenario| matches!(scenario.role, Role::Growth { .. });
    let goals = [
        (
            "one origin at most 300 Ir",
            cost.at_most(subject, 300.0, one),
        ),
        (
            "any list or patterns at most 450 Ir",
            cost.at_most(subject, 450.0, grows),
        ),
        ("0 allocations", cost.no_allocations(subject)),
    ];
    let goals = goals.map(|(what, comparisons)| goal(Topic::Decision, subject, what, comparisons));
    goals.into()
}

fn growth(cost: &Cost) -> Vec<Goal> {
    let of = |what, comparisons| Goal {
        topic: Topic::Growth,
        subject: None,
        what,
        comparisons,
        left_out: Vec::new(),
    };
    let goals = SERIES.map(|series| {
        let (name, from, to) = series;
        let (from, to) = (whole(from as f64), whole(to as f64));
        let what = format!("growth: {name}, {to} at most 1.1 x {from}");
        of(what, cost.growth(Unit::Instructions, series, 1.1))
    });
    let bytes = SERIES
        .into_iter()
        .flat_map(|series| cost.growth(Unit::Bytes, series, 1.0));
    let what = "growth: bytes per request independent of the list".to_owned();
    let bytes = of(what, bytes.collect());
    goals.into_iter().chain([bytes]).collect()
}

fn building(cost: &Cost) -> Vec<Goal> {
    let ours =
        |origins: usize, limit: f64, unit: &str, verb: &str, of: fn(&Building) -> Option<f64>| {
            let built = cost.buildings.iter();
            let built = built.filter(|it| it.variant == OURS && it.origins == origins);
            let each = built.filter_map(|it| {
                let measured = of(it)?;
                Some(Comparison {
                    place: it.subject.clone(),
                    shown: format!("{measured:.1} {unit}"),
                    sentence: format!(
                        "{verb} {measured:.1} {unit} for {} origins",
                        whole(origins as f64)
                    ),
                    measured,
                    limit,
                })
            });
            each.collect::<Vec<_>>()
        };
    let clones = cost.bytes_of_clones.map(|bytes| Comparison {
        place: "all adapters".to_owned(),
        shown: format!("{bytes} bytes per clone"),
        sentence: format!("allocate {bytes} bytes"),
        measured: bytes,
        limit: 0.0,
    });
    let compiles = cost.core_compiles_in.map(|seconds| Comparison {
        place: "`cors-decision`".to_owned(),
        shown: format!("{seconds:.1} s"),
        sentence: format!("takes {seconds:.1} s with default features and the development profile"),
        measured: seconds,
        limit: 15.0,
    });
    let (megabytes, milliseconds) = (
        |it: &Building| it.megabytes,
        |it: &Building| it.milliseconds,
    );
    let goals = [
        (
            Topic::Building,
            "building: 100,000 origins keep at most 8 MB",
            ours(100_000, 8.0, "MB", "keeps", megabytes),
        ),
        (
            Topic::Building,
            "building: 100,000 origins at most 30 ms",
            ours(100_000, 30.0, "ms", "takes", milliseconds),
        ),
        (
            Topic::Building,
            "building: 1,000,000 origins keep at most 80 MB",
            ours(1_000_000, 80.0, "MB", "keeps", megabytes),
        ),
        (
            Topic::Clones,
            "building: a clone for another worker allocates 0 bytes",
            clones.into_iter().collect(),
        ),
        (
            Topic::Compiling,
            "build cost: cors-decision compiles in at most 15 s",
            compiles.into_iter().collect(),
        ),
    ];
    let goals = goals.map(|(topic, what, comparisons)| Goal {
        topic,
        subject: None,
        what: what.to_owned(),
        comparisons,
        left_out: Vec::new(),
    });
    goals.into()
}

fn has_twin(scenario: &Scenario) -> bool {
    matches!(scenario.role, Role::Twin { .. })
}

fn has_own_headers(scenario: &Scenario) -> bool {
    matches!(scenario.role, Role::OwnHeaders(_))
}

fn has_few_headers(scenario: &Scenario) -> bool {
    !has_own_headers(scenario)
}

fn is_plain(scenario: &Scenario) -> bool {
    has_few_names(scenario) && has_few_headers(scenario)
}

fn has_few_names(scenario: &Scenario) -> bool {
    !matches!(scenario.role, Role::Names(_))
}

fn is_denied(scenario: &Scenario) -> bool {
    scenario.outcome == Outcome::Denied && has_few_headers(scenario)
        || is_refused_preflight(scenario)
}

fn is_actual(scenario: &Scenario) -> bool {
    !is_preflight(scenario) && has_few_headers(scenario)
}

fn is_allowed(scenario: &Scenario) -> bool {
    scenario.outcome == Outcome::Allowed && has_few_headers(scenario)
}

fn is_preflight(scenario: &Scenario) -> bool {
    scenario.outcome.is_preflight()
}

fn is_allowed_preflight(scenario: &Scenario) -> bool {
    scenario.outcome == Outcome::PreflightAllowed && has_few_names(scenario)
}

fn is_refused_preflight(scenario: &Scenario) -> bool {
    scenario.outcome == Outcome::PreflightDenied
}
