//! The report of a run, as text and in formats for other programs.

mod json;
mod junit;
mod tap;
mod text;

use conformance_tests::run::shown;
use conformance_tests::vector::Section;

use super::Profile;
use super::case::Group;
use super::finding::{Finding, Harm, Outcome};

pub(crate) use self::json::json;
pub(crate) use self::junit::junit;
pub(crate) use self::tap::tap;

/// The results of all cases, in the order of the vectors.
pub(crate) struct Report {
    /// The name of the server.
    name: String,
    profile: Profile,
    policies: usize,
    cases: Vec<Line>,
}

/// The result of one case.
struct Line {
    name: String,
    why: String,
    section: Section,
    request: String,
    policy: String,
    /// The expected decision.
    decision: Option<String>,
    outcome: Outcome,
}

impl Report {
    pub(crate) fn new(
        name: &str,
        profile: Profile,
        groups: &[Group],
        outcomes: Vec<Vec<Outcome>>,
    ) -> Self {
        let mut cases = Vec::new();
        for (group, outcomes) in groups.iter().zip(outcomes) {
            for (case, outcome) in group.cases.iter().zip(outcomes) {
                cases.push(Line {
                    name: case.name.clone(),
                    why: case.why.clone(),
                    section: case.section.clone(),
                    request: shown(&case.request),
                    policy: one_line(&group.policy),
                    decision: case.expect.decision.clone(),
                    outcome,
                });
            }
        }
        Self {
            name: name.to_owned(),
            profile,
            policies: groups.len(),
            cases,
        }
    }

    pub(crate) fn has_failures(&self) -> bool {
        self.cases
            .iter()
            .any(|case| self.failure(case).is_some() || case.is_abandoned())
    }

    pub(crate) fn has_unstarted(&self) -> bool {
        let is_unstarted = |case: &Line| matches!(case.outcome, Outcome::NotStarted(_));
        self.cases.iter().any(is_unstarted)
    }

    /// Whether the server declared that it supports no policy.
    pub(crate) fn is_unsupported(&self) -> bool {
        let is_unsupported = |case: &Line| matches!(case.outcome, Outcome::Unsupported(_));
        self.cases.iter().all(is_unsupported)
    }

    /// The finding, if it is a failure under the profile.
    fn failure<'a>(&self, case: &'a Line) -> Option<&'a Finding> {
        match &case.outcome {
            Outcome::Found(finding)
                if finding.harm > Harm::Differs || self.profile == Profile::Starlette =>
            {
                Some(finding)
            }
            _ => None,
        }
    }

    fn profile(&self) -> &'static str {
        match self.profile {
            Profile::Fetch => "fetch",
            Profile::Starlette => "starlette",
        }
    }

    /// How many cases have each outcome, in a fixed order.
    fn counts(&self) -> Vec<(&'static str, usize)> {
        let found = Harm::ALL.map(Harm::id);
        let others = ["declared", "unsupported", "not-started", "abandoned"];
        let ids = ["passed"].into_iter().chain(found).chain(others);
        ids.map(|id| {
            let has = |case: &&Line| case.id() == id;
            (id, self.cases.iter().filter(has).count())
        })
        .collect()
    }
}

impl Line {
    fn is_abandoned(&self) -> bool {
        matches!(self.outcome, Outcome::Abandoned)
    }

    fn id(&self) -> &'static str {
        match &self.outcome {
            Outcome::Passed => "passed",
            Outcome::Found(finding) => finding.harm.id(),
            Outcome::Declared(_) => "declared",
            Outcome::Unsupported(_) => "unsupported",
            Outcome::NotStarted(_) => "not-started",
            Outcome::Abandoned => "abandoned",
        }
    }

    /// Why the case has no other outcome, apart from findings.
    fn note(&self) -> Option<&str> {
        match &self.outcome {
            Outcome::Declared(reason) | Outcome::Unsupported(reason) => Some(reason),
            Outcome::NotStarted(problem) => Some(problem),
            Outcome::Abandoned => Some("not run: the server failed three times under this policy"),
            Outcome::Passed | Outcome::Found(_) => None,
        }
    }

    /// The section of the standard that a finding is against, or that the case is based on.
    fn section(&self) -> &Section {
        match &self.outcome {
            Outcome::Found(finding) => &finding.section,
            _ => &self.section,
        }
    }

    /// All that is known about a finding.
    fn details(&self, finding: &Finding) -> Vec<String> {
        let section = &finding.section;
        let mut lines = vec![
            format!("rule: {} ({})", section.title, section.url),
            format!("why: {}", self.why),
            format!("policy: {}", self.policy),
            self.request.clone(),
        ];
        lines.extend(finding.lines.iter().cloned());
        lines
    }
}

/// The text of a policy file without its line breaks.
fn one_line(json: &str) -> String {
    json.lines().map(str::trim).collect::<Vec<_>>().join(" ")
}
