//! The origins that some lists allow and others do not, entry by entry.

use super::allowed_origins::{BY_NAME, entries_automaton, first, pattern_regex};
use super::compile::{TooComplex, compile};
use super::search::{Budget, Condition, Search};
use crate::origin::automaton::Automaton;
use crate::origin::pattern::{BAD_PORTS, Entry};
use crate::origin::regex::OriginRegex;
use crate::origin::set::{OriginSet, Texts};
use std::collections::HashSet;
use std::sync::LazyLock;

/// The origins that browsers send: all of them, or those that some lists allow.
#[derive(Clone, Debug)]
pub(crate) enum Origins<'a> {
    Any,
    Listed(Vec<&'a OriginSet>),
}

/// An entry that allows an origin which others do not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Excess {
    /// The entry, or the regex.
    pub(crate) entry: String,
    /// A shortest origin that it allows and the others do not.
    pub(crate) origin: String,
    /// How many more exact origins there are, which are not listed.
    pub(crate) more: usize,
}

/// Origins with these ports have no pages: browsers load nothing from there.
static ON_BAD_PORTS: LazyLock<Result<Automaton, TooComplex>> = LazyLock::new(|| {
    let ports = BAD_PORTS.map(|port| port.to_string()).join("|");
    compile(&format!(r"https?://(?:[^:/\[]*|\[[^\]]*\]):(?:{ports})"))
});

fn on_bad_ports() -> Result<Condition<'static>, TooComplex> {
    let automaton = ON_BAD_PORTS.as_ref().map_err(|error| *error)?;
    Ok(Condition::Rejects(automaton))
}

/// How many exact entries, and how many patterns, are listed one by one.
const LISTED: usize = 100;

impl<'a> Origins<'a> {
    pub(crate) fn contains(&self, origin: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Listed(sets) => sets.iter().any(|set| set.contains(origin.as_bytes())),
        }
    }

    /// These origins and those of one more list.
    pub(crate) fn and(&self, set: &'a OriginSet) -> Self {
        match self {
            Self::Any => Self::Any,
            Self::Listed(sets) => Self::Listed(sets.iter().copied().chain([set]).collect()),
        }
    }

    /// An origin that is allowed here and not by `other`.
    pub(crate) fn outside_of(&self, other: &Origins<'_>) -> Result<Option<String>, TooComplex> {
        let found = self.excess_over(other)?;
        Ok(first(&mut found.iter().map(|excess| &*excess.origin), None))
    }

    /// An origin that both allow or, if there is none, one that this allows. `None` if this allows none.
    ///
    /// If it is too complex to tell what both allow, it can be one that only this allows.
    pub(crate) fn example_near(&self, other: &Origins<'_>) -> Result<Option<String>, TooComplex> {
        match self.example_in(other) {
            Ok(Some(origin)) => Ok(Some(origin)),
            Ok(None) | Err(_) => self.example_in(&Origins::Any),
        }
    }

    fn example_in(&self, other: &Origins<'_>) -> Result<Option<String>, TooComplex> {
        let is_shared = |origin: &&str| self.contains(origin) && other.contains(origin);
        let exact = self.exact().chain(other.exact()).filter(is_shared);
        if let Some(origin) = first(&mut exact.take(LISTED), None) {
            return Ok(Some(origin));
        }
        let (ours, theirs) = (self.automaton()?, other.automaton()?);
        let both = [
            Condition::Accepts(&ours),
            Condition::Accepts(&theirs),
            on_bad_ports()?,
        ];
        let found = Search::new(both).first(&mut Budget::default())?;
        Ok(first(&mut BY_NAME.into_iter().filter(is_shared), found))
    }

    /// The entries that allow an origin which `other` does not allow. They are empty if, and only if, `other`
    /// allows every origin that these allow.
    ///
    /// Entries that both have are not compiled, so neither their number nor a complex regex matters.
    pub(crate) fn excess_over(&self, other: &Origins<'_>) -> Result<Vec<Excess>, TooComplex> {
        let Origins::Listed(others) = other else {
            return Ok(Vec::new());
        };
        let Self::Listed(sets) = self else {
            return Ok(Others::of(other)?.any()?.into_iter().collect());
        };
        let known: HashSet<&str> = others.iter().flat_map(|set| set.patterns()).collect();
        let is_new = |text: &&str| !known.contains(text);
        let mut patterns: Vec<&str> = sets.iter().flat_map(|set| set.patterns()).collect();
        patterns.retain(is_new);
        patterns.sort_unstable();
        let is_known = |regex: &OriginRegex| {
            let mut sources = others.iter().map(|set| set.regex_source());
            sources.any(|source| source == Some(regex.source()))
        };
        let mut regexes: Vec<&OriginRegex> = sets.iter().filter_map(|set| set.regex()).collect();
        regexes.retain(|regex| !is_known(regex));
        let mut found = self.exact_excess_over(other);
        if !patterns.is_empty() || !regexes.is_empty() {
            let others = Others::of(other)?;
            found.extend(others.beyond_patterns(&patterns)?);
            for regex in regexes {
                found.extend(others.beyond(regex.source(), regex.automaton())?);
            }
        }
        Ok(found)
    }

    /// The entries without a wildcard, `null` included.
    fn exact_excess_over(&self, other: &Origins<'_>) -> Vec<Excess> {
        let null = self.null().filter(|null| !other.contains(null));
        let mut exact: Vec<&str> = self.exact().filter(|text| !other.contains(text)).collect();
        exact.sort_unstable();
        exact.dedup();
        let more = exact.len().saturating_sub(LISTED);
        exact.truncate(LISTED);
        let mut found: Vec<Excess> = exact.into_iter().chain(null).map(Excess::exact).collect();
        if let Some(last) = found.last_mut() {
            last.more = more;
        }
        found
    }

    fn exact(&self) -> Texts<'_> {
        match self {
            Self::Any => Box::new(std::iter::empty()),
            Self::Listed(sets) => Box::new(sets.iter().flat_map(|set| set.exact_entries())),
        }
    }

    fn null(&self) -> Option<&'static str> {
        self.contains("null").then_some("null")
    }

    fn automaton(&self) -> Result<Automaton, TooComplex> {
        match self {
            Self::Any => compile(".*"),
            Self::Listed(sets) => entries_automaton(
                sets.iter().flat_map(|set| set.patterns()),
                sets.iter().filter_map(|set| set.regex()),
            ),
        }
    }
}

