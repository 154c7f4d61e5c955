//! The origins that a policy allows, ready to be compared.

use super::compile::{TooComplex, compile, compile_tree, parse};
use super::search::{Budget, Condition, Search};
use crate::origin::automaton::Automaton;
use crate::origin::pattern::{Entry, Pattern, Wildcard};
use crate::origin::regex::OriginRegex;
use crate::origin::set::OriginSet;
use crate::policy::{Access, Policy};
use regex_syntax::hir::Hir;
use std::collections::BTreeMap;

/// The origins that a policy allows, ready to be compared with those of another policy.
///
/// Every result is exact. It is not decided by examples, whatever the patterns and the regex.
///
/// ```
/// use cors_core::Config;
///
/// let old = Config::new().allow_origins(["https://*.example.com"]).build()?;
/// let new = Config::new().allow_origin_regex(r"https://(.+\.)?example\.com").build()?;
/// let (old, new) = (old.allowed_origins()?, new.allowed_origins()?);
/// assert_eq!(old.example_outside_of(&new)?, None);
/// assert_eq!(new.example_outside_of(&old)?.as_deref(), Some("https://example.com"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct AllowedOrigins<'a> {
    /// `None` if the policy allows any origin.
    set: Option<&'a OriginSet>,
    /// The exact entries, sorted.
    exact: Vec<&'a str>,
    /// The patterns and the regex.
    automaton: Automaton,
}

impl Policy {
    /// The origins that the policy allows, ready to be compared. This compiles the patterns, which takes
    /// longer than a request may take.
    ///
    /// # Errors
    ///
    /// Returns an error if the patterns are too many to be compiled.
    pub fn allowed_origins(&self) -> Result<AllowedOrigins<'_>, TooComplex> {
        match &self.access {
            Access::AnyOrigin => Ok(AllowedOrigins {
                set: None,
                exact: Vec::new(),
                automaton: compile(".*")?,
            }),
            Access::Listed(listed) => AllowedOrigins::of(&listed.origins),
        }
    }
}

impl<'a> AllowedOrigins<'a> {
    pub(crate) fn of(set: &'a OriginSet) -> Result<Self, TooComplex> {
        let mut exact: Vec<&str> = set.exact_entries().collect();
        exact.sort_unstable();
        let mut budget = Budget::of_comparison();
        Ok(Self {
            set: Some(set),
            exact,
            automaton: entries_automaton(set.patterns(), set.regex(), &mut budget)?,
        })
    }

    /// A shortest origin that is allowed and that a browser could send. `None` if there is none.
    ///
    /// Origins with `https` come first, then those with `http`, then those with other schemes, then
    /// `null`.
    ///
    /// # Errors
    ///
    /// Returns an error if the search takes too many steps.
    pub fn example(&self) -> Result<Option<String>, TooComplex> {
        let search = Search::new([Condition::Accepts(&self.automaton)]);
        let exact = self.exact.iter().copied();
        let found = search.first(&mut Budget::default())?;
        let by_name = BY_NAME.into_iter().filter(|origin| self.contains(origin));
        Ok(first(&mut exact.chain(by_name), found))
    }

    /// A shortest origin that is allowed here and not by `other`, and that a browser could send. `None`
    /// if `other` allows every origin that is allowed here.
    ///
    /// The order is that of [`example`](Self::example).
    ///
    /// # Errors
    ///
    /// Returns an error if the comparison takes too many steps.
    pub fn example_outside_of(
        &self,
        other: &AllowedOrigins<'_>,
    ) -> Result<Option<String>, TooComplex> {
        let search = Search::new([
            Condition::Accepts(&self.automaton),
            Condition::Rejects(&other.automaton),
        ]);
        let exact = self.exact.iter().copied();
        let found = search.except(&other.exact).first(&mut Budget::default())?;
        let by_name = BY_NAME.into_iter().filter(|origin| self.contains(origin));
        let mut exact = exact
            .chain(by_name)
            .filter(|origin| !other.contains(origin));
        Ok(first(&mut exact, found))
    }

    fn contains(&self, origin: &str) -> bool {
        self.set.is_none_or(|set| set.contains(origin.as_bytes()))
    }
}

/// Origins that no pattern and no regex allows.
pub(super) const BY_NAME: [&str; 2] = ["file://", "null"];

/// The first of the origins that were found.
pub(super) fn first(
    exact: &mut dyn Iterator<Item = &str>,
    found: Option<String>,
) -> Option<String> {
    let order = |origin: &str| {
        let is_last = origin == "null";
        let schemes = ["https://", "http://"];
        let scheme = schemes.iter().position(|scheme| origin.starts_with(scheme));
        (is_last, scheme.unwrap_or(schemes.len()), origin.len())
    };
    let exact = exact.min_by_key(|origin| order(origin)).map(str::to_owned);
    let both = exact.into_iter().chain(found);
    both.min_by_key(|origin| order(origin))
}

/// Matches what patterns and regexes match.
pub(super) fn entries_automaton<'a>(
    patterns: impl Iterator<Item = &'a str>,
    regexes: impl IntoIterator<Item = &'a OriginRegex>,
    budget: &mut Budget,
) -> Result<Automaton, TooComplex> {
    let mut count = 0;
    let mut hosts = BTreeMap::<(String, &str), Vec<String>>::new();
    for entry in patterns {
        if let Ok(Entry::Pattern(pattern)) = Entry::parse(entry) {
            let (start, host, port) = parts(&pattern);
            hosts.entry((start, port)).or_default().push(host);
            count += 1;
        }
    }
    budget.spend_on_compiling(count)?;
    let alternatives = hosts
        .iter()
        .map(|((start, port), hosts)| parse(&format!("{start}(?:{}){port}", hosts.join("|"))));
    let regexes = regexes.into_iter().map(|regex| Ok(regex.hir().clone()));
    let all: Result<Vec<Hir>, TooComplex> = alternatives.chain(regexes).collect();
    compile_tree(Hir::alternation(all?))
}

/// A regex for an entry. It may match texts that are not origins, which a search does not consider.
pub(super) fn pattern_regex(pattern: &Pattern<'_>) -> String {
    let (start, host, port) = parts(pattern);
    format!("{start}{host}{port}")
}

/// The regex for an entry in three parts, of which only the second differs in a list of similar entries. An
/// automaton of many entries is compiled much faster if they share the first and the last.
fn parts(pattern: &Pattern<'_>) -> (String, String, &'static str) {
    // Without `..`, a new kind of wildcard does not compile until it is considered here.
    let Pattern {
        scheme,
        wildcard,
        host,
        port,
    } = *pattern;
    let escape = regex_syntax::escape;
    let (before_host, after_wildcard) = match wildcard {
        Wildcard::None => (String::new(), String::new()),
        Wildcard::Subdomains => (r"[^:/\[]+\.".to_owned(), String::new()),
        Wildcard::Label { before, after } => (
            format!("{}[a-z0-9-]+", escape(before)),
            format!(r"{}\.", escape(after)),
        ),
        Wildcard::Host => (r"(?:[^:/\[]+|\[[^\]]+\])".to_owned(), String::new()),
    };
    let (fixed_port, any_port) = match port {
        ":*" => ("", "(?::[0-9]+)?"),
        port => (port, ""),
    };
    let start = format!("{}://{before_host}", escape(scheme));
    (
        start,
        format!("{after_wildcard}{}{fixed_port}", escape(host)),
        any_port,
    )
}
