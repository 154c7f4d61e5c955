//! Checks every subject against every vector, and describes each difference in the report.

mod compare;
mod config;
mod law;

use std::fmt;

use anyhow::{Context as _, Result, ensure};
use cors_core::{Config, Policies, Policy};

use crate::subject::{Observation, Started, Subject};
use crate::vector::{Difference, PathPolicies, Suite, Vector};

pub use self::compare::{cors, differences, shown, vary};

/// The result of a run.
#[derive(Debug, Default)]
pub struct Report {
    /// Every broken expectation.
    pub failures: Vec<Failure>,
    /// One line per subject, and the total.
    tallies: Vec<String>,
    /// One line per listed difference.
    differences: Vec<String>,
}

/// One broken expectation.
#[derive(Debug)]
pub struct Failure {
    /// The subject that failed.
    pub subject: String,
    /// The full name of the vector.
    pub vector: String,
    /// The reason for the vector, its request, and each difference from the expectation.
    pub lines: Vec<String>,
}

/// Sends every vector to every subject.
pub fn run(suite: &Suite, subjects: &[Box<dyn Subject>]) -> Result<Report> {
    for name in suite.differences.iter().flat_map(|entry| &entry.subjects) {
        let known = subjects.iter().any(|subject| subject.name() == name);
        ensure!(known, "differences.toml: no subject is named `{name}`");
    }
    let mut report = Report::default();
    for vector in &suite.configs {
        let mut lines = config::check(&vector.source, &vector.expect);
        if !lines.is_empty() {
            lines.insert(0, format!("why: {}", vector.why));
            report.fail("config", &vector.name, lines);
        }
    }
    let (asked, failures) = (suite.configs.len(), report.failures.len());
    report.tallies.push(format!(
        "config: {asked} configurations, {failures} failures"
    ));
    let cases = suite.vectors.iter().map(|vector| {
        let policies = build(vector).with_context(|| format!("the policy of {}", vector.name));
        Ok((vector, policies?))
    });
    let cases = cases.collect::<Result<Vec<_>>>()?;
    let mut asked = 0;
    for subject in subjects {
        let exchanges = ask_all(subject.as_ref(), &cases)?;
        asked += exchanges.len();
        report.evaluate(subject.name(), exchanges, &suite.differences);
    }
    let (vectors, subjects, failures) = (cases.len(), subjects.len(), report.failures.len());
    report.tallies.push(format!(
        "{vectors} vectors x {subjects} subjects: {asked} requests, {failures} failures in all"
    ));
    Ok(report)
}

/// A vector, its policies, and the observed response.
struct Exchange<'a> {
    vector: &'a Vector,
    policies: &'a Built,
    observed: Result<Observation>,
}

/// The policies of a vector.
struct Built {
    /// The policy of every request. `None` if it depends on the host or the path, and if there is no CORS.
    only: Option<Policy>,
    all: Policies,
}

fn build(vector: &Vector) -> Result<Built> {
    let mut all = by_path(&vector.policies)?;
    for (host, policies) in &vector.hosts {
        all = all.for_host(host, by_path(policies)?)?;
    }
    Ok(Built {
        only: vector.only_policy().map(policy).transpose()?,
        all,
    })
}

fn by_path(written: &PathPolicies) -> Result<Policies> {
    let mut all = match &written.default {
        Some(default) => Policies::new(policy(default)?),
        None => Policies::without_default(),
    };
    for (prefix, written) in &written.paths {
        all = match written {
            Some(written) => all.at(prefix, policy(written)?)?,
            None => all.without_cors(prefix)?,
        };
    }
    Ok(all)
}

fn policy(written: &toml::Table) -> Result<Policy> {
    Ok(written.clone().try_into::<Config>()?.build()?)
}

/// Sends all requests to one subject. Vectors with equal policies share a server.
fn ask_all<'a>(
    subject: &dyn Subject,
    cases: &'a [(&'a Vector, Built)],
) -> Result<Vec<Exchange<'a>>> {
    let mut servers: Vec<(&Policies, Box<dyn Started>)> = Vec::new();
    let mut exchanges = Vec::new();
    for (vector, policies) in cases {
        if subject.is_on_the_wire() && !vector.wire {
            continue;
        }
        let server = match servers.iter().position(|(same, _)| **same == policies.all) {
            Some(place) => servers.swap_remove(place).1,
            None => subject.start(policies.all.clone())?,
        };
        let observed = server.ask(&vector.request);
        servers.push((&policies.all, server));
        exchanges.push(Exchange {
            vector,
            policies,
            observed,
        });
    }
    Ok(exchanges)
}

