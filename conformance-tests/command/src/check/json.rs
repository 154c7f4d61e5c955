//! The report as JSON. The README documents the names, which must not change.

use browser_model::{Request, Response};
use cors_diagnosis::{Finding, Severity, Stack};
use http::Version;
use serde_json::{Map, Value, json};

use super::options::Options;
use super::report::{Got, Report, Verdict, names};
use super::secret;

pub(super) fn json(report: &Report<'_>, options: &Options) -> Value {
    let (plan, visit) = (report.plan, report.visit);
    let exchanges = report.exchanges().map(|(sent, got)| {
        json!({
            "request": request(sent),
            "response": got.map(|Got { response, details, body }| self::response(response, Some(details.version), body)),
        })
    });
    let probes = visit.probes.iter().map(|(sent, response)| {
        json!({
            "request": request(sent),
            "response": response.as_ref().map(|got| self::response(got, None, None)),
        })
    });
    let findings = report.findings.iter();
    let findings = findings.map(|finding| self::finding(finding, report, options.stack));
    let consoles = report.consoles.iter();
    let consoles = consoles.map(|(engine, message)| {
        let engine = engine.name().to_ascii_lowercase();
        (engine, json!(message))
    });
    let readable = visit.outcome.result.as_ref().ok();
    let readable = readable.filter(|_| report.verdict == Verdict::Readable);
    json!({
        "url": plan.fetch.url.as_str(),
        "origin": plan.fetch.origin,
        "browser": options.browser.name(),
        "verdict": report.verdict.name(),
        "reason": report.reason,
        "readable": readable.map(|readable| json!({
            "status": readable.status,
            "headers": names(readable),
        })),
        "problem": visit.problem.as_ref().map(|problem| problem.kind()),
        "stopped_at": visit.stopped_at.as_ref().map(|url| url.as_str()),
        "exchanges": exchanges.collect::<Vec<_>>(),
        "probes": probes.collect::<Vec<_>>(),
        "findings": findings.collect::<Vec<_>>(),
        "console": consoles.collect::<Map<_, _>>(),
        "notes": report.notes,
    })
}

/// With lines of configuration for this stack, or for all.
fn finding(finding: &Finding, report: &Report<'_>, stack: Option<Stack>) -> Value {
    let is_wanted = |other: &&Stack| stack.is_none_or(|stack| stack.id() == other.id());
    let lines = Stack::ALL.iter().filter(is_wanted).filter_map(|stack| {
        let lines = finding.culprit.fix_for(*stack, &report.seen)?;
        Some((stack.id().to_owned(), json!(lines)))
    });
    json!({
        "culprit": finding.culprit.id(),
        "severity": match finding.severity {
            Severity::Blocking => "blocking",
            Severity::Warning => "warning",
        },
        "what": finding.what,
        "fix": finding.fix,
        "standard": finding.standard,
        "configuration": lines.collect::<Map<_, _>>(),
    })
}

fn request(request: &Request) -> Value {
    json!({
        "method": request.method,
        "url": request.url.as_str(),
        "preflight": request.is_preflight,
        "credentials": request.with_credentials,
        "headers": lines(&request.headers, secret::of_request),
    })
}

fn response(response: &Response, version: Option<Version>, body: Option<String>) -> Value {
    json!({
        "version": version.map(|version| format!("{version:?}")),
        "status": response.status,
        "headers": lines(&response.headers, secret::of_response),
        "body": body,
    })
}

/// Pairs of name and value, because a name can occur several times.
fn lines(lines: &[(String, Vec<u8>)], shown: fn(&str, &[u8]) -> String) -> Vec<[String; 2]> {
    let lines = lines.iter();
    lines
        .map(|(name, value)| [name.clone(), shown(name, value)])
        .collect()
}
