//! The report of an audit, in each format.

use std::fmt::Write as _;

use browser_model::Url;
use cors_diagnosis::shown;
use serde_json::{Value, json};

use super::catalogue::Question;
use super::curl::Curl;
use super::examine::{Exchange, Finding};
use super::rule::{Rule, Severity};

pub(super) struct Report<'a> {
    pub(super) url: &'a Url,
    pub(super) requests: usize,
    pub(super) findings: Vec<Finding<'a>>,
    pub(super) curl: Curl<'a>,
    /// The status of the usual response.
    pub(super) status: Option<u16>,
}

impl Report<'_> {
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        if let Some(status) = self.status.filter(|status| !(200..300).contains(status)) {
            let _ = writeln!(
                text,
                "note: the usual response has status {status}; use another URL, or authenticate with `-H` or `--cookie`\n"
            );
        }
        for finding in &self.findings {
            let (id, what) = (finding.rule.id(), finding.rule.what());
            let _ = writeln!(text, "{}: {id}: {what}", finding.severity.name());
            let _ = writeln!(text, "  sent:      {}", sent(finding.evidence));
            let _ = writeln!(text, "  received:  {}", received(finding.evidence));
            if finding.count > 1 {
                let _ = writeln!(
                    text,
                    "             and {} more like this",
                    finding.count - 1
                );
            }
            let _ = writeln!(text, "  fix:       {}", finding.rule.fix());
            let _ = writeln!(text, "  reproduce: {}\n", self.command(finding));
        }
        let counts = [
            Severity::High,
            Severity::Medium,
            Severity::Low,
            Severity::Note,
        ]
        .map(|severity| {
            let count = self
                .findings
                .iter()
                .filter(|it| it.severity == severity)
                .count();
            (count, severity.name())
        });
        let counts = counts.iter().filter(|(count, _)| *count > 0);
        let counts: Vec<_> = counts
            .map(|(count, name)| format!("{count} {name}"))
            .collect();
        let counts = if counts.is_empty() {
            "none".to_owned()
        } else {
            counts.join(", ")
        };
        let _ = write!(text, "findings: {counts}; requests: {}", self.requests);
        text
    }

    pub(super) fn json(&self) -> Value {
        let findings = self.findings.iter().map(|finding| {
            json!({
                "rule": finding.rule.id(),
                "severity": finding.severity.name(),
                "what": finding.rule.what(),
                "fix": finding.rule.fix(),
                "sent": sent(finding.evidence),
                "received": received(finding.evidence),
                "count": finding.count,
                "reproduce": self.command(finding),
            })
        });
        json!({
            "url": self.url.as_str(),
            "status": self.status,
            "requests": self.requests,
            "findings": findings.collect::<Vec<_>>(),
        })
    }

    /// SARIF 2.1.0.
    pub(super) fn sarif(&self) -> Value {
        let rules = Rule::ALL.iter().map(|rule| {
            json!({
                "id": rule.id(),
                "shortDescription": { "text": rule.what() },
                "help": { "text": rule.fix() },
            })
        });
        let results = self.findings.iter().map(|finding| {
            let (sent, received) = (sent(finding.evidence), received(finding.evidence));
            let text = format!("{}. Sent: {sent}. Received: {received}.", finding.rule.what());
            json!({
                "ruleId": finding.rule.id(),
                "level": level(finding.severity),
                "message": { "text": text },
                "locations": [{
                    "physicalLocation": { "artifactLocation": { "uri": self.url.as_str() } },
                }],
                "properties": { "severity": finding.severity.name(), "reproduce": self.command(finding) },
            })
        });
        json!({
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{
                "tool": { "driver": {
                    "name": "cors audit",
                    "version": env!("CARGO_PKG_VERSION"),
                    "rules": rules.collect::<Vec<_>>(),
                }},
                "results": results.collect::<Vec<_>>(),
            }],
        })
    }

    fn command(&self, finding: &Finding<'_>) -> String {
        self.curl.command(&finding.evidence.probe.request)
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::High => "error",
        Severity::Medium | Severity::Low => "warning",
        Severity::Note => "note",
    }
}

/// The request in one line. It has no text from the server.
fn sent(exchange: &Exchange) -> String {
    let request = &exchange.probe.request;
    let mut text = format!("{} {}", request.method, request.url);
    for (name, value) in &request.headers {
        if name == "origin" || name.starts_with("access-control-") {
            let _ = write!(text, ", {name}: {}", shown(value));
        }
    }
    if exchange.probe.question == Question::Plain(None) {
        text.push_str(", no origin");
    }
    text
}

/// The status and the headers that matter, escaped: no server can control the terminal.
fn received(exchange: &Exchange) -> String {
    let Some(response) = &exchange.response else {
        return "no response".to_owned();
    };
    let mut text = response.status.to_string();
    for (name, value) in &response.headers {
        if name == "vary" || name.starts_with("access-control-") {
            let _ = write!(text, ", {name}: {}", shown(value));
        }
    }
    text
}