impl Excess {
    fn exact(text: &str) -> Self {
        Self {
            entry: text.to_owned(),
            origin: text.to_owned(),
            more: 0,
        }
    }
}

/// What the other lists allow, compiled.
struct Others<'a> {
    origins: &'a Origins<'a>,
    exact: Vec<&'a str>,
    automaton: Automaton,
}

impl<'a> Others<'a> {
    fn of(origins: &'a Origins<'a>) -> Result<Self, TooComplex> {
        let mut exact: Vec<&str> = origins.exact().collect();
        exact.sort_unstable();
        exact.dedup();
        Ok(Self {
            exact,
            automaton: origins.automaton()?,
            origins,
        })
    }

    /// An origin that an entry allows and the others do not.
    fn beyond(&self, entry: &str, automaton: &Automaton) -> Result<Option<Excess>, TooComplex> {
        let search = Search::new([
            Condition::Accepts(automaton),
            Condition::Rejects(&self.automaton),
            on_bad_ports()?,
        ]);
        let found = search.except(&self.exact).first(&mut Budget::default())?;
        Ok(found.map(|origin| Excess {
            entry: entry.to_owned(),
            origin,
            more: 0,
        }))
    }

    /// After the first patterns, the others share one search.
    fn beyond_patterns(&self, patterns: &[&str]) -> Result<Vec<Excess>, TooComplex> {
        let (listed, others) = patterns.split_at(patterns.len().min(LISTED));
        let mut found = Vec::new();
        for entry in listed {
            found.extend(self.beyond(entry, &pattern_automaton(entry)?)?);
        }
        if !others.is_empty() {
            let automaton = entries_automaton(others.iter().copied(), None)?;
            if let Some(excess) = self.beyond("", &automaton)? {
                let allows = |entry: &&&str| {
                    let automaton = pattern_automaton(entry);
                    automaton.is_ok_and(|automaton| automaton.is_match(excess.origin.as_bytes()))
                };
                let entry = others.iter().find(allows).copied().unwrap_or_default();
                found.push(Excess {
                    entry: entry.to_owned(),
                    ..excess
                });
            }
        }
        Ok(found)
    }

    /// An origin that the others do not allow.
    fn any(&self) -> Result<Option<Excess>, TooComplex> {
        let found = self.beyond("*", &compile(".*")?)?;
        let mut by_name = BY_NAME.into_iter();
        Ok(found.or_else(|| {
            let origin = by_name.find(|origin| !self.origins.contains(origin))?;
            Some(Excess {
                entry: "*".to_owned(),
                ..Excess::exact(origin)
            })
        }))
    }
}

fn pattern_automaton(entry: &str) -> Result<Automaton, TooComplex> {
    match Entry::parse(entry) {
        Ok(Entry::Pattern(pattern)) => compile(&pattern_regex(&pattern)),
        _ => entries_automaton(std::iter::empty(), None),
    }
}
