//! `allow_methods`, `allow_headers` and `expose_headers`: lists of tokens.

use super::report::{Report, duplicate, redundant};
use super::token_corrections::{correct_headers, correct_methods};
use crate::config::typos;
use crate::header_name;
use crate::issue::{Correction, Issue, Key, Rule};
use crate::listed_headers::ListedHeaders;
use crate::method;
use crate::policy::Exposed;
use crate::requested_headers::AllowedHeaders;
use crate::token::is_token;
use std::collections::HashSet;

pub(super) fn methods(list: &[String], report: &mut Report) -> Vec<String> {
    let key = Key::AllowMethods;
    let entries = report.entries(key, list);
    if list.is_empty() && !report.reading().is_unreadable(key) {
        report.add(Issue::new(key, "", Rule::MethodsEmpty));
    }
    let has_any = entries.iter().any(|(_, text)| *text == "*");
    let mut seen = HashSet::new();
    let mut methods = Vec::new();
    for (index, text) in entries {
        let issue = |rule| Issue::new(key, text, rule).at(index);
        let method = method::normalize(text);
        if !is_token(text.as_bytes()) {
            report.add(issue(Rule::MethodToken).corrected(correct_methods(text)));
        } else if method::is_forbidden(text) {
            report.add(issue(Rule::MethodForbidden).corrected(Correction::Remove));
        } else if !seen.insert(method.clone()) {
            report.add(duplicate(key, index, text));
        } else if has_any && method::STANDARD.contains(&method.as_str()) {
            report.add(redundant(key, index, text, "covered by `*`"));
        } else {
            if let Some(meant) = unquoted(text) {
                report.add(issue(Rule::Quoted).corrected(correct_methods(meant)));
            } else if means_any(text) {
                report.add(not_wildcard(key, index, text));
            } else if let Some(meant) = method::case_slip(&method) {
                let meant = Correction::Replace(meant.to_owned());
                report.add(issue(Rule::MethodCase).corrected(meant));
            } else if let Some(meant) = typos::method(text) {
                let meant = Correction::Replace(meant.to_owned());
                report.add(issue(Rule::Typo).corrected(meant));
            }
            if text == "*" {
                methods.extend(method::STANDARD.map(str::to_owned));
            } else {
                methods.push(method);
            }
        }
    }
    methods
}

pub(super) fn allowed_headers(list: &[String], report: &mut Report) -> AllowedHeaders {
    let key = Key::AllowHeaders;
    check_any_beside_others(key, list, report);
    let names = header_names(key, list, header_name::is_not_sendable, report);
    for &(index, name) in &names {
        if header_name::is_not_sendable(name) {
            let issue = Issue::new(key, name, Rule::HeaderNotSendable).at(index);
            report.add(issue.corrected(Correction::Remove));
        } else if header_name::is_of_response(name) {
            // As long as the front end sends it, the preflight asks for it: do not suggest to remove it.
            report.add(Issue::new(key, name, Rule::HeaderOfResponse).at(index));
        } else if means_any(name) {
            report.add(not_wildcard(key, index, name));
        } else if header_name::is_safelisted(name) {
            report.add(redundant(key, index, name, "it is always allowed"));
        }
    }
    if names.iter().any(|(_, name)| *name == "*") {
        AllowedHeaders::Any
    } else {
        AllowedHeaders::Listed(ListedHeaders::new(names.into_iter().map(|(_, name)| name)))
    }
}

pub(super) fn exposed_headers(list: &[String], credentials: bool, report: &mut Report) -> Exposed {
    let key = Key::ExposeHeaders;
    if !credentials {
        check_any_beside_others(key, list, report);
    }
    let names = header_names(key, list, header_name::is_not_readable, report);
    for &(index, name) in &names {
        let issue = |rule| Issue::new(key, name, rule).at(index);
        if name == "*" && credentials {
            report.add(issue(Rule::ExposeAnyWithCredentials));
        } else if header_name::is_not_readable(name) {
            report.add(issue(Rule::HeaderNotReadable).corrected(Correction::Remove));
        } else if means_any(name) && credentials {
            report.add(issue(Rule::NotWildcard));
        } else if means_any(name) {
            report.add(not_wildcard(key, index, name));
        } else if header_name::is_always_readable(name) {
            report.add(redundant(key, index, name, "it is always readable"));
        }
    }
    if names.iter().any(|(_, name)| *name == "*") {
        Exposed::Any
    } else {
        Exposed::Listed(names.into_iter().map(|(_, name)| name.to_owned()).collect())
    }
}

/// Whether `name` is probably meant as `*`.
fn means_any(name: &str) -> bool {
    ["all", "any"]
        .iter()
        .any(|word| word.eq_ignore_ascii_case(name))
}

fn not_wildcard(key: Key, index: usize, text: &str) -> Issue {
    Issue::new(key, text, Rule::NotWildcard)
        .at(index)
        .corrected(Correction::Replace("*".to_owned()))
}

fn check_any_beside_others(key: Key, list: &[String], report: &mut Report) {
    let any = list.iter().position(|text| text == "*");
    let has_others = list.iter().any(|text| !text.is_empty() && text != "*");
    if let (Some(index), true) = (any, has_others) {
        report.add(Issue::new(key, "*", Rule::AnyBesideOthers).at(index));
    }
}

/// The valid names of a list, each once. No correction offers a name that `is_useless`.
fn header_names<'a>(
    key: Key,
    list: &'a [String],
    is_useless: fn(&str) -> bool,
    report: &mut Report,
) -> Vec<(usize, &'a str)> {
    let entries = report.entries(key, list);
    let mut seen = HashSet::new();
    let mut names = Vec::with_capacity(entries.len());
    for (index, text) in entries {
        let issue = |rule| Issue::new(key, text, rule).at(index);
        if !is_token(text.as_bytes()) {
            report.add(issue(Rule::HeaderToken).corrected(correct_headers(text, is_useless)));
            continue;
        }
        if !seen.insert(text.to_ascii_lowercase()) {
            report.add(duplicate(key, index, text));
            continue;
        }
        if text != "*" && text.contains('*') {
            report.add(issue(Rule::HeaderWildcard));
        } else if let Some(meant) = unquoted(text) {
            report.add(issue(Rule::Quoted).corrected(correct_headers(meant, is_useless)));
        } else if let Some(meant) = typos::header(text) {
            let meant = Correction::Replace(meant.to_owned());
            report.add(issue(Rule::Typo).corrected(meant));
        }
        names.push((index, text));
    }
    names
}

/// `'` and `` ` `` are valid in a token. The text between them, if they enclose `text`.
fn unquoted(text: &str) -> Option<&str> {
    let name = text.trim_matches(['\'', '`']);
    (name != text && is_token(name.as_bytes())).then_some(name)
}
