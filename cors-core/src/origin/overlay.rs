//! Exact entries that were changed after the build.
//!
//! A large list is shared, and what has changed since is beside it. From time to time, a change makes a new list.
//! A persistent map, such as those of `imbl` and `rpds`, never needs that, but every policy would pay for it: see
//! CONTRIBUTING.md. Most policies are never changed.

use super::exact::Exact;
use super::table::{Table, hash};
use foldhash::fast::RandomState;

/// Up to so many entries, a change makes a new list at once. That takes less than 0.1 ms, and requests then
/// pay nothing for the changes.
const SMALL: usize = 1_000;

/// To copy so many changes takes about as long as to copy one entry into a new list.
const COPIES: usize = 4;

/// A list of entries, and what has changed since it was built.
#[derive(Clone, Debug)]
pub(super) struct Overlay {
    list: Exact,
    /// Every origin that was added or removed.
    changed: Table,
    /// Whether each of them is an entry now.
    is_entry: Vec<bool>,
    /// The number of entries.
    len: usize,
    /// How many changed origins were copied since the list was built: each change copies those before it.
    copied: usize,
}

impl Overlay {
    pub(super) fn new(list: Exact) -> Self {
        Self {
            len: list.len(),
            list,
            changed: Table::default(),
            is_entry: Vec::new(),
            copied: 0,
        }
    }

    /// `origin` must not be longer than an origin.
    #[inline(never)] // So that it does not slow down policies that were never changed.
    pub(super) fn contains(&self, hasher: &RandomState, origin: &[u8]) -> bool {
        match self.position(hasher, origin) {
            Some(position) => self.is_entry.get(position) == Some(&true),
            None => self.list.contains(hasher, origin),
        }
    }

    fn position(&self, hasher: &RandomState, origin: &[u8]) -> Option<usize> {
        let hash = hash(hasher, origin);
        self.changed.position(hash, |text| text == origin)
    }

    /// Makes `origin` an entry, or not. Returns `false` if nothing changes.
    pub(super) fn set(&mut self, hasher: &RandomState, origin: &str, is_entry: bool) -> bool {
        if self.contains(hasher, origin.as_bytes()) == is_entry {
            return false;
        }
        let position = self.position(hasher, origin.as_bytes());
        match position.and_then(|position| self.is_entry.get_mut(position)) {
            Some(known) => *known = is_entry,
            None => {
                let hash_of = |text: &str| hash(hasher, text.as_bytes());
                self.changed.insert(hash_of(origin), origin, hash_of);
                self.is_entry.push(is_entry);
            }
        }
        self.len = match is_entry {
            true => self.len + 1,
            false => self.len.saturating_sub(1),
        };
        true
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(super) fn entries(&self, hasher: &RandomState) -> impl Iterator<Item = &str> {
        self.candidates(hasher).flatten()
    }

    /// What may be an entry; `None` for what was removed. A caller with little time takes only some of
    /// them.
    pub(super) fn candidates(&self, hasher: &RandomState) -> impl Iterator<Item = Option<&str>> {
        let changed = self.changed.iter().zip(&self.is_entry);
        let changed = changed.map(|(text, is_entry)| is_entry.then_some(text));
        let is_unchanged = |text: &str| self.position(hasher, text.as_bytes()).is_none();
        let list = self.list.iter();
        changed.chain(list.map(move |text| is_unchanged(text).then_some(text)))
    }

    /// Counts the copy of the changes that the next change makes.
    pub(super) fn count_copy(&mut self) {
        self.copied = self.copied.saturating_add(self.changed.len());
    }

    /// Whether the changes have taken about as much time as a new list takes.
    pub(super) fn is_due(&self) -> bool {
        self.list.len() <= self.changed.len() || self.len <= SMALL + self.copied / COPIES
    }

    /// A new list of the entries.
    pub(super) fn fold(&self, hasher: &RandomState) -> Exact {
        let hash_of = |text: &str| hash(hasher, text.as_bytes());
        let list = self.list.to_table(hasher);
        let (mut added, mut removed) = (Vec::new(), Vec::new());
        for (text, is_entry) in self.changed.iter().zip(&self.is_entry) {
            let hash = hash_of(text);
            match list.position(hash, |other| other == text.as_bytes()) {
                Some(position) if !is_entry => removed.push(position),
                None if *is_entry => added.push((hash, text)),
                Some(_) | None => {} // Changed, and changed back.
            }
        }
        removed.sort_unstable();
        let mut list = list.copy_without(&removed, added.len(), self.changed.bytes());
        for (hash, text) in added {
            list.insert(hash, text, hash_of);
        }
        list.into()
    }
}
