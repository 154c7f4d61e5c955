//! A header name, as it is read from a line: eight bytes at a time, and without regard to case.

use std::num::NonZeroU64;

/// A name, for a search in a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) len: usize,
    /// Its first eight bytes and its last eight. If it is shorter, all of it and zeros.
    pub(super) first: u64,
    pub(super) last: u64,
    /// Of all words, without regard to case.
    pub(super) hash: u64,
}

/// How long a [short](Name::short) name may be, with the byte after it.
pub(super) const SHORT: usize = 16;

/// All of these are inlined, because a call costs a third of what a name costs.
impl Name {
    /// Reads the name at the start of `line`. It ends before a comma, white space or a control character.
    #[inline(always)]
    pub(super) fn read(line: &[u8]) -> Self {
        let first = word_at(line, 0);
        if let Some(end) = End::of(first) {
            return Self::of_word(first, end);
        }
        let (mut len, mut hash, mut before) = (WORD, 0, first);
        loop {
            let word = word_at(line, len);
            if let Some(end) = End::of(word) {
                return Self::of(len + end.bytes(), first, end.last(before, word), hash);
            }
            hash = mixed(hash, word);
            (len, before) = (len + WORD, word);
        }
    }

    /// [`read`](Self::read) for a name that ends within these bytes. A name with one of the few symbols before
    /// the comma in ASCII ends too early, so the caller must check that the byte after it ends the element.
    #[inline(always)]
    pub(super) fn short(start: &[u8; SHORT]) -> Option<Self> {
        let [first, second] = start.as_chunks().0 else {
            return None;
        };
        let [first, second] = [first, second].map(|word| u64::from_le_bytes(*word));
        if let Some(end) = End::probably(first) {
            return Some(Self::of_word(first, end));
        }
        let end = End::probably(second)?;
        let last = start.get(end.bytes()..)?.first_chunk()?;
        let last = u64::from_le_bytes(*last);
        Some(Self::of(WORD + end.bytes(), first, last, 0))
    }

    /// [`short`](Self::short) for a name of exactly these bytes.
    #[inline(always)]
    pub(super) fn two_words(name: &[u8; SHORT]) -> Option<Self> {
        let [first, last] = name.as_chunks().0 else {
            return None;
        };
        let [first, last] = [first, last].map(|word| u64::from_le_bytes(*word));
        Some(Self::of(SHORT, first, last, mixed(0, last)))
    }

    /// [`short`](Self::short) for a longer name. `None` if less than eight bytes of the line are left where it ends.
    #[inline(always)]
    pub(super) fn long(line: &[u8]) -> Option<Self> {
        let [first, second, words @ ..] = line.as_chunks().0 else {
            return None;
        };
        let (mut len, mut hash, mut before) = (SHORT, 0, u64::from_le_bytes(*second));
        for word in words {
            let word = u64::from_le_bytes(*word);
            hash = mixed(hash, before);
            if let Some(end) = End::probably(word) {
                let (first, last) = (u64::from_le_bytes(*first), end.last(before, word));
                return Some(Self::of(len + end.bytes(), first, last, hash));
            }
            (len, before) = (len + WORD, word);
        }
        None
    }

    /// A name that ends in its first word.
    #[inline(always)]
    fn of_word(word: u64, end: End) -> Self {
        let word = word & end.bits_before();
        Self::of(end.bytes(), word, word, 0)
    }

    /// `hash` is that of the words between the first and the last.
    #[inline(always)]
    fn of(len: usize, first: u64, last: u64, hash: u64) -> Self {
        Self {
            len,
            first,
            last,
            // Turned, because the two overlap in many names.
            hash: mixed(hash, first.rotate_left(24) ^ last),
        }
    }
}

/// The number of bytes in a word.
pub(super) const WORD: usize = 8;

/// The bit in which a letter differs from the same letter in the other case.
pub(super) const CASE: u8 = 0x20;

/// Where a name ends in a word: the high bit of the byte after it is the lowest that is set.
#[derive(Clone, Copy)]
struct End(NonZeroU64);