impl Report {
    fn evaluate(&mut self, subject: &str, exchanges: Vec<Exchange<'_>>, listed: &[Difference]) {
        let failures = self.failures.len();
        let asked = exchanges.len();
        let mut rest = exchanges;
        for entry in listed
            .iter()
            .filter(|entry| entry.subjects.iter().any(|name| name == subject))
        {
            let covers = |exchange: &Exchange<'_>| entry.covers(&exchange.vector.name);
            let (covered, others) = rest.into_iter().partition::<Vec<_>, _>(covers);
            for exchange in &covered {
                let lines = if compare::differences(&exchange.vector.expect, &exchange.observed)
                    .is_empty()
                {
                    vec!["no longer differs: remove it from differences.toml".to_owned()]
                } else {
                    let expect = entry.instead_of(&exchange.vector.expect);
                    compare::differences(&expect, &exchange.observed)
                };
                self.fail_exchange(subject, exchange, lines);
            }
            if !covered.is_empty() {
                let (count, names) = (covered.len(), entry.vectors.join(", "));
                let line = format!(
                    "{subject} differs {count} times, in {names}: {}",
                    entry.reason
                );
                self.differences.push(line);
            }
            rest = others;
        }
        for exchange in &rest {
            let mut lines = compare::differences(&exchange.vector.expect, &exchange.observed);
            lines.extend(law::broken(exchange, &rest));
            self.fail_exchange(subject, exchange, lines);
        }
        self.tallies.push(format!(
            "{subject}: {asked} requests, {} listed differences, {} failures",
            asked - rest.len(),
            self.failures.len() - failures,
        ));
    }

    fn fail_exchange(&mut self, subject: &str, exchange: &Exchange<'_>, lines: Vec<String>) {
        if !lines.is_empty() {
            let vector = exchange.vector;
            let heading = vec![
                format!("why: {}", vector.why),
                compare::shown(&vector.request),
            ];
            self.fail(subject, &vector.name, [heading, lines].concat());
        }
    }

