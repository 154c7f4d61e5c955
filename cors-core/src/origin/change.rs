//! Changes the exact entries of a set.

use super::builder::Redundant;
use super::overlay::Overlay;
use super::set::OriginSet;
use std::sync::Arc;

/// A set that is being changed. Its entries must be valid, and exact.
#[derive(Debug)]
pub(crate) struct Change<'a> {
    set: OriginSet,
    overlay: Overlay,
    redundant: Vec<Redundant<'a>>,
}

impl<'a> Change<'a> {
    pub(crate) fn new(mut set: OriginSet) -> Self {
        let overlay = match set.overlay.take() {
            Some(overlay) => Arc::unwrap_or_clone(overlay),
            None => Overlay::new(std::mem::take(&mut set.exact)),
        };
        Self {
            set,
            overlay,
            redundant: Vec::new(),
        }
    }

    /// Adds an entry, unless it has no effect.
    pub(crate) fn add(&mut self, index: usize, text: &'a str) {
        let covered_by = self.set.covering_pattern(text).map(str::to_owned);
        let is_new = covered_by.is_none() && self.overlay.set(&self.set.hasher, text, true);
        if !is_new {
            self.redundant.push(Redundant {
                index,
                text,
                covered_by,
            });
        }
    }

    /// Removes an entry, if it is one.
    pub(crate) fn remove(&mut self, text: &str) {
        self.overlay.set(&self.set.hasher, text, false);
    }

    /// The changed set, and the entries that were added without effect.
    pub(crate) fn finish(self) -> (OriginSet, Vec<Redundant<'a>>) {
        self.finish_if(Overlay::is_due)
    }

    fn finish_if(mut self, is_due: impl Fn(&Overlay) -> bool) -> (OriginSet, Vec<Redundant<'a>>) {
        self.overlay.count_copy();
        if is_due(&self.overlay) {
            self.set.exact = self.overlay.fold(&self.set.hasher);
        } else {
            self.set.overlay = Some(Arc::new(self.overlay));
        }
        self.set.note_more();
        (self.set, self.redundant)
    }
}

#[cfg(test)]
mod tests {
    use super::Change;
    use crate::origin::builder::Builder;
    use crate::origin::pattern::Entry;
    use crate::origin::set::OriginSet;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    const ORIGINS: [&str; 6] = [
        "https://a.com",
        "https://x.a.com",
        "https://b.com",
        "https://b.com:8443",
        "http://localhost",
        "app://",
    ];

    const OTHERS: [&[&str]; 4] = [
        &[],
        &["https://*.a.com"],
        &["null"],
        &["http://localhost:*", "null"],
    ];

    fn build<'a>(entries: impl Iterator<Item = &'a str>) -> OriginSet {
        let mut builder = Builder::default();
        for (index, text) in entries.enumerate() {
            match Entry::parse(text) {
                Ok(Entry::Null) => builder.allow_null(),
                Ok(Entry::Pattern(pattern)) => builder.allow(index, text, &pattern),
                other => panic!("{text}: {other:?}"),
            }
        }
        builder.finish().0
    }

    fn check(set: &OriginSet, expected: &OriginSet) {
        for origin in ORIGINS.iter().chain(&["null", "https://c.com", ""]) {
            let [is_allowed, should_be] =
                [set, expected].map(|set| set.contains(origin.as_bytes()));
            assert_eq!(is_allowed, should_be, "{origin}");
        }
        assert_eq!(set, expected);
        assert_eq!(set.to_list(), expected.to_list());
        assert_eq!(set.is_empty(), expected.is_empty());
        let sorted = |set: &OriginSet| -> BTreeSet<String> {
            set.exact_entries().map(str::to_owned).collect()
        };
        assert_eq!(sorted(set), sorted(expected));
        assert_eq!(set.exact_entries().count(), sorted(set).len());
    }

    proptest! {
        /// Whatever the changes, and after whichever of them the list is built anew.
        #[test]
        fn changes_are_as_if_built_from_scratch(
            first in prop::sample::subsequence(&ORIGINS[..], 0..=ORIGINS.len()),
            others in prop::sample::select(&OTHERS[..]),
            changes in prop::collection::vec(
                (
                    prop::sample::subsequence(&ORIGINS[..], 0..3),
                    prop::sample::subsequence(&ORIGINS[..], 0..3),
                ),
                1..=5,
            ),
        ) {
            let built = build(first.iter().chain(others).copied());
            for folded in 0..1_u32 << changes.len() {
                let mut set = built.clone();
                let mut list: BTreeSet<&str> = first.iter().copied().collect();
                for (i, (added, removed)) in changes.iter().enumerate() {
                    list.extend(added);
                    list.retain(|text| !removed.contains(text));
                    let mut change = Change::new(set.clone());
                    added.iter().enumerate().for_each(|(i, text)| change.add(i, text));
                    removed.iter().for_each(|text| change.remove(text));
                    let fold = folded >> i & 1 == 1;
                    let before = build(set.to_list().iter().map(String::as_str));
                    let (changed, _) = change.finish_if(|_| fold);
                    check(&set, &before);
                    assert_eq!(changed.overlay.is_none(), fold);
                    check(&changed, &build(list.iter().chain(others).copied()));
                    set = changed;
                }
            }
        }
    }

    /// Neither does each change build the list, nor do the changes beside it grow without end.
    #[test]
    fn a_large_list_is_built_rarely() {
        let origins: Vec<String> = (0..10_000).map(|n| format!("https://{n}.com")).collect();
        let mut set = build(origins.iter().map(String::as_str));
        let mut built = 0;
        for n in 0..2_000 {
            let text = format!("https://{n}.org");
            let mut change = Change::new(set);
            change.add(0, &text);
            set = change.finish().0;
            built += usize::from(set.overlay.is_none());
        }
        assert!((3..=8).contains(&built), "{built}");
        assert_eq!(set.exact_entries().count(), 12_000);
    }

    /// As when a server starts with an empty list and then reads it.
    #[test]
    fn many_changes_at_once_are_the_list() {
        let origins: Vec<String> = (0..5_000).map(|n| format!("https://{n}.com")).collect();
        let mut change = Change::new(build(ORIGINS.into_iter()));
        (0..)
            .zip(&origins)
            .for_each(|(i, text)| change.add(i, text));
        let (set, _) = change.finish();
        assert!(set.overlay.is_none());
        assert_eq!(set.exact_entries().count(), 5_000 + ORIGINS.len());
    }

    #[test]
    fn a_small_list_is_built_at_once() {
        let mut change = Change::new(build(ORIGINS.into_iter()));
        change.remove("https://a.com");
        let (set, _) = change.finish();
        assert!(set.overlay.is_none());
        assert!(!set.contains(b"https://a.com"));
    }
}
