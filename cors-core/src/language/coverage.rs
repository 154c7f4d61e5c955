//! Whether the regex of a policy covers an entry, and the reverse.

use super::allowed_origins::{entries_automaton, pattern_regex};
use super::compile::{TooComplex, compile};
use super::regex_sites::any_origin;
use super::search::{Budget, Condition, Search};
use crate::origin::pattern::Pattern;
use crate::origin::regex::OriginRegex;
use crate::origin::set::OriginSet;

/// Whether the regex matches every origin that the entry `text` allows.
pub(crate) fn covers(
    regex: &OriginRegex,
    text: &str,
    pattern: &Pattern<'_>,
    budget: &mut Budget,
) -> Result<bool, TooComplex> {
    if pattern.is_exact() {
        return Ok(regex.allows(text.as_bytes()));
    }
    budget.spend_on_compiling(1)?;
    let entry = compile(&pattern_regex(pattern))?;
    let missed = [
        Condition::Accepts(&entry),
        Condition::Rejects(regex.automaton()),
    ];
    Ok(Search::new(missed).first(budget)?.is_none())
}

/// Whether the entries together allow every origin that the regex matches, if it matches any.
pub(crate) fn is_covered(
    regex: &OriginRegex,
    entries: &OriginSet,
    budget: &mut Budget,
) -> Result<bool, TooComplex> {
    if entries.entries().next().is_none() || any_origin(regex, budget)?.is_none() {
        return Ok(false);
    }
    let automaton = entries_automaton(entries.patterns(), None, budget)?;
    let mut exact: Vec<&str> = entries.exact_entries().collect();
    exact.sort_unstable();
    let missed = [
        Condition::Accepts(regex.automaton()),
        Condition::Rejects(&automaton),
    ];
    let found = Search::new(missed).except(&exact).first(budget)?;
    Ok(found.is_none())
}
