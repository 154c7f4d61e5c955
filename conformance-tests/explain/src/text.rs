//! An explanation as text for a terminal.

use std::fmt::{self, Display, Write as _};

use command_support::policy_file::report;
use command_support::style::{BAD, GOOD, HEADING, QUIET};

use crate::changes::Changes;
use crate::engines::Engine;
use crate::explanation::Explanation;
use crate::lines::list;
use crate::steps::{By, Step};
use crate::trust::Trust;

/// The text; `policy` is the name of the policy.
pub fn text(explanation: &Explanation<'_>, policy: &str) -> Result<String, fmt::Error> {
    let mut out = String::new();
    writeln!(out, "{}", asked(explanation))?;
    match &explanation.blocked {
        None => writeln!(out, "{GOOD}readable{GOOD:#}")?,
        Some(blocked) => writeln!(out, "{BAD}blocked{BAD:#}: {blocked}")?,
    }
    heading(&mut out, "Steps, by the standard")?;
    for (number, step) in explanation.steps.iter().enumerate() {
        write_step(&mut out, number + 1, step)?;
    }
    heading(
        &mut out,
        "Requests and responses, if the application sends 200 without headers",
    )?;
    match explanation.heads.trim_start() {
        "" => writeln!(out, "none: the browser sends nothing")?,
        heads => out.push_str(heads),
    }
    heading(&mut out, "Browser engines")?;
    for engine in &explanation.engines {
        write_engine(&mut out, engine)?;
    }
    write_changes(&mut out, &explanation.changes)?;
    heading(&mut out, "Whom the policy trusts")?;
    write_trust(&mut out, &explanation.trust)?;
    if !explanation.warnings.is_empty() {
        heading(&mut out, "Warnings of the policy")?;
        for line in report(policy, explanation.warnings, explanation.more_warnings) {
            writeln!(out, "{line}")?;
        }
    }
    Ok(out)
}

fn asked(explanation: &Explanation<'_>) -> String {
    let request = &explanation.request;
    let mut with = Vec::new();
    if !request.headers.is_empty() {
        with.push(list(&request.headers));
    }
    if request.credentials {
        with.push("credentials".to_owned());
    }
    let with = match with.is_empty() {
        true => String::new(),
        false => format!(" with {}", with.join(" and ")),
    };
    format!(
        "{} {}{with} from a page of {}",
        request.method, request.url, request.origin
    )
}

fn heading(out: &mut String, text: impl Display) -> fmt::Result {
    writeln!(out, "\n{HEADING}{text}{HEADING:#}")
}

fn mark(is_good: bool) -> impl Display {
    let (style, mark) = match is_good {
        true => (GOOD, '✓'),
        false => (BAD, '✕'),
    };
    format!("{style}{mark}{style:#}")
}

fn write_step(out: &mut String, number: usize, step: &Step) -> fmt::Result {
    let by = match step.by {
        By::Browser => "browser",
        By::Server => "server ",
    };
    writeln!(
        out,
        "{number:2} {} {by}  {}",
        mark(step.passed),
        step.message
    )?;
    writeln!(out, "              {QUIET}{}{QUIET:#}", step.standard)
}

fn write_engine(out: &mut String, engine: &Engine) -> fmt::Result {
    writeln!(
        out,
        "{} {:8}  {}",
        mark(engine.readable),
        engine.name,
        engine.message
    )?;
    if let Some(console) = &engine.console {
        writeln!(out, "            console: {console}")?;
    }
    for deviation in &engine.deviations {
        writeln!(out, "            not as the standard says: {deviation}")?;
    }
    Ok(())
}

fn write_changes(out: &mut String, changes: &Changes) -> fmt::Result {
    if changes.edits.is_empty() && changes.rest.is_none() {
        return Ok(());
    }
    heading(out, "What to change")?;
    for edit in &changes.edits {
        writeln!(out, "{edit}")?;
    }
    match &changes.rest {
        None => writeln!(out, "then CORS lets the script read the response"),
        Some(rest) => writeln!(out, "{rest}"),
    }
}

fn write_trust(out: &mut String, trust: &Trust) -> fmt::Result {
    /// The others are in the JSON.
    const SHOWN: usize = 50;
    for site in trust.sites.iter().take(SHOWN) {
        match site.anyone {
            true => writeln!(out, "{BAD}{}{BAD:#}", site.text)?,
            false => writeln!(out, "{}", site.text)?,
        }
    }
    if trust.sites.len() > SHOWN {
        writeln!(out, "and {} more", trust.sites.len() - SHOWN)?;
    }
    match &trust.problem {
        Some(problem) => writeln!(out, "not known: {problem}"),
        None if trust.sites.is_empty() => writeln!(out, "nobody"),
        None => Ok(()),
    }
}
