//! `allow_origins`, `allow_origin_regex` and `allow_credentials`: who may read the responses.

use super::regex::RegexCheck;
use super::report::{Report, add_redundant, duplicate, redundant};
use crate::config::corrections::{correct, correct_scheme};
use crate::config::entry::{self, Flaw};
use crate::config::loopback::is_loopback;
use crate::config::private_domain::is_private_domain;
use crate::config::typos;
use crate::issue::{Correction, Issue, Key, Rule};
use crate::language::coverage::{covers, is_covered};
use crate::language::public_suffix::{is_public_suffix, is_unjudged};
use crate::language::search::Budget;
use crate::origin::builder::Builder;
use crate::origin::pattern::{Entry, Pattern, Wildcard};
use crate::origin::set::OriginSet;
use crate::policy::{Access, Listed};
use std::collections::HashSet;

/// The keys that together decide who may read.
pub(super) struct Origins<'a> {
    pub(super) entries: &'a [String],
    pub(super) regex: Option<&'a str>,
    pub(super) credentials: bool,
    pub(super) on_public_suffixes: bool,
    pub(super) with_any_app: bool,
    pub(super) with_broad_regex: bool,
    /// A server with these may allow no other origin.
    pub(super) has_own_origins: bool,
}

impl Origins<'_> {
    pub(super) fn build(&self, report: &mut Report) -> Access {
        let mut any = None;
        let mut null = None;
        let mut origins = Builder::default();
        for (index, text) in report.entries(Key::AllowOrigins, self.entries) {
            match entry::parse(text) {
                Ok(Entry::Any) if any.is_none() => any = Some(index),
                Ok(Entry::Null) if null.is_none() => {
                    null = Some(index);
                    origins.allow_null();
                }
                Ok(Entry::Any | Entry::Null) => {
                    report.add(duplicate(Key::AllowOrigins, index, text));
                }
                Ok(Entry::Pattern(pattern)) => {
                    self.check_pattern(index, text, &pattern, report);
                    check_typos(Key::AllowOrigins, index, text, &pattern, report);
                    origins.allow(index, text, &pattern);
                }
                Err(flaws) => add_flaws(Key::AllowOrigins, index, text, flaws, report),
            }
        }
        if let Some(index) = null {
            let rule = if self.credentials {
                Rule::OriginNullWithCredentials
            } else {
                Rule::OriginNull
            };
            report.add(Issue::new(Key::AllowOrigins, "null", rule).at(index));
        }
        let regex = self.regex.map(|source| RegexCheck {
            source,
            credentials: self.credentials,
            on_public_suffixes: self.on_public_suffixes,
            may_be_broad: self.with_broad_regex,
        });
        if let Some(regex) = regex.and_then(|regex| regex.build(report)) {
            origins.allow_regex(regex);
        }
        let (origins, redundant_entries) = origins.finish();
        let is_redundant = redundant_entries.iter().map(|entry| entry.index).collect();
        self.compare_with_regex(&origins, &is_redundant, report);
        add_redundant(Key::AllowOrigins, redundant_entries, report);
        if let Some(index) = any {
            self.check_any(index, report);
            return Access::AnyOrigin;
        }
        self.check_not_empty(report);
        Access::Listed(Listed {
            origins,
            credentials: self.credentials,
        })
    }

    /// Reports entries that the regex covers, and a regex that the entries cover.
    fn compare_with_regex(
        &self,
        origins: &OriginSet,
        is_redundant: &HashSet<usize>,
        report: &mut Report,
    ) {
        let Some(regex) = origins.regex() else {
            return;
        };
        let mut budget = Budget::default();
        for (index, text) in self.entries.iter().enumerate() {
            if let Ok(Entry::Pattern(pattern)) = Entry::parse(text)
                && !is_redundant.contains(&index)
                && covers(regex, text, &pattern, &mut budget) == Ok(true)
            {
                let why = "covered by allow_origin_regex";
                report.add(redundant(Key::AllowOrigins, index, text, why));
            }
        }
        if is_covered(regex, origins, &mut budget) == Ok(true) {
            let issue = Issue::new(Key::AllowOriginRegex, regex.source(), Rule::Redundant);
            let issue = issue.detail("covered by allow_origins");
            report.add(issue.corrected(Correction::Remove));
        }
    }

    fn check_any(&self, index: usize, report: &mut Report) {
        let has_others = self.regex.is_some() || self.entries.iter().any(|entry| entry != "*");
        let rule = if self.credentials {
            Rule::OriginAnyWithCredentials
        } else if has_others {
            Rule::AnyBesideOthers
        } else {
            return;
        };
        report.add(Issue::new(Key::AllowOrigins, "*", rule).at(index));
    }

    fn check_not_empty(&self, report: &mut Report) {
        let is_empty = self.entries.is_empty() && self.regex.is_none();
        // The key may be set, but to a value that could not be read.
        let reading = report.reading();
        let is_unreadable = reading.has_unknown_key()
            || reading.is_unreadable(Key::AllowOrigins)
            || reading.is_unreadable(Key::AllowOriginRegex);
        if is_empty && !is_unreadable && !self.has_own_origins {
            report.add(Issue::new(Key::AllowOrigins, "", Rule::NothingAllowed));
        }
    }

    pub(super) fn check_pattern(
        &self,
        index: usize,
        text: &str,
        pattern: &Pattern<'_>,
        report: &mut Report,
    ) {
        // Without `..`, a new kind of wildcard does not compile until its safety is checked here.
        let Pattern {
            scheme,
            wildcard,
            host,
            port: _,
        } = *pattern;
        let issue = |rule| Issue::new(Key::AllowOrigins, text, rule).at(index);
        let (below_host, any_app) = match wildcard {
            Wildcard::None => (false, false),
            Wildcard::Subdomains | Wildcard::Label { .. } => (true, false),
            Wildcard::Host => (false, true),
        };
        let is_permitted = !self.credentials || self.with_any_app;
        if scheme == "file" {
            report.add(issue(if is_permitted {
                Rule::OriginAnyFile
            } else {
                Rule::OriginFileWithCredentials
            }));
        }
        if any_app && !is_permitted {
            report.add(issue(Rule::OriginAnyAppWithCredentials));
        }
        if !self.credentials {
            return;
        }
        if below_host && !self.on_public_suffixes {
            if is_private_domain(host) {
                report.add(issue(Rule::OriginPrivateDomainWithCredentials));
            } else if is_public_suffix(host) {
                report.add(issue(Rule::OriginPublicSuffixWithCredentials));
            } else if is_unjudged(host) {
                report.add(issue(Rule::OriginUnjudgedWithCredentials));
            }
        }
        if scheme == "http" && !is_loopback(host) {
            report.add(issue(Rule::OriginInsecureWithCredentials));
        }
    }
}

