//! A set of texts that is built once and then only searched: one block of text, one block of slots.
//!
//! A `HashSet<Box<str>>` would take twice the memory, and one allocation for each entry. It could not
//! find a text of which the caller has only the parts. With `hashbrown::HashTable` as the slots, a
//! decision with a list of origins executes 5 % more instructions, and one with patterns 6 to 12 %.

use foldhash::fast::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};
use std::ops::Range;

/// Open addressing with linear probing; at most half of the slots are taken.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    texts: String,
    /// 0, then where each text ends. It starts where the one before it ends.
    ends: Vec<usize>,
    slots: Vec<Slot>,
    /// How many slots are [dead](Slot::DEAD).
    dead: usize,
}

/// The number of a text, counted from 1, and in the high bits the tag: the same bits of its hash, which
/// differ for most texts. 0 is a free slot.
#[derive(Clone, Copy, Debug, Default)]
struct Slot(u64);

impl Slot {
    /// More texts than such a number can count do not fit into the memory of any machine.
    const NUMBER_BITS: u32 = 48;

    /// The slot of a text that was left out of a copy. It is not free, so that the texts behind it are found. There is
    /// no text with its number.
    const DEAD: Self = Self((1 << Self::NUMBER_BITS) - 1);

    fn new(hash: u64, number: usize) -> Self {
        Self(hash >> Self::NUMBER_BITS << Self::NUMBER_BITS | number as u64)
    }

    fn is_free(self) -> bool {
        self.0 == 0
    }

    /// The same text with another number.
    fn renumbered(self, number: usize) -> Self {
        Self::new(self.0, number)
    }

    fn has_tag_of(self, hash: u64) -> bool {
        (self.0 ^ hash) >> Self::NUMBER_BITS == 0
    }

    fn number(self) -> u64 {
        self.0 & ((1 << Self::NUMBER_BITS) - 1)
    }
}

impl Default for Table {
    fn default() -> Self {
        Self::with_capacity(0, 0)
    }
}

impl Table {
    /// An empty set with room for `texts` texts of `bytes` bytes in total. It grows if there are more.
    pub(crate) fn with_capacity(texts: usize, bytes: usize) -> Self {
        let mut ends = Vec::with_capacity(texts + 1);
        ends.push(0);
        Self {
            texts: String::with_capacity(bytes),
            ends,
            slots: free_slots(texts),
            dead: 0,
        }
    }

    /// A copy without the texts at `left_out`, which must be sorted and distinct positions. It has room for `texts`
    /// more texts of `bytes` bytes in total, as far as that needs no other slots.
    ///
    /// Every part is copied in its order, and nothing is hashed. With a million texts, that is ten times as fast as
    /// to insert them.
    pub(crate) fn copy_without(&self, left_out: &[usize], texts: usize, bytes: usize) -> Self {
        let mut copy = Self {
            texts: String::with_capacity(self.texts.len() + bytes),
            ends: Vec::with_capacity(self.ends.len() + texts),
            slots: self.slots.clone(),
            dead: self.dead + left_out.len(),
        };
        if left_out.is_empty() {
            copy.texts.push_str(&self.texts);
            copy.ends.extend_from_slice(&self.ends);
            return copy;
        }
        copy.ends.push(0);
        let mut left_out = left_out.iter().copied().peekable();
        let mut slots = Vec::with_capacity(self.ends.len());
        for (position, text) in self.iter().enumerate() {
            slots.push(if left_out.next_if_eq(&position).is_some() {
                None
            } else {
                copy.texts.push_str(text);
                copy.ends.push(copy.texts.len());
                Some(copy.len())
            });
        }
        for slot in &mut copy.slots {
            let position = usize::try_from(slot.number()).map_or(None, |n| n.checked_sub(1));
            match position.and_then(|position| slots.get(position)) {
                Some(Some(number)) => *slot = slot.renumbered(*number),
                Some(None) => *slot = Slot::DEAD,
                None => {} // Free or dead.
            }
        }
        copy
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len().saturating_sub(1)
    }

