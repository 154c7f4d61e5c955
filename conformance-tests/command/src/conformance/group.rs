//! Runs the cases of one policy.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Error, Result};
use conformance_tests::response::Response;
use conformance_tests::vector::{Difference, Line, Request};
use conformance_tests::wire::ask_within;

use super::cache;
use super::case::{Case, Group};
use super::command::Template;
use super::finding::{Finding, Harm, Outcome};
use super::judge::{compare, judge};
use super::process::{Process, Refusal};

/// Time limits.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) start: Duration,
    pub(crate) case: Duration,
}

/// How often a server may hang or end before the rest of its cases is abandoned.
const FAULTS: usize = 3;

/// How long a server may take to end after it has closed its port.
const END_LIMIT: Duration = Duration::from_secs(1);

/// A server, as long as it lasts.
enum Server<'a> {
    Started(Process, &'a Template),
    Running(SocketAddr),
}

impl Server<'_> {
    fn address(&self) -> SocketAddr {
        match self {
            Self::Started(process, _) => process.address(),
            Self::Running(address) => *address,
        }
    }

    /// Starts it again, if it is ours.
    fn restart(&mut self, policy: &str, limit: Duration) -> Result<(), Refusal> {
        if let Self::Started(process, template) = self {
            *process = Process::start(template, policy, limit)?;
        }
        Ok(())
    }
}

/// The result of one request.
enum Exchange {
    Response(Response),
    /// The server closed the connection instead, and still serves other requests.
    Closed(String),
    /// The server must be started again.
    Fault(String),
}

/// Starts a server and runs the cases. `done` is called after each case.
pub(crate) fn run_started(
    group: &Group,
    template: &Template,
    limits: Limits,
    listed: &[Difference],
    done: impl Fn(),
) -> Result<Vec<Outcome>> {
    let outcome = match Process::start(template, &group.policy, limits.start) {
        Ok(process) => {
            let server = Server::Started(process, template);
            return run(group, server, limits, listed, done);
        }
        Err(Refusal::Unsupported(reason)) => Outcome::Unsupported(reason),
        Err(Refusal::Failed(problem)) => Outcome::NotStarted(problem),
    };
    group.cases.iter().for_each(|_| done());
    Ok(vec![outcome; group.cases.len()])
}

/// Runs the cases on a server that runs.
pub(crate) fn run_running(
    group: &Group,
    address: SocketAddr,
    limits: Limits,
    done: impl Fn(),
) -> Result<Vec<Outcome>> {
    run(group, Server::Running(address), limits, &[], done)
}

fn run(
    group: &Group,
    mut server: Server<'_>,
    limits: Limits,
    listed: &[Difference],
    done: impl Fn(),
) -> Result<Vec<Outcome>> {
    let mut exchanges = Vec::new();
    let mut faults = 0;
    for case in &group.cases {
        if faults < FAULTS {
            let exchange = exchange(&mut server, &case.request, limits.case)?;
            if let Exchange::Fault(_) = exchange {
                faults += 1;
                if server.restart(&group.policy, limits.start).is_err() {
                    faults = FAULTS;
                }
            }
            exchanges.push(exchange);
        }
        done();
    }
    if let Server::Started(process, _) = &mut server
        && let Some(problem) = process.other_program(limits.case)
    {
        return Ok(vec![Outcome::NotStarted(problem); group.cases.len()]);
    }
    drop(server);
    outcomes(&group.cases, exchanges, listed)
}

fn exchange(server: &mut Server<'_>, request: &Request, limit: Duration) -> Result<Exchange> {
    let error = match ask_within(server.address(), request, limit) {
        Ok(response) => return Ok(Exchange::Response(response)),
        Err(error) => error,
    };
    if is_timeout(&error) {
        let seconds = limit.as_secs_f64();
        let text = format!("no complete response within {seconds} s");
        return Ok(Exchange::Fault(text));
    }
    if ask_within(server.address(), &plain()?, limit).is_ok() {
        return Ok(Exchange::Closed(format!("{error:#}")));
    }
    let text = match server {
        Server::Started(process, _) => match process.ends_within(limit.min(END_LIMIT)) {
            Some(status) => format!("the server ended: {status}{}", process.last_output()),
            None => format!(
                "the server does not respond any more: {error:#}{}",
                process.last_output()
            ),
        },
        Server::Running(_) => format!("the server does not respond any more: {error:#}"),
    };
    Ok(Exchange::Fault(text))
}

/// A request to which every server responds.
fn plain() -> Result<Request> {
    Ok(Request {
        method: "GET".to_owned(),
        target: "/".to_owned(),
        lines: vec![Line::new("Host: localhost")?],
        body: String::new(),
    })
}

fn is_timeout(error: &Error) -> bool {
    let mut causes = error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>());
    causes.any(|cause| cause.kind() == io::ErrorKind::TimedOut)
}

// ---- what the exchanges mean

fn outcomes(
    cases: &[Case],
    exchanges: Vec<Exchange>,
    listed: &[Difference],
) -> Result<Vec<Outcome>> {
    let mut findings: Vec<Option<Finding>> = cases
        .iter()
        .zip(&exchanges)
        .map(|(case, exchange)| found(case, exchange))
        .collect();
    let whole = cases.iter().zip(&findings);
    let whole: Vec<_> = whole
        .filter(|(_, finding)| !cache::is_harmful(finding.as_ref()))
        .map(|(case, _)| case)
        .collect();
    for ((case, exchange), finding) in cases.iter().zip(&exchanges).zip(&mut findings) {
        if let (Exchange::Response(response), false) =
            (exchange, cache::is_harmful(finding.as_ref()))
            && let Some(poisoning) = cache::poisoning(case, response, &whole)?
        {
            *finding = Some(poisoning);
        }
    }
    let run = cases.iter().zip(exchanges).zip(findings);
    let mut outcomes: Vec<_> = run
        .map(|((case, exchange), finding)| outcome(case, &exchange, finding, listed))
        .collect();
    outcomes.resize(cases.len(), Outcome::Abandoned);
    Ok(outcomes)
}

fn found(case: &Case, exchange: &Exchange) -> Option<Finding> {
    let finding = |harm, line: String| Finding {
        harm,
        section: case.section.clone(),
        lines: vec![line],
    };
    match exchange {
        Exchange::Response(response) => judge(case, response),
        Exchange::Fault(problem) => Some(finding(Harm::Fault, format!("fault: {problem}"))),
        // A server may reject malformed requests so, and need not be able to switch protocols.
        Exchange::Closed(problem) if case.page().is_none() || case.expect.status == 101 => {
            Some(finding(Harm::Differs, format!("differs: {problem}")))
        }
        Exchange::Closed(problem) => Some(finding(Harm::Breaks, format!("breaks: {problem}"))),
    }
}

fn outcome(
    case: &Case,
    exchange: &Exchange,
    finding: Option<Finding>,
    listed: &[Difference],
) -> Outcome {
    let entry = listed.iter().find(|entry| entry.covers(&case.name));
    match (entry, exchange, finding) {
        (Some(entry), Exchange::Response(response), Some(_))
            if compare(&entry.instead_of(&case.expect), response).is_empty() =>
        {
            Outcome::Declared(entry.reason.clone())
        }
        (Some(_), _, None) => Outcome::Found(Finding {
            harm: Harm::Differs,
            section: case.section.clone(),
            lines: vec!["no longer differs: remove it from the file of differences".to_owned()],
        }),
        (_, _, Some(finding)) => Outcome::Found(finding),
        (None, _, None) => Outcome::Passed,
    }
}
