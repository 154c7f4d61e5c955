//! Rules by path, and what real routers and file handlers make of a path.
//!
//! Generated paths are sent to applications in all frameworks: static routes, wildcard parameters,
//! nested routers and file handlers. The body of each response names the area that it comes from, as an
//! application understands it. No response may be granted, and no request let through, if the policy of
//! its area does not allow it.
//!
//! `CORS_PATHS` sets the number of generated paths, and `CORS_PATHS_SEED` where they start.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

mod actix;
mod area;
mod axum;
mod generate;
mod rocket;
mod service;
mod warp;

use std::env;
use std::path::Path;
use std::thread;

use area::{Area, Setup};
use generate::Generator;

/// A request. With `OPTIONS`, it is a preflight.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) path: String,
    pub(crate) method: &'static str,
    pub(crate) origin: &'static str,
    pub(crate) kind: Kind,
}

/// What is certain about a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It has the policy of its prefix.
    Plain,
    /// Nothing is allowed.
    Ambiguous,
    Any,
}

/// A response.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) allow_origin: Option<String>,
    /// The areas, if a handler or a file responded.
    pub(crate) body: String,
}

/// Sends all requests to one of the applications of a framework. `None` if a request cannot be sent.
pub(crate) type Run = fn(&Setup, &Path, &[Case]) -> Vec<Option<Answer>>;

const APPLICATIONS: [(&str, Run); 11] = [
    ("axum files", axum::files),
    ("axum parameters", axum::parameters),
    ("axum nested", axum::nested),
    ("actix files", actix::files),
    ("actix parameters", actix::parameters),
    ("actix scopes", actix::scopes),
    ("rocket files", rocket::files),
    ("rocket parameters", rocket::parameters),
    ("warp files", warp::files),
    ("warp tail", warp::tail),
    ("warp parameters", warp::parameters),
];

/// Paths that reached `/admin` under the policy of another path, each in one of the frameworks.
const KNOWN: [&str; 17] = [
    "/admin%2Fsecret",
    "/admin%2fopen%2fsecret",
    "/admin/open%2Fsecret",
    "/%%36%31dmin/secret",
    "/%2561dmin/secret",
    "/public/%%32e%%32e/admin/secret",
    "/public/%2e%2e/admin/secret",
    "/public%2F..%2Fadmin%2Fsecret",
    "/public/../admin/secret",
    "/admin%5Csecret",
    "/admin;v=1/secret",
    "/./admin/secret",
    "/admin%2Fopen%2F..%2Fsecret",
    "/%61dmin/secret",
    "//admin/secret",
    "/admin/ope%6E/secret",
    "/admin//open/secret",
];

#[test]
fn no_response_has_a_laxer_rule_than_its_area() {
    let folder = tempfile::tempdir().unwrap();
    area::write_files(folder.path());
    let number = |name| env::var(name).ok().map(|text| text.parse().unwrap());
    let count = number("CORS_PATHS").unwrap_or(40_000);
    let seed = number("CORS_PATHS_SEED").unwrap_or(0);
    let mut generator = Generator::new(seed);
    let mut cases = Vec::new();
    for path in KNOWN {
        for origin in area::ORIGINS {
            for method in ["GET", "POST", "OPTIONS"] {
                cases.push(Case {
                    path: path.to_owned(),
                    method,
                    origin,
                    kind: Kind::Ambiguous,
                });
            }
        }
    }
    let known = cases.len();
    cases.extend((0..count).map(|_| generator.case()));
    thread::scope(|scope| {
        let threads = APPLICATIONS
            .into_iter()
            .enumerate()
            .map(|(at, (name, run))| {
                // Every application gets the known paths, and its share of the others: each path goes to
                // one application of each framework.
                let (cases, folder) = (&cases, folder.path());
                scope.spawn(move || {
                    let framework = name.split(' ').next();
                    let siblings = APPLICATIONS.iter().enumerate();
                    let siblings: Vec<usize> = siblings
                        .filter(|(_, (other, _))| other.split(' ').next() == framework)
                        .map(|(at, _)| at)
                        .collect();
                    let own = siblings.iter().position(|other| *other == at).unwrap();
                    let is_own = |case: &usize| *case < known || case % siblings.len() == own;
                    let share: Vec<Case> = (0..cases.len())
                        .filter(is_own)
                        .map(|case| cases[case].clone())
                        .collect();
                    check(name, run, folder, &share);
                })
            });
        let threads: Vec<_> = threads.collect();
        for thread in threads {
            thread.join().unwrap();
        }
    });
}

fn check(name: &str, run: Run, folder: &Path, cases: &[Case]) {
    let halves: [Vec<Case>; 2] = [0, 1].map(|half| {
        let half = cases.iter().enumerate().filter(|(at, _)| at % 2 == half);
        half.map(|(_, case)| case.clone()).collect()
    });
    let mut reached = 0;
    let mut plain = 0;
    for (setup, cases) in Setup::all().iter().zip(&halves) {
        for (case, answer) in cases.iter().zip(run(setup, folder, cases)) {
            let Some(answer) = answer else { continue };
            let areas = Area::list(&answer.body);
            reached +=
                usize::from(case.kind != Kind::Plain && areas.iter().any(|area| area.has_rule()));
            for area in areas {
                assert!(
                    setup.may_respond(area, case, &answer),
                    "{name}: {case:?} got {answer:?} from {area:?}"
                );
            }
            match case.kind {
                Kind::Plain => {
                    plain += 1;
                    let expected = setup.expected(case);
                    assert_eq!(
                        answer.allow_origin, expected,
                        "{name}: {case:?}: {answer:?}"
                    );
                }
                Kind::Ambiguous => {
                    assert_eq!(answer.allow_origin, None, "{name}: {case:?}: {answer:?}");
                    let is_own = answer.body == "Disallowed CORS path";
                    // Rocket refuses some of these paths itself, before any fairing.
                    let is_refused = is_own || name.starts_with("rocket") && answer.status == 400;
                    assert!(
                        is_refused || case.method != "OPTIONS",
                        "{name}: {case:?}: {answer:?}"
                    );
                }
                Kind::Any => {}
            }
        }
    }
    println!(
        "{name}: {} paths, {reached} in an unusual way to an area with a rule",
        cases.len()
    );
    let goal = cases.len() / 100;
    assert!(reached > goal, "{name}: {reached} of {}", cases.len());
    assert!(plain > goal, "{name}: {plain} of {}", cases.len());
}
