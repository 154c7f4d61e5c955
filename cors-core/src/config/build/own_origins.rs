//! `own_origins`: under which origins browsers reach this server.

use super::origins::{add_flaws, check_typos};
use super::report::{Report, add_redundant, duplicate};
use crate::config::entry;
use crate::config::private_domain::is_private_domain;
use crate::issue::{Correction, Issue, Key, Rule};
use crate::language::public_suffix::{is_public_suffix, is_unjudged};
use crate::origin::builder::Builder;
use crate::origin::pattern::{Entry, Pattern, Wildcard};
use crate::own_origins::OwnOrigins;

const KEY: Key = Key::OwnOrigins;

pub(super) fn own_origins(entries: &[String], report: &mut Report) -> Option<OwnOrigins> {
    let mut origins = Builder::default();
    let mut any = false;
    for (index, text) in report.entries(KEY, entries) {
        let issue = |rule| Issue::new(KEY, text, rule).at(index);
        match entry::parse(text) {
            Ok(Entry::Any) if any => report.add(duplicate(KEY, index, text)),
            Ok(Entry::Any) => {
                any = true;
                report.add(issue(Rule::OwnOriginAny));
            }
            Ok(Entry::Null) => report.add(issue(Rule::OwnOriginScheme)),
            Ok(Entry::Pattern(pattern)) => {
                check_typos(KEY, index, text, &pattern, report);
                if let Some(rule) = broken_rule(&pattern) {
                    report.add(issue(rule).corrected(correction(text, &pattern, rule)));
                }
                origins.allow(index, text, &pattern);
            }
            Err(flaws) => add_flaws(KEY, index, text, flaws, report),
        }
    }
    let (origins, redundant) = origins.finish();
    add_redundant(KEY, redundant, report);
    OwnOrigins::new(origins)
}

fn broken_rule(pattern: &Pattern<'_>) -> Option<Rule> {
    // Without `..`, a new kind of wildcard does not compile until its safety is checked here.
    let Pattern {
        scheme,
        wildcard,
        host,
        port: _,
    } = *pattern;
    if !matches!(scheme, "http" | "https") {
        return Some(Rule::OwnOriginScheme);
    }
    let below_host = match wildcard {
        Wildcard::None | Wildcard::Host => false, // `Host` occurs only with other schemes.
        Wildcard::Subdomains | Wildcard::Label { .. } => true,
    };
    if !below_host {
        None
    } else if is_private_domain(host) {
        Some(Rule::OwnOriginPrivateDomain)
    } else if is_public_suffix(host) {
        Some(Rule::OwnOriginPublicSuffix)
    } else if is_unjudged(host) {
        Some(Rule::OwnOriginUnjudged)
    } else {
        None
    }
}

/// The pages of an app have such an origin. The app reaches this server from there.
fn correction(text: &str, pattern: &Pattern<'_>, rule: Rule) -> Option<Correction> {
    let is_app = rule == Rule::OwnOriginScheme && pattern.scheme != "file";
    is_app.then(|| Correction::Entry(text.to_owned()))
}
