//! `allow_origins`, `allow_origin_regex` and `allow_credentials`: who may read the responses.

use super::report::{Report, duplicate, redundant};
use crate::config::corrections::{correct, correct_scheme};
use crate::config::entry::{self, Flaw};
use crate::config::loopback::is_loopback;
use crate::config::private_domain::is_private_domain;
use crate::config::public_suffix::is_public_suffix;
use crate::config::regex_examples::Examples;
use crate::config::typos;
use crate::config::unescaped_dots::escape_dots;
use crate::issue::{Correction, Issue, Key, Rule, Severity};
use crate::origin::builder::Builder;
use crate::origin::pattern::{Entry, Pattern, Wildcard};
use crate::origin::regex::{OriginRegex, RegexError};
use crate::policy::{Access, Listed};

/// The keys that together decide who may read.
pub(super) struct Origins<'a> {
    pub(super) entries: &'a [String],
    pub(super) regex: Option<&'a str>,
    pub(super) credentials: bool,
    pub(super) on_public_suffixes: bool,
    pub(super) with_any_app: bool,
    pub(super) with_broad_regex: bool,
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
                    check_typos(index, text, &pattern, report);
                    origins.allow(index, text, &pattern);
                }
                Err(flaws) => add_flaws(index, text, flaws, report),
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
        if let Some(regex) = self.regex.and_then(|source| self.regex(source, report)) {
            origins.allow_regex(regex);
        }
        let (origins, redundant_entries) = origins.finish();
        for entry in redundant_entries {
            report.add(match entry.covered_by {
                None => duplicate(Key::AllowOrigins, entry.index, entry.text),
                Some(other) => {
                    let why = format!("covered by `{other}`");
                    redundant(Key::AllowOrigins, entry.index, entry.text, why)
                }
            });
        }
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
        let is_unreadable = report.read_issues().iter().any(|issue| match issue.key {
            Some(key) => matches!(key, Key::AllowOrigins | Key::AllowOriginRegex),
            None => issue.severity() == Severity::Error,
        });
        if is_empty && !is_unreadable {
            report.add(Issue::new(Key::AllowOrigins, "", Rule::NothingAllowed));
        }
    }

    fn check_pattern(&self, index: usize, text: &str, pattern: &Pattern<'_>, report: &mut Report) {
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
            }
        }
        if scheme == "http" && !is_loopback(host) {
            report.add(issue(Rule::OriginInsecureWithCredentials));
        }
    }

    fn regex(&self, source: &str, report: &mut Report) -> Option<OriginRegex> {
        let issue = |rule| Issue::new(Key::AllowOriginRegex, source, rule);
        let regex = match OriginRegex::compile(source) {
            Ok(regex) => regex,
            Err(error) => {
                report.add(match error {
                    RegexError::TooLong => issue(Rule::RegexTooLong),
                    RegexError::Empty => issue(Rule::RegexInvalid).detail("it is empty"),
                    RegexError::Syntax(reason) => issue(Rule::RegexInvalid).detail(reason),
                    RegexError::TooLarge => {
                        issue(Rule::RegexInvalid).detail("it is too large when compiled")
                    }
                });
                return None;
            }
        };
        let examples = Examples::of(&regex);
        let matches = |origin: &str| format!("it matches `{origin}`");
        if self.credentials {
            if let Some(origin) = examples.foreign()
                && !self.with_broad_regex
            {
                report.add(issue(Rule::RegexBroadWithCredentials).detail(matches(origin)));
            } else if let Some(origin) = examples.insecure() {
                report.add(issue(Rule::OriginInsecureWithCredentials).detail(matches(origin)));
            }
        }
        if examples.miss_every_origin() {
            report.add(issue(Rule::RegexMissesOrigins));
        }
        if let Some(escaped) = escape_dots(source) {
            report.add(issue(Rule::RegexUnescapedDot).corrected(Correction::Replace(escaped)));
        }
        Some(regex)
    }
}

/// Reports a problem with the correction of the whole entry, or every problem if there is none.
fn add_flaws(index: usize, text: &str, flaws: Vec<Flaw>, report: &mut Report) {
    let issue = |flaw: Flaw| {
        let mut issue = Issue::new(Key::AllowOrigins, text, flaw.rule).at(index);
        issue.detail = flaw.detail;
        issue
    };
    let is_list = |flaw: &&Flaw| flaw.rule == Rule::OriginList;
    let main = flaws.iter().find(is_list).or_else(|| flaws.first());
    let corrected = main.and_then(|flaw| Some((flaw.clone(), correct(text, flaw.rule)?)));
    match corrected {
        Some((flaw, correction)) => report.add(issue(flaw).corrected(correction)),
        None => flaws
            .into_iter()
            .map(issue)
            .for_each(|issue| report.add(issue)),
    }
}

fn check_typos(index: usize, text: &str, pattern: &Pattern<'_>, report: &mut Report) {
    let issue = || Issue::new(Key::AllowOrigins, text, Rule::Typo).at(index);
    if let Some(meant) = typos::scheme(pattern) {
        report.add(issue().corrected(correct_scheme(text, pattern.scheme, meant)));
    } else if let Some(meant) = typos::host(pattern) {
        // No correction, because it would be another origin.
        report.add(issue().detail(format!("`{meant}` may be meant")));
    }
}
