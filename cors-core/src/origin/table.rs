//! A set of texts that is built once and then only searched: one block of text, one block of slots.
//!
//! A `HashSet<Box<str>>` would take twice the memory, and one allocation for each entry. It could not
//! find a text of which the caller has only the parts.

use foldhash::fast::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};
use std::ops::Range;

/// Open addressing with linear probing; at most half of the slots are taken.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    texts: String,
    /// Where each text ends; it starts where the one before it ends.
    ends: Vec<usize>,
    slots: Vec<Slot>,
}

/// `number` counts the texts from 1; 0 is a free slot.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    tag: u32,
    number: u32,
}

impl Table {
    /// An empty set with room for `texts` texts of `bytes` bytes in total.
    pub(crate) fn with_capacity(texts: usize, bytes: usize) -> Self {
        let slots = if texts == 0 {
            0
        } else {
            (texts * 2).next_power_of_two()
        };
        Self {
            texts: String::with_capacity(bytes),
            ends: Vec::with_capacity(texts),
            slots: vec![Slot::default(); slots],
        }
    }

    /// The text, if there is only one.
    pub(crate) fn single(&self) -> Option<&str> {
        (self.ends.len() == 1).then_some(&self.texts)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// All texts, in the order in which they were inserted.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        (1..).map_while(|number| self.text(number))
    }

    /// Adds `text`, which must not be in the set yet. If the set is full, nothing is added.
    pub(crate) fn insert(&mut self, hash: u64, text: &str) {
        let full = self.ends.len() * 2 >= self.slots.len();
        debug_assert!(!full, "the builder counts its entries first");
        if full {
            return;
        }
        let (start, tag) = split_hash(hash);
        let mask = self.slots.len() - 1;
        let Ok(number) = u32::try_from(self.ends.len() + 1) else {
            return;
        };
        let mut place = start & mask;
        while let Some(slot) = self.slots.get_mut(place) {
            if slot.number == 0 {
                *slot = Slot { tag, number };
                self.texts.push_str(text);
                self.ends.push(self.texts.len());
                return;
            }
            place = (place + 1) & mask;
        }
    }

    /// The text with this hash that `is_match` accepts.
    pub(crate) fn find(&self, hash: u64, is_match: impl Fn(&[u8]) -> bool) -> Option<&str> {
        let mask = self.slots.len().checked_sub(1)?;
        let (start, tag) = split_hash(hash);
        let mut place = start & mask;
        loop {
            let slot = self.slots.get(place)?;
            if slot.number == 0 {
                return None;
            }
            if slot.tag == tag
                && let Some(range) = self.range(slot.number)
                && self
                    .texts
                    .as_bytes()
                    .get(range.clone())
                    .is_some_and(&is_match)
            {
                return self.texts.get(range);
            }
            place = (place + 1) & mask;
        }
    }

    fn text(&self, number: u32) -> Option<&str> {
        self.texts.get(self.range(number)?)
    }

    /// Where the text with this number is.
    fn range(&self, number: u32) -> Option<Range<usize>> {
        let last = usize::try_from(number).ok()?.checked_sub(1)?;
        let start = match last.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        Some(start..*self.ends.get(last)?)
    }
}

/// The low bits choose the slot. The high bits are the tag, which differs for most texts.
fn split_hash(hash: u64) -> (usize, u32) {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "both halves are meant to be cut"
    )]
    (hash as usize, (hash >> 32) as u32)
}

pub(super) fn hash(hasher: &RandomState, text: &[u8]) -> u64 {
    let mut hasher = hasher.build_hasher();
    hasher.write(text);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::{Table, hash, split_hash};
    use foldhash::fast::RandomState;

    /// With any hashes: all equal, adjacent at the end of the slots, or far apart.
    #[test]
    fn every_text_is_found_by_its_hash() {
        let hash: [fn(u64) -> u64; 4] = [
            |_| 0,
            |_| u64::MAX,
            |n| u64::MAX - n,
            |n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15),
        ];
        for hash in hash {
            let texts: Vec<String> = (0..100_u64).map(|n| n.to_string()).collect();
            let mut table = Table::with_capacity(texts.len(), 190);
            assert!(table.is_empty());
            assert_eq!(table.single(), None);
            for (n, text) in (0..).zip(&texts) {
                assert_eq!(table.find(hash(n), |found| found == text.as_bytes()), None);
                table.insert(hash(n), text);
                assert_eq!(
                    table.find(hash(n), |found| found == text.as_bytes()),
                    Some(text.as_str())
                );
            }
            assert!(!table.is_empty());
            assert_eq!(table.single(), None);
            assert!(table.iter().eq(&texts));
            for (n, text) in (0..).zip(&texts) {
                assert_eq!(
                    table.find(hash(n), |found| found == text.as_bytes()),
                    Some(text.as_str())
                );
            }
        }
        assert_eq!(Table::with_capacity(0, 0).find(0, |_| true), None);
    }

    /// A text with another tag is not compared.
    #[test]
    fn texts_with_another_hash_are_skipped() {
        let mut table = Table::with_capacity(2, 2);
        table.insert(1, "a");
        assert_eq!(table.single(), Some("a"));
        table.insert(1 << 32 | 1, "b");
        assert_eq!(table.find(1 << 32 | 1, |_| true), Some("b"));
        assert_eq!(table.find(2 << 32 | 1, |_| true), None);
        assert_eq!(split_hash(0x0123_4567_89ab_cdef).0 & 0xffff, 0xcdef);
        assert_eq!(split_hash(0x0123_4567_89ab_cdef).1, 0x0123_4567);
    }

    #[test]
    #[cfg(debug_assertions)]
    #[should_panic(expected = "the builder counts its entries first")]
    fn more_than_there_is_room_for() {
        let mut table = Table::with_capacity(1, 1);
        table.insert(0, "a");
        table.insert(0, "b");
    }

    /// Otherwise a look-up would compare every entry.
    #[test]
    fn texts_differ_in_their_hashes() {
        let hasher = RandomState::default();
        let one = hash(&hasher, b".a.com");
        assert_eq!(hash(&hasher, b".a.com"), one);
        assert_ne!(hash(&hasher, b".b.com"), one);
        assert_ne!(hash(&hasher, b".a.com:8443"), one);
    }
}
