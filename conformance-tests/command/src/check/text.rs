//! The report as text.

use std::fmt::Write as _;

use browser_model::Request;
use cors_diagnosis::{Finding, Severity, Stack};

use super::report::{Got, Report};
use super::secret;

/// The report. Values of headers and bodies are escaped, so that no server can control the terminal.
pub(super) fn text(report: &Report<'_>, stack: Option<Stack>, is_verbose: bool) -> String {
    let mut text = String::new();
    for (request, response) in report.exchanges() {
        let cookie = report.plan.cookie(request);
        write_request(&mut text, request, cookie, is_verbose);
        write_response(&mut text, response, is_verbose);
    }
    for note in &report.notes {
        let _ = writeln!(text, "note: {note}");
    }
    let _ = writeln!(text, "{}: {}", report.verdict.name(), report.reason);
    write_consoles(&mut text, report);
    for finding in &report.findings {
        write_finding(&mut text, finding, report, stack);
    }
    let has_lines = |finding: &Finding| lines(finding, Stack::Generic, report).is_some();
    if stack.is_none() && report.findings.iter().any(has_lines) {
        let stacks: Vec<_> = Stack::ALL.iter().map(|stack| stack.id()).collect();
        let stacks = stacks.join(", ");
        let _ = writeln!(
            text,
            "\n`--stack` prints lines of configuration for one of: {stacks}"
        );
    }
    text
}

/// Writes what the consoles say, if any says something.
fn write_consoles(text: &mut String, report: &Report<'_>) {
    if report.consoles.iter().all(|(_, message)| message.is_none()) {
        return;
    }
    text.push('\n');
    for (engine, message) in &report.consoles {
        let message = message.as_deref().unwrap_or("(does not block this fetch)");
        let _ = writeln!(text, "console of {}: {message}", engine.name());
    }
}

fn write_finding(text: &mut String, finding: &Finding, report: &Report<'_>, stack: Option<Stack>) {
    let severity = match finding.severity {
        Severity::Blocking => "culprit",
        Severity::Warning => "warning",
    };
    let _ = writeln!(
        text,
        "\n{severity}: {}: {}",
        finding.culprit.id(),
        finding.what
    );
    let _ = writeln!(text, "  fix: {}", finding.fix);
    if !finding.standard.is_empty() {
        let _ = writeln!(text, "  standard: {}", finding.standard);
    }
    let lines = stack.and_then(|stack| Some((stack, lines(finding, stack, report)?)));
    if let Some((stack, lines)) = lines {
        let _ = writeln!(text, "  {}:", stack.name());
        for line in lines.lines() {
            let _ = writeln!(text, "    {line}");
        }
    }
}

fn lines(finding: &Finding, stack: Stack, report: &Report<'_>) -> Option<String> {
    finding.culprit.fix_for(stack, &report.seen)
}

fn write_request(text: &mut String, request: &Request, cookie: Option<&str>, is_verbose: bool) {
    let (method, url) = (&request.method, &request.url);
    let kind = match (request.is_preflight, request.with_credentials, cookie) {
        (true, ..) => " (preflight)",
        (false, true, Some(_)) => " (with cookies)",
        (false, true, None) => " (with credentials)",
        (false, false, _) => "",
    };
    let _ = writeln!(text, "> {method} {url}{kind}");
    write_lines(text, '>', &request.headers, &["origin"], is_verbose);
}

fn write_response(text: &mut String, got: Option<Got<'_>>, is_verbose: bool) {
    let Some(got) = got else {
        return text.push_str("< no response\n");
    };
    let (response, version) = (got.response, got.details.version);
    let _ = writeln!(text, "< {version:?} {}", response.status);
    let names = ["vary", "location", "www-authenticate"];
    write_lines(text, '<', &response.headers, &names, is_verbose);
    if let Some(body) = got.body {
        let _ = writeln!(text, "< body: {body}");
    }
}

/// Writes the CORS headers and those with these names, or all.
fn write_lines(
    text: &mut String,
    side: char,
    lines: &[(String, Vec<u8>)],
    names: &[&str],
    is_verbose: bool,
) {
    let shown = match side {
        '>' => secret::of_request,
        _ => secret::of_response,
    };
    for (name, value) in lines {
        if is_verbose || name.starts_with("access-control-") || names.contains(&name.as_str()) {
            let _ = writeln!(text, "{side}   {name}: {}", shown(name, value));
        }
    }
}