    fn fail(&mut self, subject: &str, vector: &str, lines: Vec<String>) {
        let (subject, vector) = (subject.to_owned(), vector.to_owned());
        self.failures.push(Failure {
            subject,
            vector,
            lines,
        });
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Failure {
            subject,
            vector,
            lines,
        } in &self.failures
        {
            writeln!(f, "FAILED {subject} {vector}\n    {}", lines.join("\n    "))?;
        }
        for line in self.differences.iter().chain(&self.tallies) {
            writeln!(f, "{line}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::run;
    use crate::subject::{Core, Observation, Started, Subject};
    use crate::vector::{Request, parse};
    use anyhow::Result;
    use cors_core::Policies;

    const TWO: &str = r#"
        section = "Fetch, CORS check"
        [responses.refused]
        decision = "actual-refused"
        reasons = ["origin-not-allowed"]
        status = 200
        body = "ok"
        cors = {}
        vary = ["origin"]
        [[vector]]
        name = "one"
        why = "because"
        policy = { allow_origins = ["https://a.example"] }
        request = { method = "GET", headers = ["Origin: https://b.example"] }
        expect = "refused"
        [[vector]]
        name = "two"
        why = "because"
        policy = { allow_origins = ["https://a.example"] }
        request = { method = "GET", target = "/vary", headers = ["Origin: https://b.example"] }
        expect = { like = "refused", vary = ["accept-encoding", "cookie", "origin"] }
        [[config]]
        name = "three"
        why = "because"
        policy = { allow_origins = ["https://a.example/"] }
        expect = { errors = ["allow_origins[0] origin-trailing-slash -> https://a.example"], warnings = [] }
        [[config]]
        name = "four"
        why = "because"
        prefixes = ["/a", "/a%2Fb"]
        expect = { errors = ["prefixes[1]"], warnings = [] }
    "#;

    /// The failures in the report, one text each.
    fn failures(text: &str, instead: Option<&str>) -> Vec<String> {
        let mut suite = parse(text).unwrap();
        suite.differences.extend(instead.map(|expect| {
            let entry = "subjects = ['core']\nvectors = ['file/two']\nreason = 'it is'\nexpect =";
            toml::from_str(&format!("{entry} {expect}")).unwrap()
        }));
        let report = run(&suite, &[Box::new(Core)]).unwrap();
        let describe =
            |failure: &super::Failure| format!("{} {}", failure.vector, failure.lines.concat());
        report.failures.iter().map(describe).collect()
    }

    #[test]
    fn correct_expectations_pass() {
        assert_eq!(failures(TWO, None), Vec::<String>::new());
    }

    #[test]
    fn each_wrong_expectation_is_reported() {
        for (right, wrong, message) in [
            (
                "decision = \"actual-refused\"",
                "decision = \"blocked\"",
                "decision: expected \"blocked\"",
            ),
            ("[\"origin-not-allowed\"]", "[]", "reasons: expected []"),
            (
                "status = 200",
                "status = 403",
                "status: expected 403, got 200",
            ),
            (
                "body = \"ok\"",
                "body = \"OK\"",
                "body: expected \"OK\", got \"ok\"",
            ),
            (
                "cors = {}",
                "cors = { access-control-max-age = \"1\" }",
                "access-control-max-age: expected [\"1\"], got []",
            ),
            (
                "vary = [\"origin\"]",
                "vary = []",
                "Vary: expected [], got [\"origin\"]",
            ),
            (
                "\"cookie\", ",
                "",
                "got [\"accept-encoding\", \"cookie\", \"origin\"]",
            ),
            (
                "cors = {}",
                "cors = {}\nheaders = { x-a = \"1\" }",
                "x-a: expected [\"1\"], got []",
            ),
            (
                "-> https://a.example\"",
                "-> https://b.example\"",
                "errors: expected",
            ),
            ("warnings = []", "warnings = [\"x\"]", "warnings: expected"),
            ("\"prefixes[1]\"", "", "errors: expected"),
        ] {
            let failures = failures(&TWO.replacen(right, wrong, 1), None);
            assert!(
                failures.iter().any(|failure| failure.contains(message)),
                "{wrong}: {failures:?}"
            );
        }
    }

    #[test]
    fn listed_differences_must_be_true() {
        let differing = TWO.replace("\"/vary\"", "\"/nowhere\"");
        assert_eq!(failures(&differing, None).len(), 1);
        let report = |text: &str, instead: &str| failures(text, Some(instead)).concat();
        let vary = "vary = ['origin']";
        let truth = format!("{{ status = 404, body = '', {vary} }}");
        assert_eq!(report(&differing, &truth), "");
        for (instead, part) in [
            (truth.replace("404", "403"), "expected 403, got 404"),
            (truth.replace("''", "'ok'"), "body"),
            (
                truth.replace(vary, "cors = { access-control-x = '1' }"),
                "access-control-x",
            ),
            (truth.replace(vary, ""), "Vary"),
        ] {
            assert!(report(&differing, &instead).contains(part), "{instead}");
        }
        assert!(report(TWO, &truth).contains("no longer differs"));
    }

    #[test]
    fn the_laws_report_a_missing_vary() {
        // The second vector sends the same request with an allowed origin.
        let allowed = TWO.replace(
            "target = \"/vary\", headers = [\"Origin: https://b",
            "headers = [\"Origin: https://a",
        );
        let suite = parse(&allowed).unwrap();
        let report = run(&suite, &[Box::new(Careless)]).unwrap();
        let is_cache_failure =
            |failure: &super::Failure| failure.lines.concat().contains("a cache may serve it");
        assert_eq!(
            report
                .failures
                .iter()
                .filter(|failure| is_cache_failure(failure))
                .count(),
            2,
            "{report}"
        );
    }

    /// The core with `Vary` removed from its responses.
    struct Careless;

    impl Subject for Careless {
        fn name(&self) -> &'static str {
            "careless"
        }

        fn is_on_the_wire(&self) -> bool {
            false
        }

        fn start(&self, policies: Policies) -> Result<Box<dyn Started>> {
            Ok(Box::new(WithoutVary(Core.start(policies)?)))
        }
    }

    struct WithoutVary(Box<dyn Started>);

    impl Started for WithoutVary {
        fn ask(&self, request: &Request) -> Result<Observation> {
            let mut observed = self.0.ask(request)?;
            observed.response.headers.retain(|(name, _)| name != "vary");
            Ok(observed)
        }
    }
}
