//! The origins that some lists allow and others do not, entry by entry.

use super::allowed_origins::{BY_NAME, entries_automaton, first};
use super::compile::{TooComplex, compile};
use super::search::{Budget, Condition, LISTED, Search};
use crate::origin::automaton::Automaton;
use crate::origin::builder::Builder;
use crate::origin::pattern::{BAD_PORTS, Entry};
use crate::origin::regex::OriginRegex;
use crate::origin::set::{OriginSet, Texts};
use std::cell::OnceCell;
use std::collections::HashSet;
use std::sync::LazyLock;

/// The origins that browsers send: all of them, or those that some lists allow.
#[derive(Debug)]
pub(crate) struct Origins<'a> {
    /// `None` stands for all origins.
    lists: Option<Vec<&'a OriginSet>>,
    /// A comparison needs it several times, and not at all if nothing differs.
    compiled: OnceCell<Result<Compiled<'a>, TooComplex>>,
}

/// What the lists allow, ready for a search.
#[derive(Debug)]
struct Compiled<'a> {
    /// The entries without a wildcard, sorted.
    exact: Vec<&'a str>,
    /// The patterns and the regexes.
    automaton: Automaton,
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

impl<'a> Origins<'a> {
    pub(crate) fn any() -> Self {
        Self::of(None)
    }

    pub(crate) fn listed(sets: Vec<&'a OriginSet>) -> Self {
        Self::of(Some(sets))
    }

    fn of(lists: Option<Vec<&'a OriginSet>>) -> Self {
        Self {
            lists,
            compiled: OnceCell::new(),
        }
    }

    pub(crate) fn is_any(&self) -> bool {
        self.lists.is_none()
    }

    pub(crate) fn contains(&self, origin: &str) -> bool {
        let allows = |set: &&OriginSet| set.contains(origin.as_bytes());
        self.lists
            .as_ref()
            .is_none_or(|lists| lists.iter().any(allows))
    }

    /// These origins and those of more lists.
    pub(crate) fn and(&self, sets: impl IntoIterator<Item = &'a OriginSet>) -> Self {
        let lists = self.lists.as_ref();
        Self::of(lists.map(|lists| lists.iter().copied().chain(sets).collect()))
    }

    /// An origin that is allowed here and not by `other`.
    pub(crate) fn outside_of(
        &self,
        other: &Origins<'_>,
        budget: &mut Budget,
    ) -> Result<Option<String>, TooComplex> {
        let found = self.excess_over(other, budget)?;
        Ok(first(&mut found.iter().map(|excess| &*excess.origin), None))
    }

    /// An origin that both allow or, if there is none, one that this allows. `None` if this allows none.
    ///
    /// If it is too complex to tell what both allow, it can be one that only this allows.
    pub(crate) fn example_near(
        &self,
        other: &Origins<'_>,
        budget: &mut Budget,
    ) -> Result<Option<String>, TooComplex> {
        match self.example_in(other, budget) {
            Ok(Some(origin)) => Ok(Some(origin)),
            Ok(None) | Err(_) => self.example_in(&Origins::any(), budget),
        }
    }

    fn example_in(
        &self,
        other: &Origins<'_>,
        budget: &mut Budget,
    ) -> Result<Option<String>, TooComplex> {
        let is_shared = |origin: &&str| self.contains(origin) && other.contains(origin);
        let exact = self.exact().chain(other.exact()).filter(is_shared);
        if let Some(origin) = first(&mut exact.take(LISTED), None) {
            return Ok(Some(origin));
        }
        let both = [
            Condition::Accepts(&self.compiled(budget)?.automaton),
            Condition::Accepts(&other.compiled(budget)?.automaton),
            on_bad_ports()?,
        ];
        // With steps of its own, so that the others are left if it fails.
        let found = Search::new(both).first(&mut Budget::default())?;
        Ok(first(&mut BY_NAME.into_iter().filter(is_shared), found))
    }

