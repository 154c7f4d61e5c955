//! Compares responses with expectations.

use std::ascii;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use anyhow::Result;

use crate::response::Response;
use crate::subject::Observation;
use crate::vector::{Expect, Request};

/// One line for every part that differs.
pub fn differences(expect: &Expect, observed: &Result<Observation>) -> Vec<String> {
    let observed = match observed {
        Ok(observed) => observed,
        Err(error) => return vec![format!("no response: {error:#}")],
    };
    let mut lines = Lines(Vec::new());
    if let (Some(decision), Some((id, reasons))) = (&expect.decision, &observed.decision) {
        lines.compare("decision", decision.as_str(), *id);
        lines.compare("reasons", &expect.reasons, reasons);
    }
    let Response { status, body, .. } = &observed.response;
    lines.compare("status", &expect.status, status);
    if let Some(expected) = &expect.body {
        lines.compare("body", expected, &shown_bytes(body));
    }
    let got = cors(&observed.response);
    for name in expect
        .cors
        .keys()
        .chain(got.keys())
        .collect::<BTreeSet<_>>()
    {
        let one_line: Vec<_> = expect.cors.get(name).into_iter().collect();
        lines.compare(
            name,
            &one_line,
            &got.get(name).into_iter().flatten().collect::<Vec<_>>(),
        );
    }
    lines.compare("Vary", &expect.vary, &vary(&observed.response));
    for (name, value) in &expect.headers {
        lines.compare(
            name,
            &vec![value.clone()],
            &values(&observed.response, name),
        );
    }
    for name in &expect.without {
        lines.compare(
            name,
            &Vec::<String>::new(),
            &values(&observed.response, name),
        );
    }
    lines.0
}

/// All `access-control-*` headers, each with the values of its lines.
pub fn cors(response: &Response) -> BTreeMap<String, Vec<String>> {
    let mut headers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in &response.headers {
        if name.starts_with("access-control-") {
            headers
                .entry(name.clone())
                .or_default()
                .push(shown_bytes(value));
        }
    }
    headers
}

/// The members of all `Vary` lines, in lower case and sorted. Duplicates are kept.
pub fn vary(response: &Response) -> Vec<String> {
    let members = response
        .values("vary")
        .flat_map(|line| line.split(|&byte| byte == b','));
    let members = members.map(|member| shown_bytes(member.trim_ascii()).to_ascii_lowercase());
    let mut members: Vec<String> = members.filter(|member| !member.is_empty()).collect();
    members.sort();
    members
}

/// The request on one line.
pub fn shown(request: &Request) -> String {
    let mut text = format!("request: {} {}", request.method, request.target);
    for line in &request.lines {
        let bytes = line.as_bytes();
        let more = if bytes.len() > 200 { "..." } else { "" };
        text += &format!(
            " | {}{more}",
            shown_bytes(bytes.get(..200).unwrap_or(bytes))
        );
        if text.len() > 1000 {
            return text + " | ...";
        }
    }
    text
}

fn values(response: &Response, name: &str) -> Vec<String> {
    response.values(name).map(shown_bytes).collect()
}

fn shown_bytes(bytes: &[u8]) -> String {
    let shown = |&byte: &u8| match byte {
        b'\'' | b'"' => char::from(byte).to_string(),
        _ => ascii::escape_default(byte).to_string(),
    };
    bytes.iter().map(shown).collect()
}

struct Lines(Vec<String>);

impl Lines {
    fn compare<E, G>(&mut self, what: &str, expected: &E, got: &G)
    where
        E: PartialEq<G> + Debug + ?Sized,
        G: Debug + ?Sized,
    {
        if expected != got {
            self.0
                .push(format!("{what}: expected {expected:?}, got {got:?}"));
        }
    }
}