    /// The length of all texts together.
    pub(crate) fn bytes(&self) -> usize {
        self.texts.len()
    }

    /// The text, if there is only one.
    pub(crate) fn single(&self) -> Option<&str> {
        (self.len() == 1).then_some(&self.texts)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All texts, in the order in which they were inserted.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        (1..).map_while(|number| self.texts.get(self.range(number)?))
    }

    /// Adds `text`, which must not be in the set yet. `rehash` returns the hash of any text in the set.
    pub(crate) fn insert(&mut self, hash: u64, text: &str, rehash: impl Fn(&str) -> u64) {
        if (self.len() + self.dead) * 2 >= self.slots.len() {
            let mut slots = free_slots(self.len() + 1);
            for (number, text) in (1..).zip(self.iter()) {
                take_slot(&mut slots, rehash(text), number);
            }
            self.slots = slots;
            self.dead = 0;
        }
        self.texts.push_str(text);
        self.ends.push(self.texts.len());
        let number = self.len();
        take_slot(&mut self.slots, hash, number);
    }

    /// The text with this hash that `is_match` accepts.
    pub(crate) fn find(&self, hash: u64, is_match: impl Fn(&[u8]) -> bool) -> Option<&str> {
        let (_, range) = self.locate(hash, is_match)?;
        self.texts.get(range)
    }

    /// How many texts were inserted before the one that [`find`](Self::find) returns.
    pub(crate) fn position(&self, hash: u64, is_match: impl Fn(&[u8]) -> bool) -> Option<usize> {
        let (number, _) = self.locate(hash, is_match)?;
        usize::try_from(number).ok()?.checked_sub(1)
    }

    /// The number of the text, and where it is.
    #[inline]
    fn locate(&self, hash: u64, is_match: impl Fn(&[u8]) -> bool) -> Option<(u64, Range<usize>)> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut place = first_place(hash) & mask;
        loop {
            let slot = self.slots.get(place)?;
            if slot.is_free() {
                return None;
            }
            if slot.has_tag_of(hash)
                && let Some(range) = self.range(slot.number())
                && self
                    .texts
                    .as_bytes()
                    .get(range.clone())
                    .is_some_and(&is_match)
            {
                return Some((slot.number(), range));
            }
            place = (place + 1) & mask;
        }
    }

    /// Where the text with this number is.
    fn range(&self, number: u64) -> Option<Range<usize>> {
        let number = usize::try_from(number).ok()?;
        let end = *self.ends.get(number)?;
        Some(*self.ends.get(number.checked_sub(1)?)?..end)
    }
}

/// Twice as many slots as texts, or more.
fn free_slots(texts: usize) -> Vec<Slot> {
    let slots = match texts {
        0 => 0,
        _ => (texts * 2).next_power_of_two(),
    };
    vec![Slot::default(); slots]
}

/// Takes the first free slot for this hash. There must be one, so that every text gets its slot.
fn take_slot(slots: &mut [Slot], hash: u64, number: usize) {
    let mask = slots.len() - 1;
    let mut place = first_place(hash) & mask;
    loop {
        match slots.get_mut(place) {
            Some(slot) if slot.is_free() => {
                *slot = Slot::new(hash, number);
                return;
            }
            _ => place = (place + 1) & mask,
        }
    }
}

/// The low bits of the hash choose the slot.
#[expect(clippy::cast_possible_truncation, reason = "the high bits are the tag")]
fn first_place(hash: u64) -> usize {
    hash as usize
}

