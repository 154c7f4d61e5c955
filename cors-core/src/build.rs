//! From what was said to what is decided by: every rule on a configuration is checked here, once.

use crate::config::Config;
use crate::error::ConfigError;
use crate::header_name;
use crate::issue::{Correction, Issue, Key, Rule, Severity};
use crate::method;
use crate::origin::examples::Examples;
use crate::origin::pattern::{Entry, Pattern};
use crate::origin::regex::{OriginRegex, escape_dots};
use crate::origin::repair;
use crate::origin::set::{self, OriginSet};
use crate::policy::{Access, Exposed, Listed, Policy};
use crate::requested_headers::{AllowedHeaders, ListedHeaders};
use crate::token::is_token;
use std::collections::HashSet;

pub(crate) fn build(config: &Config) -> Result<Policy, ConfigError> {
    let mut build = Build {
        config,
        issues: config.unreadable.clone(),
    };
    let access = build.access();
    let methods = build.methods();
    let headers = build.headers();
    let exposed = build.exposed();
    build.numbers();

    let Build { mut issues, .. } = build;
    issues.sort_by_key(|issue| (issue.key.map(|key| key as usize), issue.index));
    let (errors, warnings): (Vec<_>, Vec<_>) = issues
        .into_iter()
        .partition(|issue| issue.severity() == Severity::Error);
    if !errors.is_empty() {
        return Err(ConfigError::new(errors, warnings));
    }
    Ok(Policy {
        access,
        methods,
        headers,
        exposed,
        max_age: config.max_age,
        bare_success: config.preflight_status == 204,
        diagnostics: config.diagnostics,
        block_refused_origins: config.block_refused_origins,
        on_public_suffixes: config.dangerously_allow_credentials_on_public_suffixes,
        with_broad_regex: config.dangerously_allow_credentials_with_broad_regex,
        warnings,
    })
}

/// One pass over a configuration. Each part returns what it could make, and notes what is wrong;
/// the parts are used only if nothing is.
struct Build<'a> {
    config: &'a Config,
    issues: Vec<Issue>,
}

impl<'a> Build<'a> {
    fn note(&mut self, issue: Issue) {
        self.issues.push(issue);
    }

    fn access(&mut self) -> Access {
        let credentials = self.config.allow_credentials;
        let mut any = None;
        let mut null_at = None;
        let mut origins = set::Builder::default();
        for (index, text) in self.entries(Key::AllowOrigins) {
            match Entry::parse(text) {
                Ok(Entry::Any) if any.is_none() => any = Some(index),
                Ok(Entry::Null) if null_at.is_none() => {
                    null_at = Some(index);
                    origins.allow_null();
                }
                Ok(Entry::Any | Entry::Null) => {
                    self.note(duplicate(Key::AllowOrigins, index, text))
                }
                Ok(Entry::Pattern(pattern)) => {
                    self.check_pattern(index, text, &pattern);
                    origins.allow(index, text, &pattern);
                }
                Err(rule) => self.note(
                    Issue::new(Key::AllowOrigins, text, rule)
                        .at(index)
                        .corrected(repair::correct(text, rule)),
                ),
            }
        }
        if let Some(index) = null_at {
            let rule = if credentials {
                Rule::OriginNullWithCredentials
            } else {
                Rule::OriginNull
            };
            self.note(Issue::new(Key::AllowOrigins, "null", rule).at(index));
        }
        if let Some(regex) = self.regex() {
            origins.allow_regex(regex);
        }
        let (origins, superfluous) = origins.finish();
        for entry in superfluous {
            let mut issue = duplicate(Key::AllowOrigins, entry.index, entry.text);
            if let Some(other) = entry.covered_by {
                issue.rule = Rule::Redundant;
                issue.detail = Some(format!("`{other}`"));
            }
            self.note(issue);
        }
        self.any_or_listed(any, origins)
    }

    fn any_or_listed(&mut self, any: Option<usize>, origins: OriginSet) -> Access {
        let config = self.config;
        if let Some(index) = any {
            let others = config.allow_origins.iter().any(|entry| entry != "*")
                || config.allow_origin_regex.is_some();
            if config.allow_credentials {
                let rule = Rule::OriginAnyWithCredentials;
                self.note(Issue::new(Key::AllowOrigins, "*", rule).at(index));
            } else if others {
                self.note(Issue::new(Key::AllowOrigins, "*", Rule::AnyBesideOthers).at(index));
            }
            return Access::AnyOrigin;
        }
        let nothing_said = config.allow_origins.is_empty() && config.allow_origin_regex.is_none();
        let unreadable = config.unreadable.iter().any(|issue| match issue.key {
            Some(key) => matches!(key, Key::AllowOrigins | Key::AllowOriginRegex),
            None => issue.severity() == Severity::Error,
        });
        if nothing_said && !unreadable {
            self.note(Issue::new(Key::AllowOrigins, "", Rule::NothingAllowed));
        }
        Access::Listed(Listed {
            origins,
            credentials: config.allow_credentials,
        })
    }

