//! The goals, evaluated with the figures of this run.

use crate::building::{Building, SIZES};
use crate::comparison::{Comparison, Run};
use crate::dependencies::Dependencies;
use crate::figures::Unit;
use cors_benchmarks::markdown::thousands;
use cors_benchmarks::scenario::table::{HEADER_DENIED, PREFLIGHT};
use cors_benchmarks::scenario::{Policy, Right, Role, Scenario};
use cors_benchmarks::subject::{self, Subject, Variant};
use std::collections::HashMap;

/// A condition that must hold in all comparisons.
#[derive(Debug)]
pub(crate) struct Goal {
    pub(crate) what: String,
    pub(crate) comparisons: Vec<Comparison>,
}

impl Goal {
    /// The comparison with the largest excess; `None` if nothing was measured in this run.
    pub(crate) fn worst(&self) -> Option<&Comparison> {
        let order =
            |one: &&Comparison, other: &&Comparison| one.excess().total_cmp(&other.excess());
        self.comparisons.iter().max_by(order)
    }
}

const DECISION: &Subject = &subject::ALL[0];
const TOWER: &Subject = &subject::ALL[1];
const LAYER: &Subject = &subject::ALL[2];
const AROUND: &Subject = &subject::ALL[3];
const ACTIX: &Subject = &subject::ALL[4];
const ROCKET: &Subject = &subject::ALL[5];
const WARP: &Subject = &subject::ALL[6];
const SERVICE: &Subject = &subject::ALL[7];

type Select = fn(&Scenario) -> bool;

/// The subject, the scenarios, and the maximum share of the cost of the existing middleware.
///
/// tower-http does not check header names, so preflights with many names are exempt there.
/// `warp::cors` sends no `Vary`, so allowed requests have a higher limit there.
const SHARES: [(&Subject, &str, Select, f64); 22] = [
    (TOWER, "every scenario", has_few_names, 1.0),
    (LAYER, "every scenario", has_few_names, 1.0),
    (AROUND, "every scenario", has_few_names, 1.0),
    (ACTIX, "every scenario", |_| true, 1.0),
    (ROCKET, "every scenario", |_| true, 1.0),
    (WARP, "every preflight", is_preflight, 1.0),
    (WARP, "allowed", is_allowed, 1.1),
    (SERVICE, "every preflight", is_preflight, 1.0),
    (SERVICE, "allowed", is_allowed, 1.1),
    (TOWER, "actual", is_actual, 0.55),
    (TOWER, "allowed preflight", is_allowed_preflight, 0.6),
    (TOWER, "refused preflight", is_refused_preflight, 0.25),
    (AROUND, "actual", is_actual, 0.6),
    (
        AROUND,
        "preflight",
        |scenario| is_preflight(scenario) && has_few_names(scenario),
        0.45,
    ),
    (ACTIX, "actual", is_actual, 0.75),
    (ACTIX, "preflight", is_preflight, 0.25),
    (ROCKET, "actual", is_actual, 0.35),
    (ROCKET, "preflight", is_preflight, 0.55),
    (WARP, "preflight", is_preflight, 0.55),
    (WARP, "denied", is_denied, 0.4),
    (SERVICE, "preflight", is_preflight, 0.55),
    (SERVICE, "denied", is_denied, 0.4),
];