impl End {
    /// At a comma, white space or a control character. A byte that is not ASCII may be taken for one, and is in no
    /// name of a list.
    ///
    /// This subtracts from all eight bytes at once. A byte that becomes negative takes 1 from the next one.
    #[inline(always)]
    fn of(word: u64) -> Option<Self> {
        let is_comma = (word ^ each(b',')).wrapping_sub(each(1));
        let is_low = word.wrapping_sub(each(b' ' + 1));
        NonZeroU64::new((is_comma | is_low) & each(0x80)).map(Self)
    }

    /// [`of`](Self::of), but also at the symbols before the comma, in half as many instructions.
    #[inline(always)]
    fn probably(word: u64) -> Option<Self> {
        NonZeroU64::new(word.wrapping_sub(each(b',' + 1)) & each(0x80)).map(Self)
    }

    /// How many bytes of the word are before the end.
    #[inline(always)]
    fn bytes(self) -> usize {
        self.0.trailing_zeros() as usize / 8
    }

    /// The bits of these bytes.
    #[inline(always)]
    fn bits_before(self) -> u64 {
        let bits = self.0.get();
        (bits & bits.wrapping_neg()).wrapping_sub(1) >> 7
    }

    /// The eight bytes before the end, which is in `word`.
    #[expect(clippy::cast_possible_truncation, reason = "to these eight bytes")]
    #[inline(always)]
    fn last(self, before: u64, word: u64) -> u64 {
        let both = u128::from(word) << u64::BITS | u128::from(before);
        (both >> (self.0.trailing_zeros() & !7)) as u64
    }
}

/// The eight bytes of `line` from a place on. If there are less, commas follow them.
#[inline(always)]
fn word_at(line: &[u8], place: usize) -> u64 {
    let rest = line.get(place..).unwrap_or_default();
    if let Some(word) = rest.first_chunk() {
        return u64::from_le_bytes(*word);
    }
    let bits = 8 * rest.len();
    let word = match line.last_chunk() {
        // Without those before the place.
        Some(word) => u64::from_le_bytes(*word) >> (56 - bits) >> 8,
        None => rest
            .iter()
            .rev()
            .fold(0, |word, byte| word << 8 | u64::from(*byte)),
    };
    word | each(b',') << bits
}

/// Adds a word to a hash, without the bits in which the cases of letters differ.
#[inline(always)]
fn mixed(hash: u64, word: u64) -> u64 {
    let without_case = word & !each(CASE);
    // The golden ratio, as in Knuth's multiplicative hashing.
    (hash.rotate_left(25) ^ without_case).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Eight times the same byte.
pub(super) const fn each(byte: u8) -> u64 {
    u64::from_le_bytes([byte; WORD])
}

#[cfg(test)]
mod tests {
    use super::{Name, SHORT};

    /// Names of every length, before each byte that can end a name, near the end of the line and far
    /// from it, and without regard to case.
    #[test]
    fn where_a_name_ends() {
        for len in 0..40 {
            let name: String = ('a'..='z').cycle().take(len).collect();
            let alone = Name::read(name.as_bytes());
            assert_eq!(alone.len, len);
            for end in [
                ",",
                " ",
                "\t",
                ", ",
                ",x",
                ",x-bcdefg,x-bcdefghijklmnopqrstuvw",
            ] {
                for text in [&name, &name.to_uppercase()] {
                    let line = format!("{text}{end}");
                    let read = Name::read(line.as_bytes());
                    assert_eq!((read.len, read.hash), (len, alone.hash), "{line}");
                }
            }
        }
    }

    /// For names of their lengths, in lines that are long enough, the shortcuts read the same.
    #[test]
    fn the_shortcuts_agree() {
        for len in 0..40 {
            let name: String = ('a'..='z').cycle().take(len).collect();
            for end in [",", " ", "\t"] {
                let line = format!("{name}{end}{}", "x-b,".repeat(6));
                let read = Some(Name::read(line.as_bytes()));
                let short = Name::short(line.as_bytes().first_chunk().unwrap());
                assert_eq!(short, read.filter(|_| len < SHORT), "{line}");
                if len >= SHORT {
                    assert_eq!(Name::long(line.as_bytes()), read, "{line}");
                }
                if len == SHORT {
                    let two_words = Name::two_words(line.as_bytes().first_chunk().unwrap());
                    assert_eq!(two_words, read, "{line}");
                }
            }
        }
        assert_eq!(Name::long(b"x-requested-with"), None);
    }
}