    /// The entries of a list, without those that could not be read or are empty.
    fn entries(&mut self, key: Key) -> Vec<(usize, &'a str)> {
        let list = match key {
            Key::AllowOrigins => &self.config.allow_origins,
            Key::AllowMethods => &self.config.allow_methods,
            Key::AllowHeaders => &self.config.allow_headers,
            _ => &self.config.expose_headers,
        };
        let unreadable: HashSet<usize> = self
            .config
            .unreadable
            .iter()
            .filter(|issue| issue.key == Some(key))
            .filter_map(|issue| issue.index)
            .collect();
        let mut entries = Vec::with_capacity(list.len());
        for (index, text) in list.iter().enumerate() {
            if unreadable.contains(&index) {
                continue;
            }
            if text.is_empty() {
                self.note(
                    Issue::new(key, "", Rule::EmptyItem)
                        .at(index)
                        .corrected(Correction::Remove),
                );
            } else {
                entries.push((index, text.as_str()));
            }
        }
        entries
    }

    fn check_pattern(&mut self, index: usize, text: &str, pattern: &Pattern<'_>) {
        if !self.config.allow_credentials {
            return;
        }
        let note = |rule| Issue::new(Key::AllowOrigins, text, rule).at(index);
        if pattern.subdomains
            && !self.config.dangerously_allow_credentials_on_public_suffixes
            && pattern.is_on_public_suffix()
        {
            self.note(note(Rule::OriginPublicSuffixWithCredentials));
        }
        if pattern.scheme == "http" && !pattern.is_loopback() {
            self.note(note(Rule::OriginInsecureWithCredentials));
        }
    }

    fn regex(&mut self) -> Option<OriginRegex> {
        let source = self.config.allow_origin_regex.as_deref()?;
        let issue = |rule| Issue::new(Key::AllowOriginRegex, source, rule);
        let regex = match OriginRegex::compile(source) {
            Ok(regex) => regex,
            Err((rule, detail)) => {
                let mut issue = issue(rule);
                issue.detail = detail;
                self.note(issue);
                return None;
            }
        };
        let examples = Examples::of(&regex);
        let accepts = |origin: &str| format!("it accepts `{origin}`");
        if self.config.allow_credentials {
            if let Some(origin) = examples.stranger()
                && !self.config.dangerously_allow_credentials_with_broad_regex
            {
                self.note(issue(Rule::RegexBroadWithCredentials).detail(accepts(origin)));
            } else if let Some(origin) = examples.insecure() {
                self.note(issue(Rule::OriginInsecureWithCredentials).detail(accepts(origin)));
            }
        }
        if examples.miss_every_origin() {
            self.note(issue(Rule::RegexMissesOrigins));
        }
        if let Some(escaped) = escape_dots(source) {
            self.note(issue(Rule::RegexUnescapedDot).corrected(Correction::Replace(escaped)));
        }
        Some(regex)
    }

