//! Sends random requests under random policies to the newest Starlette and to every framework of
//! this workspace. The responses must differ exactly as the rules in `rules.rs` describe.
//!
//! `cargo test -p conformance-tests --test starlette -- --nocapture` prints what was compared.
//! The first policies are the same in every run, each with 40 requests. `PROPTEST_CASES` is the
//! number of random policies after them.

#![cfg(unix)] // the folder of programs in a virtual environment
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

mod exchange;
mod refusals;
mod rules;
mod vocabulary;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;

use conformance_tests::response::Response;
use conformance_tests::run::shown;
use conformance_tests::subject::FRAMEWORKS;
use conformance_tests::vector::{Line, Request};
use conformance_tests::wire;
use cors_core::{Config, ConfigError};
use proptest::prelude::*;
use proptest::test_runner::{TestCaseError, TestError, TestRunner};
use test_support::process::Server;
use test_support::python::Environment;
use test_support::random;

use self::exchange::{Case, CorsResponse, is_preflight};
use self::rules::{ROCKET, RULES, Rule, apply};
use self::vocabulary::Policy;

const FIXED_POLICIES: u32 = 160;
const POLICIES: u32 = 40;
const REQUESTS: usize = 40; // for each policy

#[test]
fn starlette_differs_only_where_a_rule_expects_it() {
    let Some(python) = Environment::with(env!("CARGO_TARGET_TMPDIR"), &["starlette", "uvicorn"])
    else {
        return;
    };
    let starlette = Starlette::start(&python);
    let fixed = compare_policies(&starlette, FIXED_POLICIES, random::fixed);
    fixed.print();
    fixed.check();
    let policies = std::env::var("PROPTEST_CASES").map_or(POLICIES, |cases| cases.parse().unwrap());
    compare_policies(&starlette, policies, TestRunner::new).print();
}

fn compare_policies(
    starlette: &Starlette,
    policies: u32,
    runner: fn(ProptestConfig) -> TestRunner,
) -> Tally {
    let tally = RefCell::new(Tally::default());
    // Building needs no servers, so test more policies, and more invalid ones.
    run(
        runner(config(policies * 10)),
        vocabulary::policy(0.1),
        |policy| {
            starlette.put(&policy);
            let refused = build(&policy).err();
            let errors = refused.iter().flat_map(ConfigError::errors);
            let mut errors: Vec<_> = errors
                .map(|error| {
                    (
                        error.key().unwrap().as_str(),
                        error.index(),
                        error.rule().id(),
                    )
                })
                .collect();
            errors.sort();
            prop_assert_eq!(&errors, &refusals::expected(&policy), "{}", json(&policy));
            tally.borrow_mut().built(&errors);
            Ok(())
        },
    );
    run(
        runner(config(policies)),
        vocabulary::case(REQUESTS),
        |(policy, requests)| compare(starlette, &policy, &requests, &tally),
    );
    tally.into_inner()
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        max_shrink_iters: 100, // for the policy; the failing request is already known
        ..ProptestConfig::default()
    }
}

fn run<S: Strategy>(
    mut runner: TestRunner,
    strategy: S,
    test: impl Fn(S::Value) -> Result<(), TestCaseError>,
) {
    match runner.run(&strategy, test) {
        Ok(()) => {}
        // The reason contains the policy and the request in readable form.
        Err(TestError::Fail(reason, _) | TestError::Abort(reason)) => panic!("{reason}"),
    }
}

fn compare(
    starlette: &Starlette,
    policy: &Policy,
    requests: &[Request],
    tally: &RefCell<Tally>,
) -> Result<(), TestCaseError> {
    let Ok(built) = build(policy) else {
        return Ok(());
    };
    starlette.put(policy);
    let servers =
        FRAMEWORKS.map(|framework| (framework.name, framework.spawn(built.clone()).unwrap()));
    let mut tally = tally.borrow_mut();
    tally.policies += 1;
    for request in requests {
        let case = Case {
            policy,
            request,
            handled: starlette.handled(request),
        };
        let theirs = CorsResponse::of(request, &starlette.ask(request));
        let mut ours = theirs.clone();
        let used = apply(&RULES, &case, &mut ours);
        tally.equal += usize::from(ours == theirs);
        tally.asked(&ours, is_preflight(request), &used);
        for (name, server) in &servers {
            let mut expected = ours.clone();
            if *name == "rocket" {
                // Rocket drops lines that are not UTF-8 (BEHAVIOUR 5), which changes the request.
                if !request
                    .lines
                    .iter()
                    .all(|line| str::from_utf8(line.value()).is_ok())
                {
                    continue;
                }
                tally.used(&apply(&ROCKET, &case, &mut expected));
            }
            tally.responses += 1;
            let response = wire::ask(server.address, request).unwrap();
            let response = CorsResponse::of(request, &response);
            let context = || {
                let asked = shown(request);
                format!(
                    "{name}, {asked}\npolicy: {}\nStarlette: {theirs:?}\nrules: {used:?}",
                    json(policy)
                )
            };
            prop_assert_eq!(response, expected, "{}", context());
        }
    }
    Ok(())
}

