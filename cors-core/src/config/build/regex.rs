//! `allow_origin_regex`: whether it compiles, and what it matches.

use super::report::Report;
use crate::config::corrections::correct;
use crate::config::entry;
use crate::config::regex_meaning::likely_meaning;
use crate::config::unescaped_dots::escape_dots;
use crate::issue::{Correction, Issue, Key, Rule};
use crate::language::TooComplex;
use crate::language::regex_sites::{
    Sites, any_origin, any_scheme_origin, foreign_origin, insecure_origin, unjudged_origin,
};
use crate::language::search::Budget;
use crate::origin::pattern::Entry;
use crate::origin::regex::{OriginRegex, RegexError};

pub(super) struct RegexCheck<'a> {
    pub(super) source: &'a str,
    pub(super) credentials: bool,
    /// The user accepts credentials on public suffixes.
    pub(super) on_public_suffixes: bool,
    /// The user accepts credentials with a regex that matches origins of other people.
    pub(super) may_be_broad: bool,
}

impl RegexCheck<'_> {
    /// The regex, if it compiles.
    pub(super) fn build(&self, report: &mut Report) -> Option<OriginRegex> {
        match OriginRegex::compile(self.source) {
            Ok(regex) => {
                self.check(&regex, report);
                Some(regex)
            }
            Err(error) => {
                report.add(self.invalid(error));
                None
            }
        }
    }

    fn issue(&self, rule: Rule) -> Issue {
        Issue::new(Key::AllowOriginRegex, self.source, rule)
    }

    fn invalid(&self, error: RegexError) -> Issue {
        match error {
            RegexError::TooLong => self.issue(Rule::RegexTooLong),
            RegexError::Empty => self.issue(Rule::RegexInvalid).detail("it is empty"),
            RegexError::TooLarge => self
                .issue(Rule::RegexInvalid)
                .detail("it is too large when compiled"),
            RegexError::Syntax(reason) => {
                let issue = self.issue(Rule::RegexInvalid).detail(reason);
                issue.corrected(self.as_wrong_glob())
            }
        }
    }

    fn check(&self, regex: &OriginRegex, report: &mut Report) {
        let glob = self.as_glob();
        let escaped = escape_dots(self.source);
        let mut budget = Budget::default();
        if self.credentials {
            for issue in self.unsafe_with_credentials(regex, escaped.as_deref(), &mut budget) {
                report.add(issue.corrected(glob.clone().or_else(|| self.as_entry())));
            }
        }
        if any_origin(regex, &mut budget) == Ok(None) {
            let issue = self.issue(Rule::RegexMissesOrigins);
            report.add(match (&glob, likely_meaning(self.source)) {
                (None, Some((cause, meaning))) => {
                    issue.detail(cause).corrected(Correction::Replace(meaning))
                }
                _ => issue.corrected(glob.clone()),
            });
        }
        if glob.is_some() {
            report.add(self.issue(Rule::RegexGlob).corrected(glob));
        } else if let Some(escaped) = escaped {
            let issue = self.issue(Rule::RegexUnescapedDot);
            report.add(issue.corrected(Correction::Replace(escaped)));
        }
    }

    /// `meant` is the regex that was probably meant.
    fn unsafe_with_credentials(
        &self,
        regex: &OriginRegex,
        meant: Option<&str>,
        budget: &mut Budget,
    ) -> Vec<Issue> {
        let sites = Sites::of(self.source);
        let sites = sites.as_ref().map_err(|reason| *reason);
        let matches = |origin: String| format!("it matches `{origin}`");
        let too_complex =
            |reason: TooComplex| self.issue(Rule::RegexTooComplex).detail(reason.to_string());
        let found = |rule, origin: Result<Option<String>, TooComplex>| match origin {
            Ok(None) => None,
            Ok(Some(origin)) => Some(self.issue(rule).detail(matches(origin))),
            // The search for a site of other people is an error, so this is only a warning.
            Err(_) if rule != Rule::RegexBroadWithCredentials => None,
            Err(reason) => Some(too_complex(reason)),
        };
        if !self.may_be_broad {
            let origin = sites.and_then(|sites| foreign_origin(regex, sites, meant, budget));
            let broad = found(Rule::RegexBroadWithCredentials, origin);
            if broad.is_some() {
                return broad.into_iter().collect();
            }
        }
        let unjudged = if self.on_public_suffixes || self.may_be_broad {
            None
        } else {
            let origin = sites.and_then(|sites| unjudged_origin(regex, sites, budget));
            found(Rule::OriginUnjudgedWithCredentials, origin)
        };
        let insecure = found(
            Rule::OriginInsecureWithCredentials,
            insecure_origin(regex, budget),
        );
        let any_scheme = found(
            Rule::RegexAnyScheme,
            sites.and_then(|sites| any_scheme_origin(regex, sites, budget)),
        );
        [unjudged, insecure, any_scheme]
            .into_iter()
            .flatten()
            .collect()
    }

    /// The regex as an entry of `allow_origins`, if it is a pattern such as `https://*.example.com`.
    fn as_glob(&self) -> Option<Correction> {
        self.as_entry().filter(|_| self.source.contains('*'))
    }

    /// The regex as an entry of `allow_origins`, if it is an origin or a pattern.
    fn as_entry(&self) -> Option<Correction> {
        let is_entry = matches!(Entry::parse(self.source), Ok(Entry::Pattern(_)));
        is_entry.then(|| Correction::Entry(self.source.to_owned()))
    }

    /// The entry of `allow_origins` that was meant, if the regex does not compile, such as
    /// `*.example.com`.
    fn as_wrong_glob(&self) -> Option<Correction> {
        let flaws = entry::parse(self.source).err()?;
        match correct(self.source, flaws.first()?.rule)? {
            Correction::Replace(entry) if entry.contains('*') => Some(Correction::Entry(entry)),
            _ => None,
        }
    }
}