    fn methods(&mut self) -> Vec<String> {
        let entries = self.entries(Key::AllowMethods);
        if self.config.allow_methods.is_empty() && !self.is_unreadable(Key::AllowMethods) {
            self.note(Issue::new(Key::AllowMethods, "", Rule::MethodsEmpty));
        }
        let any = entries.iter().any(|(_, text)| *text == "*");
        let mut seen = HashSet::new();
        let mut methods = Vec::new();
        for (index, text) in entries {
            let issue = |rule| Issue::new(Key::AllowMethods, text, rule).at(index);
            let method = method::normalize(text);
            if !is_token(text.as_bytes()) {
                self.note(issue(Rule::MethodToken).corrected(allowable(trimmed(text))));
            } else if method::is_forbidden(text) {
                self.note(issue(Rule::MethodForbidden).corrected(Correction::Remove));
            } else if !seen.insert(method.clone()) {
                self.note(duplicate(Key::AllowMethods, index, text));
            } else if any && text != "*" && method::STANDARD.contains(&method.as_str()) {
                let covered = issue(Rule::Redundant).detail("`*`");
                self.note(covered.corrected(Correction::Remove));
            } else {
                if let Some(meant) = allowable(unquoted(text)) {
                    self.note(issue(Rule::Quoted).corrected(meant));
                } else if let Some(meant) = method::case_slip(&method) {
                    let meant = Correction::Replace(meant.to_owned());
                    self.note(issue(Rule::MethodCase).corrected(meant));
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

    fn headers(&mut self) -> AllowedHeaders {
        let names = self.header_names(Key::AllowHeaders);
        for &(index, name) in &names {
            let issue = |rule| Issue::new(Key::AllowHeaders, name, rule).at(index);
            if header_name::is_not_sendable(name) {
                self.note(issue(Rule::HeaderNotSendable).corrected(Correction::Remove));
            } else if header_name::SAFELISTED
                .iter()
                .any(|known| known.eq_ignore_ascii_case(name))
            {
                let always = issue(Rule::Redundant).detail("it is always allowed");
                self.note(always.corrected(Correction::Remove));
            }
        }
        if names.iter().any(|(_, name)| *name == "*") {
            AllowedHeaders::Any
        } else {
            AllowedHeaders::Listed(ListedHeaders::new(names.into_iter().map(|(_, name)| name)))
        }
    }

    fn exposed(&mut self) -> Exposed {
        let names = self.header_names(Key::ExposeHeaders);
        for &(index, name) in &names {
            let issue = |rule| Issue::new(Key::ExposeHeaders, name, rule).at(index);
            if name == "*" && self.config.allow_credentials {
                self.note(issue(Rule::ExposeAnyWithCredentials));
            } else if header_name::is_not_readable(name) {
                self.note(issue(Rule::HeaderNotReadable).corrected(Correction::Remove));
            } else if header_name::is_always_readable(name) {
                let always = issue(Rule::Redundant).detail("it is always readable");
                self.note(always.corrected(Correction::Remove));
            }
        }
        if names.iter().any(|(_, name)| *name == "*") {
            Exposed::Any
        } else {
            Exposed::Listed(names.into_iter().map(|(_, name)| name.to_owned()).collect())
        }
    }

    /// The names of a list that are tokens, each once, with what the two lists have in common noted.
    fn header_names(&mut self, key: Key) -> Vec<(usize, &'a str)> {
        let entries = self.entries(key);
        let others = entries.iter().any(|(_, text)| *text != "*");
        let mut seen = HashSet::new();
        let mut names = Vec::with_capacity(entries.len());
        for (index, text) in entries {
            let issue = |rule| Issue::new(key, text, rule).at(index);
            if !is_token(text.as_bytes()) {
                self.note(issue(Rule::HeaderToken).corrected(trimmed(text)));
                continue;
            }
            if !seen.insert(text.to_ascii_lowercase()) {
                self.note(duplicate(key, index, text));
                continue;
            }
            if text == "*" {
                let is_wildcard = key == Key::AllowHeaders || !self.config.allow_credentials;
                if others && is_wildcard {
                    self.note(issue(Rule::AnyBesideOthers));
                }
            } else if text.contains('*') {
                self.note(issue(Rule::HeaderWildcard));
            } else if let Some(meant) = unquoted(text) {
                self.note(issue(Rule::Quoted).corrected(meant));
            }
            names.push((index, text));
        }
        names
    }

    fn numbers(&mut self) {
        let max_age = self.config.max_age;
        // The default is WebKit's cap, the lowest.
        if max_age > 600 {
            let detail = "WebKit at 600 seconds, Chromium at 7200, Firefox at 86400";
            let issue = Issue::new(Key::MaxAge, max_age.to_string(), Rule::MaxAgeCapped);
            self.note(issue.detail(detail));
        }
        let status = self.config.preflight_status;
        if !matches!(status, 200 | 204) {
            let meant = Correction::Replace("200".to_owned());
            let issue = Issue::new(
                Key::PreflightStatus,
                status.to_string(),
                Rule::PreflightStatus,
            );
            self.note(issue.corrected(meant));
        }
    }

    fn is_unreadable(&self, key: Key) -> bool {
        self.config
            .unreadable
            .iter()
            .any(|issue| issue.key == Some(key))
    }
}

fn duplicate(key: Key, index: usize, text: &str) -> Issue {
    Issue::new(key, text, Rule::Duplicate)
        .at(index)
        .corrected(Correction::Remove)
}

/// A token between quotes that are token characters, too: what stands between them.
fn unquoted(text: &str) -> Option<Correction> {
    let name = text.trim_matches(['\'', '`']);
    (name != text && is_token(name.as_bytes())).then(|| Correction::Replace(name.to_owned()))
}

/// A correction of a method, without what is forbidden: nobody shall be told to write that.
fn allowable(correction: Option<Correction>) -> Option<Correction> {
    let mut methods = match correction? {
        Correction::Replace(method) => vec![method],
        Correction::Split(methods) => methods,
        other => return Some(other),
    };
    methods.retain(|method| !method::is_forbidden(method));
    Some(match methods.as_slice() {
        [] => Correction::Remove,
        [one] => Correction::Replace(one.clone()),
        _ => Correction::Split(methods),
    })
}

/// A token with white space or quotes around it.
fn trimmed(text: &str) -> Option<Correction> {
    let meant = text.trim_matches(|c: char| c.is_whitespace() || "\"'".contains(c));
    let parts: Vec<&str> = meant
        .split([',', ' '])
        .filter(|part| !part.is_empty())
        .collect();
    if !parts.iter().all(|part| is_token(part.as_bytes())) {
        return None;
    }
    match parts.as_slice() {
        [] => None,
        [one] => Some(Correction::Replace((*one).to_owned())),
        several => Some(Correction::Split(
            several.iter().map(|part| (*part).to_owned()).collect(),
        )),
    }
}