/// Reports a problem with the correction of the whole entry, or every problem if there is none.
pub(super) fn add_flaws(key: Key, index: usize, text: &str, flaws: Vec<Flaw>, report: &mut Report) {
    let issue = |flaw: Flaw| {
        let mut issue = Issue::new(key, text, flaw.rule).at(index);
        issue.detail = match flaw.rule {
            Rule::OriginRegex if key == Key::OwnOrigins => {
                Some("own_origins takes none".to_owned())
            }
            _ => flaw.detail,
        };
        issue
    };
    let is_list = |flaw: &&Flaw| flaw.rule == Rule::OriginList;
    let main = flaws.iter().find(is_list).or_else(|| flaws.first());
    // A correction does not change how many errors one flaw is.
    let main = main.filter(|_| flaws.len() > 1 || report.keeps_errors());
    let corrected = main.and_then(|flaw| Some((flaw.clone(), correct(text, flaw.rule)?)));
    match corrected {
        Some((flaw, correction)) => report.add(issue(flaw).corrected(correction)),
        None => flaws
            .into_iter()
            .map(issue)
            .for_each(|issue| report.add(issue)),
    }
}

pub(super) fn check_typos(
    key: Key,
    index: usize,
    text: &str,
    pattern: &Pattern<'_>,
    report: &mut Report,
) {
    let issue = || Issue::new(key, text, Rule::Typo).at(index);
    if let Some(meant) = typos::scheme(pattern) {
        report.add(issue().corrected(correct_scheme(text, pattern.scheme, meant)));
    } else if let Some(meant) = typos::host(pattern) {
        // No correction, because it would be another origin.
        report.add(issue().detail(format!("`{meant}` may be meant")));
    }
}