fn json(policy: &Policy) -> String {
    serde_json::to_string(policy).unwrap()
}

/// Builds the policy from the same text that Starlette gets.
fn build(policy: &Policy) -> Result<cors_core::Policy, ConfigError> {
    serde_json::from_str::<Config>(&json(policy))
        .unwrap()
        .build()
}

/// The application under the policy that was set last.
struct Starlette {
    address: SocketAddr,
    _process: Server,
}

impl Starlette {
    fn start(python: &Environment) -> Self {
        let app = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/starlette/app.py");
        let process = Server::start(python.program("python").arg(app));
        Self {
            address: process.address().parse().unwrap(),
            _process: process,
        }
    }

    fn put(&self, policy: &Policy) {
        let host = Line::new("Host: api.example.com").unwrap();
        let response = self.ask(&to("PUT", "/policy", vec![host], json(policy)));
        assert_eq!(response.status, 204, "Starlette rejects {policy:?}");
    }

    fn ask(&self, request: &Request) -> Response {
        wire::ask(self.address, request).unwrap()
    }

    /// The response if the handler of `/panic` returns 500 instead of raising an exception.
    fn handled(&self, request: &Request) -> Option<CorsResponse> {
        (request.target == "/panic").then(|| {
            let request = to(
                &request.method,
                "/error",
                request.lines.clone(),
                String::new(),
            );
            CorsResponse::of(&request, &self.ask(&request))
        })
    }
}

fn to(method: &str, target: &str, lines: Vec<Line>, body: String) -> Request {
    Request {
        method: method.to_owned(),
        target: target.to_owned(),
        lines,
        body,
    }
}

/// Counts of what was compared.
#[derive(Default)]
struct Tally {
    configurations: usize,
    refused: BTreeMap<&'static str, usize>,
    policies: usize,
    requests: usize,
    responses: usize,
    equal: usize,
    /// The number of times each outcome was expected.
    outcomes: BTreeMap<&'static str, usize>,
    rules: BTreeMap<&'static str, usize>,
}

impl Tally {
    fn built(&mut self, errors: &[(&str, Option<usize>, &'static str)]) {
        self.configurations += 1;
        for (_, _, rule) in errors {
            *self.refused.entry(rule).or_default() += 1;
        }
    }

    fn asked(&mut self, expected: &CorsResponse, is_preflight: bool, used: &[&'static str]) {
        self.requests += 1;
        let outcome = match (is_preflight, expected.allows_origin()) {
            (true, _) if expected.status == 200 => "allowed preflight",
            (true, true) => "refused preflight of an allowed origin",
            (true, false) => "refused origin of a preflight",
            (false, true) => "readable",
            (false, false) => "not readable",
        };
        *self.outcomes.entry(outcome).or_default() += 1;
        self.used(used);
    }

    fn used(&mut self, rules: &[&'static str]) {
        for rule in rules {
            *self.rules.entry(rule).or_default() += 1;
        }
    }

    fn print(&self) {
        println!("{} configurations; errors, by rule:", self.configurations);
        for (rule, count) in &self.refused {
            println!("{count:8} {rule}");
        }
        let Self {
            policies,
            requests,
            responses,
            equal,
            ..
        } = self;
        println!("{policies} policies, {requests} requests, {responses} framework responses");
        for (outcome, count) in &self.outcomes {
            println!("{count:8} {outcome}");
        }
        println!("{equal:8} equal to Starlette's; the others differ by rule");
        for Rule { name, reason, .. } in RULES.iter().chain(&ROCKET) {
            println!(
                "{:8} {name} (BEHAVIOUR {reason})",
                self.rules.get(name).unwrap_or(&0)
            );
        }
    }

    /// Checks that every rule was needed, and that no outcome was too rare to prove anything.
    fn check(&self) {
        for rule in refusals::rules() {
            assert!(self.refused.contains_key(rule), "`{rule}` refused nothing");
        }
        for Rule { name, .. } in RULES.iter().chain(&ROCKET) {
            assert!(
                self.rules.contains_key(name),
                "`{name}` changed no response"
            );
        }
        assert!(self.equal * 10 > self.requests, "only {} equal", self.equal);
        assert_eq!(self.outcomes.len(), 5);
        for (outcome, count) in &self.outcomes {
            assert!(count * 40 > self.requests, "{outcome}: only {count}");
        }
    }
}
