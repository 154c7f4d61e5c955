//! Builds the set of origins.

use super::pattern::Pattern;
use super::patterns::Patterns;
use super::regex::OriginRegex;
use super::set::OriginSet;
use super::table::{Table, hash};

/// Collects valid entries, and finds those that are redundant.
#[derive(Debug, Default)]
pub(crate) struct Builder<'a> {
    set: OriginSet,
    exact: Vec<(usize, &'a str)>,
    patterns: Vec<(usize, &'a str)>,
}

/// An entry without effect.
#[derive(Debug)]
pub(crate) struct Redundant<'a> {
    pub(crate) index: usize,
    pub(crate) text: &'a str,
    /// The other entry that covers it, or `None` if it is a duplicate.
    pub(crate) covered_by: Option<String>,
}

impl<'a> Builder<'a> {
    pub(crate) fn allow_null(&mut self) {
        self.set.null = true;
    }

    pub(crate) fn allow_regex(&mut self, regex: OriginRegex) {
        self.set.regex = Some(regex);
    }

    pub(crate) fn allow(&mut self, index: usize, text: &'a str, pattern: &Pattern<'_>) {
        let entries = if pattern.is_exact() {
            &mut self.exact
        } else {
            &mut self.patterns
        };
        entries.push((index, text));
    }

    /// Patterns are added first, so that entries that they cover are omitted in any order of the list.
    pub(crate) fn finish(self) -> (OriginSet, Vec<Redundant<'a>>) {
        let Self {
            mut set,
            exact,
            patterns,
        } = self;
        let mut redundant = Vec::new();
        let mut report = |index, text, covered_by: Option<&str>| {
            redundant.push(Redundant {
                index,
                text,
                covered_by: covered_by.map(str::to_owned),
            });
        };

        let mut all = Patterns::with_capacity(patterns.iter().map(|(_, text)| *text));
        let mut distinct = Vec::with_capacity(patterns.len());
        for (index, text) in patterns {
            if all.insert(&set.hasher, text) {
                distinct.push((index, text));
            } else {
                report(index, text, None);
            }
        }
        set.patterns = Patterns::with_capacity(distinct.iter().map(|(_, text)| *text));
        for (index, text) in distinct {
            match all.covering(&set.hasher, text) {
                None => drop(set.patterns.insert(&set.hasher, text)),
                other => report(index, text, other),
            }
        }

        let bytes = exact.iter().map(|(_, text)| text.len()).sum();
        let mut table = Table::with_capacity(exact.len(), bytes);
        let hasher = set.hasher.clone();
        let hash_of = |text: &str| hash(&hasher, text.as_bytes());
        for (index, text) in exact {
            let hash = hash_of(text);
            let is_it = |other: &[u8]| other == text.as_bytes();
            if table.find(hash, is_it).is_some() {
                report(index, text, None);
                continue;
            }
            match set.covering_pattern(text) {
                None => table.insert(hash, text, hash_of),
                other => report(index, text, other),
            }
        }
        set.exact = table.into();
        set.note_more();
        redundant.sort_by_key(|entry| entry.index);
        (set, redundant)
    }
}
