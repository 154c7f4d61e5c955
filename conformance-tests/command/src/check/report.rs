//! The verdict about a visit, its reasons, and what to change.

use browser_model::{Readable, Request, Response, ResponseKind};
use cors_diagnosis::{Engine, Finding, Observation, Severity, console, diagnose};

use super::plan::Plan;
use super::secret;
use super::visit::{Details, Visit};

/// A visit and what it means.
pub(super) struct Report<'a> {
    pub(super) plan: &'a Plan,
    pub(super) visit: &'a Visit,
    pub(super) seen: Observation<'a>,
    pub(super) verdict: Verdict,
    /// One line.
    pub(super) reason: String,
    /// About the request and what was not done, one sentence each.
    pub(super) notes: Vec<String>,
    /// Most likely first.
    pub(super) findings: Vec<Finding>,
    /// What each engine prints if it blocks the fetch.
    pub(super) consoles: Vec<(Engine, Option<String>)>,
}

/// Whether the script can read the response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Readable,
    Blocked,
    /// There is no response.
    Unreachable,
    /// A redirect leads to a host that the command line does not name.
    Stopped,
}

impl Verdict {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Readable => "readable",
            Self::Blocked => "blocked",
            Self::Unreachable => "unreachable",
            Self::Stopped => "stopped",
        }
    }

    pub(super) fn exit_status(self) -> u8 {
        match self {
            Self::Readable => 0,
            Self::Blocked => 1,
            Self::Unreachable | Self::Stopped => 2,
        }
    }

    /// Whether the verdict is that of a browser.
    pub(super) fn is_known(self) -> bool {
        matches!(self, Self::Readable | Self::Blocked)
    }
}

impl<'a> Report<'a> {
    pub(super) fn new(plan: &'a Plan, visit: &'a Visit) -> Self {
        let seen = Observation {
            problem: visit.reason.as_deref(),
            server: visit.server,
            probes: &visit.probes,
            reads: &plan.reads,
            ..Observation::new(&plan.fetch, &visit.outcome)
        };
        // What a browser would get after the redirect is not known.
        let is_whole = visit.stopped_at.is_none();
        let findings = match is_whole {
            true => diagnose(&seen),
            false => Vec::new(),
        };
        let message = |engine| {
            let message = is_whole.then(|| console(&seen, engine)).flatten();
            let message = message.map(|message| secret::without_values(message, &plan.fetch));
            (engine, message)
        };
        let (verdict, reason) = verdict(visit, &findings);
        let mut notes = plan.notes.clone();
        if verdict == Verdict::Readable && is_unprobed(visit) {
            let note = "it was not tested whether a cache may reuse the response: only GET and HEAD are sent again";
            notes.push(note.to_owned());
        }
        notes.extend(failed_probes(visit));
        Self {
            plan,
            visit,
            seen,
            verdict,
            reason,
            notes,
            findings,
            consoles: Engine::ALL.into_iter().map(message).collect(),
        }
    }

    /// The requests with their responses.
    pub(super) fn exchanges(&self) -> impl Iterator<Item = (&Request, Option<Got<'_>>)> {
        let visit = self.visit;
        let count = visit.outcome.exchanges.len();
        let exchanges = visit.outcome.exchanges.iter().zip(&visit.details);
        exchanges
            .zip(1..)
            .map(move |(((request, response), details), place)| {
                let got = response.as_ref().zip(details.as_ref());
                let got = got.map(|(response, details)| Got {
                    response,
                    details,
                    // A preflight is the last request only if it fails.
                    body: match response.status >= 400 || place == count {
                        true => secret::of_body(&details.body, self.plan),
                        false => None,
                    },
                });
                (request, got)
            })
    }
}

/// A response.
pub(super) struct Got<'a> {
    pub(super) response: &'a Response,
    pub(super) details: &'a Details,
    /// The start of the body, if it may say why the server refuses the request.
    pub(super) body: Option<String>,
}

/// Whether the latest request is of another origin, and was not sent again to ask about caches.
fn is_unprobed(visit: &Visit) -> bool {
    let last = visit.outcome.exchanges.last();
    let mut headers = last.into_iter().flat_map(|(request, _)| &request.headers);
    visit.probes.is_empty() && headers.any(|line| line.0 == "origin")
}

/// What is not known because requests about caches and other origins have no response.
fn failed_probes(visit: &Visit) -> Option<String> {
    let problem = visit.probe_problem.as_ref()?;
    let failed = visit
        .probes
        .iter()
        .filter(|probe| probe.1.is_none())
        .count();
    let have = if failed == 1 { "has" } else { "have" };
    Some(format!(
        "{failed} of {} requests that test caches and other origins {have} no response, so findings about them may be \
         missing: {problem}",
        visit.probes.len()
    ))
}

fn verdict(visit: &Visit, findings: &[Finding]) -> (Verdict, String) {
    if let Some(url) = &visit.stopped_at {
        let host = url.host_str().unwrap_or_default();
        let reason = format!(
            "a redirect leads to {url}, and the command line does not name this host; to send requests there, too, \
             add `--follow-to {host}`"
        );
        return (Verdict::Stopped, reason);
    }
    if let Some(reason) = &visit.reason {
        return (Verdict::Unreachable, reason.clone());
    }
    // The browser model does not know everything that blocks, such as mixed content.
    let mut blocking = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Blocking);
    match (&visit.outcome.result, blocking.next()) {
        (Err(blocked), _) => (Verdict::Blocked, blocked.to_string()),
        (Ok(_), Some(finding)) => (Verdict::Blocked, finding.what.clone()),
        (Ok(readable), None) => (Verdict::Readable, description(readable)),
    }
}

/// The names of the headers that the script can read: in lower case, sorted, each once.
pub(super) fn names(readable: &Readable) -> Vec<&str> {
    let lines = readable.headers.iter();
    let mut names: Vec<_> = lines.map(|line| line.0.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn description(readable: &Readable) -> String {
    let names = names(readable);
    let headers = match names.is_empty() {
        true => "no headers".to_owned(),
        false => format!("headers {}", names.join(", ")),
    };
    let own = match readable.kind {
        ResponseKind::Basic => "; same-origin, so CORS does not apply",
        _ => "",
    };
    format!("status {}, {headers}{own}", readable.status)
}