pub(super) fn hash(hasher: &RandomState, text: &[u8]) -> u64 {
    let mut hasher = hasher.build_hasher();
    hasher.write(text);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::{Table, hash};
    use foldhash::fast::RandomState;

    /// With any hashes: all equal, adjacent at the end of the slots, or far apart. With room for all
    /// texts, for some, or for none.
    #[test]
    fn every_text_is_found_by_its_hash() {
        let hash: [fn(u64) -> u64; 4] = [
            |_| 0,
            |_| u64::MAX,
            |n| u64::MAX - n,
            |n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15),
        ];
        let texts: Vec<String> = (0..100_u64).map(|n| n.to_string()).collect();
        for (hash, capacity) in hash
            .iter()
            .flat_map(|hash| [(hash, 100), (hash, 9), (hash, 0)])
        {
            let find_in = |table: &Table, n, text: &str| {
                let is_it = |found: &[u8]| found == text.as_bytes();
                let position = table.position(hash(n), is_it);
                assert_eq!(position.is_some(), table.find(hash(n), is_it).is_some());
                assert!(position.is_none_or(|position| texts.get(position).unwrap() == text));
                table.find(hash(n), is_it).map(str::to_owned)
            };
            let rehash = |text: &str| hash(text.parse().unwrap());
            let mut table = Table::with_capacity(capacity, 0);
            assert!(table.is_empty());
            assert_eq!(table.single(), None);
            for (n, text) in (0..).zip(&texts) {
                assert_eq!(find_in(&table, n, text), None);
                table.insert(hash(n), text, rehash);
                assert_eq!(find_in(&table, n, text).as_ref(), Some(text));
            }
            assert!(!table.is_empty());
            assert_eq!(table.single(), None);
            assert!(table.iter().eq(&texts));
            for (n, text) in (0..).zip(&texts) {
                assert_eq!(find_in(&table, n, text).as_ref(), Some(text));
            }
            assert!(table.slots.len() >= 2 * texts.len());
        }
        assert_eq!(Table::default().find(0, |_| true), None);
    }

    /// With any hashes, copies of copies find what was not left out, and nothing else.
    #[test]
    fn copies_without_some_texts() {
        let hash: [fn(u64) -> u64; 4] = [
            |_| 0,
            |_| u64::MAX,
            |n| n << 48,
            |n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15),
        ];
        for hash in hash {
            let rehash = |text: &str| hash(text.parse().unwrap());
            let mut table = Table::with_capacity(4, 0);
            let mut texts: Vec<String> = Vec::new();
            let mut next = 0_u64;
            for step in 0..40 {
                let left_out: Vec<usize> = (0..texts.len())
                    .filter(|position| (position * 7 + step) % 5 < step % 3)
                    .collect();
                table = table.copy_without(&left_out, 3, 3);
                let mut position = 0..;
                texts.retain(|_| !left_out.contains(&position.next().unwrap()));
                for _ in 0..step % 4 {
                    table.insert(hash(next), &next.to_string(), rehash);
                    texts.push(next.to_string());
                    next += 1;
                }
                assert!(table.iter().eq(&texts));
                let taken = table.slots.iter().filter(|slot| !slot.is_free()).count();
                assert_eq!(taken, texts.len() + table.dead);
                assert!(taken * 2 <= table.slots.len());
                for n in 0..next {
                    let text = n.to_string();
                    let is_it = |found: &[u8]| found == text.as_bytes();
                    let expected = texts.iter().position(|other| *other == text);
                    assert_eq!(table.position(hash(n), is_it), expected, "{n}");
                }
            }
            assert!(next > 50 && texts.len() < 40);
        }
    }

    /// A text with another tag is not compared.
    #[test]
    fn texts_with_another_hash_are_skipped() {
        let rehash = |text: &str| u64::from(text == "b") << 48 | 1;
        let mut table = Table::with_capacity(2, 2);
        table.insert(1, "a", rehash);
        assert_eq!(table.single(), Some("a"));
        table.insert(1 << 48 | 1, "b", rehash);
        assert_eq!(table.find(1 << 48 | 1, |_| true), Some("b"));
        assert_eq!(table.find(2 << 48 | 1, |_| true), None);
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