/// The cost of the hand-written minimum when the goals were set.
const FLOORS: [(&str, f64); 3] = [
    ("one origin, allowed", 948.0),
    (PREFLIGHT, 1_938.0),
    (HEADER_DENIED, 903.0),
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

pub(crate) fn all(
    run: &Run<'_>,
    building: &Building,
    dependencies: Option<&Dependencies>,
) -> Vec<Goal> {
    let mut goals = Vec::new();
    let mut goal = |what: String, comparisons| goals.push(Goal { what, comparisons });
    for (subject, which, select, factor) in SHARES {
        let what = format!(
            "{}: {which} at most {factor} x {}",
            subject.name, subject.peer
        );
        let select = |scenario: &Scenario| select(scenario) && !has_twin(scenario);
        goal(what, run.against(subject, Variant::Peer, factor, select));
    }
    for subject in [TOWER, LAYER, AROUND] {
        let what = format!(
            "{}: preflights with 50 or more names at most 60 Ir per name",
            subject.name
        );
        goal(what, run.names(subject));
    }
    for subject in [WARP, SERVICE] {
        let what = format!(
            "{}: not CORS at most 300 Ir above {}",
            subject.name, subject.peer
        );
        goal(what, run.at_most_above(subject, 300.0, is_not_cors));
    }
    for (name, floor) in FLOORS {
        let named = |scenario: &Scenario| scenario.name == name;
        let what = format!("tower: {name} at most 1.25 x {}", thousands(floor as i64));
        goal(what, run.at_most(TOWER, 1.25 * floor, named));
    }
    let one = |scenario: &Scenario| {
        scenario.policy == Policy::One && is_actual(scenario) && scenario.role == Role::Plain
    };
    let grows = |scenario: &Scenario| matches!(scenario.role, Role::Growth { .. });
    let what = |what: &str| format!("{}: {what}", DECISION.name);
    goal(
        what("one origin at most 300 Ir"),
        run.at_most(DECISION, 300.0, one),
    );
    goal(
        what("any list or patterns at most 450 Ir"),
        run.at_most(DECISION, 450.0, grows),
    );
    goal(what("0 allocations"), run.no_allocations(DECISION));
    for (series, from, to) in SERIES {
        let what = format!(
            "growth: {series}, {} at most 1.1 x {}",
            thousands(to),
            thousands(from)
        );
        goal(what, run.growth(Unit::Instructions, series, from, to, 1.1));
    }
    let bytes = SERIES
        .into_iter()
        .flat_map(|(series, from, to)| run.growth(Unit::Bytes, series, from, to, 1.0));
    goal(
        "growth: bytes per request independent of the list".to_owned(),
        bytes.collect(),
    );
    for subject in &subject::ALL {
        let what = "outside the bounds at most 1.5 x the benign refusal, 2 x for empty lines";
        goal(
            format!("attack, {}: {what}", subject.name),
            run.attacks(subject),
        );
        for (factor, what) in [
            (1.3, "more rules by path or hosts at most 1.3 x 10 of them"),
            (
                1.5,
                "allowed names in any order, case and spacing at most 1.5 x the sorted list",
            ),
            (
                3.0,
                "anything else inside the bounds at most 3 x the ordinary request",
            ),
        ] {
            goal(
                format!("{}: {what}", subject.name),
                run.twins(subject, factor),
            );
        }
    }
    for subject in [TOWER, LAYER, AROUND, ACTIX] {
        let what = format!(
            "{}: a response with 10 to 100 headers of its own at most 1.0 x {}",
            subject.name, subject.peer
        );
        goal(
            what,
            run.against(subject, Variant::Peer, 1.0, has_own_headers),
        );
    }
    let slopes = subject::ALL.iter().flat_map(|subject| run.slopes(subject));
    goal("attack: slope at most 0.05".to_owned(), slopes.collect());
    goals.extend(of_building(building, dependencies));
    goals
}

fn of_building(
    building: &Building,
    dependencies: Option<&Dependencies>,
) -> impl Iterator<Item = Goal> {
    let [small, large] = SIZES;
    let ours = |figures: &HashMap<_, f64>, origins: usize, limit: f64, unit: &str| {
        let each = subject::ALL.iter().filter_map(|subject| {
            let measured = *figures.get(&(subject.name, Variant::Ours, origins))?;
            let shown = format!("{measured:.1} {unit}");
            Some(Comparison::new(subject.name, shown, measured, limit))
        });
        each.collect::<Vec<_>>()
    };
    let clones = building.bytes_of_clones.map(|bytes| {
        let shown = format!("{bytes} bytes per clone");
        Comparison::new("all adapters", shown, bytes, 0.0)
    });
    let compiles = dependencies.map(|dependencies| {
        let seconds = dependencies.core_compiles_in;
        Comparison::new("cors-decision", format!("{seconds:.1} s"), seconds, 15.0)
    });
    [
        (
            "building: 100,000 origins keep at most 8 MB",
            ours(&building.megabytes, small, 8.0, "MB"),
        ),
        (
            "building: 100,000 origins at most 30 ms",
            ours(&building.milliseconds, small, 30.0, "ms"),
        ),
        (
            "building: 1,000,000 origins keep at most 80 MB",
            ours(&building.megabytes, large, 80.0, "MB"),
        ),
        (
            "building: a clone for another worker allocates 0 bytes",
            clones.into_iter().collect(),
        ),
        (
            "build cost: cors-decision compiles in at most 15 s",
            compiles.into_iter().collect(),
        ),
    ]
    .into_iter()
    .map(|(what, comparisons)| Goal {
        what: what.to_owned(),
        comparisons,
    })
}

fn has_twin(scenario: &Scenario) -> bool {
    matches!(scenario.role, Role::Twin { .. })
}

fn has_own_headers(scenario: &Scenario) -> bool {
    matches!(scenario.role, Role::OwnHeaders(_))
}

fn has_few_names(scenario: &Scenario) -> bool {
    !matches!(scenario.role, Role::Names(_))
}

fn is_not_cors(scenario: &Scenario) -> bool {
    scenario.right == Right::NotCors
}

fn is_denied(scenario: &Scenario) -> bool {
    scenario.right == Right::Denied || is_refused_preflight(scenario)
}

fn is_actual(scenario: &Scenario) -> bool {
    !is_preflight(scenario)
}

fn is_allowed(scenario: &Scenario) -> bool {
    scenario.right == Right::Allowed
}

fn is_preflight(scenario: &Scenario) -> bool {
    scenario.right.is_preflight()
}

fn is_allowed_preflight(scenario: &Scenario) -> bool {
    scenario.right == Right::PreflightAllowed && has_few_names(scenario)
}

fn is_refused_preflight(scenario: &Scenario) -> bool {
    matches!(scenario.right, Right::PreflightDenied { .. })
}