    /// The entries that allow an origin which `other` does not allow. They are empty if, and only if, `other`
    /// allows every origin that these allow.
    ///
    /// Entries that both have are not compiled, so neither their number nor a complex regex matters.
    pub(crate) fn excess_over(
        &self,
        other: &Origins<'_>,
        budget: &mut Budget,
    ) -> Result<Vec<Excess>, TooComplex> {
        let Some(others) = &other.lists else {
            return Ok(Vec::new());
        };
        let Some(sets) = &self.lists else {
            return Ok(any_beyond(other, budget)?.into_iter().collect());
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
        let one_beyond =
            |patterns: &[&str], budget: &mut Budget| one_beyond(patterns, other, budget);
        found.extend(budget.one_by_one(&patterns, one_beyond)?);
        for regex in regexes {
            let origin = beyond(regex.automaton(), other, budget)?;
            found.extend(origin.map(|origin| Excess::of(regex.source(), origin)));
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
        let all = exact.into_iter().chain(null);
        let mut found: Vec<Excess> = all.map(|text| Excess::of(text, text.to_owned())).collect();
        if let Some(last) = found.last_mut() {
            last.more = more;
        }
        found
    }

    fn exact(&self) -> Texts<'_> {
        match &self.lists {
            None => Box::new(std::iter::empty()),
            Some(sets) => Box::new(sets.iter().flat_map(|set| set.exact_entries())),
        }
    }

    fn null(&self) -> Option<&'static str> {
        self.contains("null").then_some("null")
    }

    fn compiled(&self, budget: &mut Budget) -> Result<&Compiled<'a>, TooComplex> {
        let compiled = self.compiled.get_or_init(|| {
            let Some(sets) = &self.lists else {
                return Ok(Compiled {
                    exact: Vec::new(),
                    automaton: compile(".*")?,
                });
            };
            let mut exact: Vec<&str> = sets.iter().flat_map(|set| set.exact_entries()).collect();
            exact.sort_unstable();
            exact.dedup();
            let automaton = entries_automaton(
                sets.iter().flat_map(|set| set.patterns()),
                sets.iter().filter_map(|set| set.regex()),
                budget,
            )?;
            Ok(Compiled { exact, automaton })
        });
        compiled.as_ref().map_err(|error| *error)
    }
}

impl Excess {
    fn of(entry: &str, origin: String) -> Self {
        Self {
            entry: entry.to_owned(),
            origin,
            more: 0,
        }
    }
}

/// An origin that an automaton accepts and the others do not allow.
fn beyond(
    automaton: &Automaton,
    others: &Origins<'_>,
    budget: &mut Budget,
) -> Result<Option<String>, TooComplex> {
    let others = others.compiled(budget)?;
    let search = Search::new([
        Condition::Accepts(automaton),
        Condition::Rejects(&others.automaton),
        on_bad_ports()?,
    ]);
    search.except(&others.exact).first(budget)
}

/// The first of the patterns that allows an origin which is a shortest one that the others do not allow.
fn one_beyond(
    patterns: &[&str],
    others: &Origins<'_>,
    budget: &mut Budget,
) -> Result<Option<Excess>, TooComplex> {
    let automaton = entries_automaton(patterns.iter().copied(), None, budget)?;
    let Some(origin) = beyond(&automaton, others, budget)? else {
        return Ok(None);
    };
    let allows = |pattern: &&&str| pattern_set(pattern).contains(origin.as_bytes());
    let entry = patterns.iter().find(allows).copied().unwrap_or_default();
    Ok(Some(Excess::of(entry, origin)))
}

fn pattern_set(text: &str) -> OriginSet {
    let mut builder = Builder::default();
    if let Ok(Entry::Pattern(pattern)) = Entry::parse(text) {
        builder.allow(0, text, &pattern);
    }
    builder.finish().0
}

/// An origin that the others do not allow.
fn any_beyond(others: &Origins<'_>, budget: &mut Budget) -> Result<Option<Excess>, TooComplex> {
    let found = beyond(&compile(".*")?, others, budget)?;
    let by_name = || BY_NAME.into_iter().find(|origin| !others.contains(origin));
    let origin = found.or_else(|| by_name().map(str::to_owned));
    Ok(origin.map(|origin| Excess::of("*", origin)))
}
