//! The list of allowed request headers, and the search in it.
//!
//! Browsers send the names in lower case and sorted, so a line is usually checked in one pass over the
//! line and the list. Any other name is looked up by its hash, eight bytes at a time, so its order, its
//! case and the white space around it make little difference to the cost.

use crate::header_name::SAFELISTED;
use crate::token::{skip_blanks, trim};
use std::collections::BTreeMap;
use std::iter::repeat_n;
use std::sync::{Arc, LazyLock};

/// The configured names and the safelisted ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListedHeaders {
    /// As they are sent in the response, sorted by bytes as in Starlette.
    names: Arc<[String]>,
    /// In lower case, sorted.
    lower: Arc<[String]>,
    /// A hash table of the names in lower case.
    slots: Arc<[Slot]>,
    bounds: Bounds,
}

/// The safelisted names alone. Policies share them: without configured names, they would be half of a policy.
static SAFELISTED_ALONE: LazyLock<ListedHeaders> = LazyLock::new(|| ListedHeaders::with([]));

/// How much of a request is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bounds {
    /// The bytes of all lines, and some more for each line.
    pub(crate) bytes: usize,
    /// The elements of all lines, with the empty ones.
    pub(crate) elements: usize,
}

/// A name in lower case, by its hash. Number 0 is a free slot.
///
/// The hash has no random seed, because a request cannot change the list: a requested name that is not
/// in the list ends the check.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Slot {
    first: Word,
    last: Word,
    len: usize,
    /// The number of the name in the list, counted from 1.
    number: usize,
}

/// Up to eight bytes of a name, and zeros after them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Word {
    text: u64,
    /// The bits that must be equal: all but the case of letters.
    mask: u64,
}

/// Why the check of a line stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop<'a> {
    /// There are more elements than allowed.
    NoRoom,
    /// This element is not in the list.
    Refused(&'a [u8]),
}

impl ListedHeaders {
    /// `names` are tokens. If two differ only in case, the first is kept.
    pub(crate) fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut names = names.into_iter().peekable();
        match names.peek() {
            None => SAFELISTED_ALONE.clone(),
            Some(_) => Self::with(names),
        }
    }

    fn with<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut kept = BTreeMap::new();
        for name in SAFELISTED.into_iter().chain(names) {
            kept.entry(name.to_ascii_lowercase()).or_insert(name);
        }
        let mut names: Vec<String> = kept.values().map(|name| (*name).to_owned()).collect();
        names.sort_unstable();
        let names: Arc<[String]> = names.into();
        let lower: Arc<[String]> = kept.into_keys().collect();
        // Every name twice, each with a comma and a space: Firefox repeats some names. In addition, some
        // white space, empty elements and lines.
        let bounds = Bounds {
            bytes: 256 + names.iter().map(|name| 2 * (name.len() + 2)).sum::<usize>(),
            elements: 16 + 2 * names.len(),
        };
        Self {
            slots: slots(&lower),
            names,
            lower,
            bounds,
        }
    }

    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// The names beyond the safelisted ones.
    pub(crate) fn configured(&self) -> impl Iterator<Item = &str> {
        self.names
            .iter()
            .map(String::as_str)
            .filter(|name| !SAFELISTED.contains(name))
    }

    pub(crate) fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// Checks the elements of the only line. Browsers send the names in the order of the list, so most
    /// lines are checked in one pass over both.
    pub(crate) fn check_single<'a>(&self, mut line: &'a [u8]) -> Result<(), Stop<'a>> {
        let mut room = self.bounds.elements;
        let mut misses = MISSES;
        for name in &*self.lower {
            if let Some(rest) = after(line, name) {
                if rest.is_empty() {
                    return Ok(());
                }
                (line, room) = (rest, room - 1);
            } else {
                misses -= 1;
                if misses == 0 {
                    break;
                }
            }
        }
        self.check(line, &mut room)
    }

    /// Checks the elements of `line`, in any order. `room` is how many elements may follow.
    #[inline(never)]
    pub(crate) fn check<'a>(&self, mut line: &'a [u8], room: &mut usize) -> Result<(), Stop<'a>> {
        if matches!(line, [] | [.., b',']) {
            *room = room.checked_sub(1).ok_or(Stop::NoRoom)?;
        }
        while !line.is_empty() {
            *room = room.checked_sub(1).ok_or(Stop::NoRoom)?;
            line = match line {
                [b',', rest @ ..] => rest,
                _ => {
                    let rest = self.after_element(line);
                    rest.ok_or_else(|| Stop::Refused(first_element(line)))?
                }
            };
        }
        Ok(())
    }

    /// The rest of `line` after its first element. `None` if the element is not empty, and not in the list.
    #[inline]
    fn after_element<'a>(&self, mut line: &'a [u8]) -> Option<&'a [u8]> {
        // The first byte of most names is larger.
        if line.first() <= Some(&b',') {
            line = skip_blanks(line);
            let rest = after_comma(line);
            if rest.is_some() {
                return rest;
            }
        }
        let name = Name::read(line);
        self.find(&name, line)?;
        match line.get(name.len..) {
            Some([b',', rest @ ..]) => Some(rest),
            rest => after_comma(skip_blanks(rest.unwrap_or_default())),
        }
    }

    /// The slot of `name`, which is at the start of `line`.
    #[inline]
    fn find(&self, name: &Name, line: &[u8]) -> Option<&Slot> {
        let mask = self.slots.len().wrapping_sub(1);
        let mut place = name.place(mask);
        loop {
            let slot = self.slots.get(place & mask)?;
            if slot.number == 0 {
                return None;
            }
            if slot.is(name)
                && (name.len <= 16 || is_equal(self.lower.get(slot.number - 1)?, name, line))
            {
                return Some(slot);
            }
            place = place.wrapping_add(1);
        }
    }
}

/// How many names of the list are compared in vain before every further name is looked up by its hash.
const MISSES: usize = 32;

/// A name of a request, as it is read.
struct Name {
    len: usize,
    /// Its first eight bytes and its last eight. If it is shorter, all of it and zeros.
    first: u64,
    last: u64,
    /// Of all words, without regard to case.
    hash: u64,
}

impl Name {
    /// Reads the name at the start of `line`. It ends before a comma, white space or a control character.
    #[inline(always)] // A call costs 25 instructions more.
    fn read(line: &[u8]) -> Self {
        let Some((bytes, mut rest)) = line.split_first_chunk() else {
            return Self::short(line);
        };
        let first = u64::from_le_bytes(*bytes);
        let first_ends = ends(first);
        if first_ends != 0 {
            return Self::of_word(first, first_ends);
        }
        let mut hash = 0;
        let len = loop {
            let Some((bytes, after)) = rest.split_first_chunk() else {
                let is_end = |byte: &u8| *byte <= b' ' || *byte == b',';
                let tail = rest.iter().position(is_end).unwrap_or(rest.len());
                break line.len() - rest.len() + tail;
            };
            let word = u64::from_le_bytes(*bytes);
            let ends = ends(word);
            if ends != 0 {
                break line.len() - rest.len() + ends.trailing_zeros() as usize / 8;
            }
            (rest, hash) = (after, mixed(hash, word));
        };
        let last = line.get(len - 8..).and_then(<[u8]>::first_chunk);
        let last = last.map_or(0, |bytes| u64::from_le_bytes(*bytes));
        Self::of(len, first, last, hash)
    }

    /// Less than eight bytes are left in the line.
    #[inline(never)]
    fn short(line: &[u8]) -> Self {
        let mut bytes = [b','; 8];
        for (byte, of_line) in bytes.iter_mut().zip(line) {
            *byte = *of_line;
        }
        let word = u64::from_le_bytes(bytes);
        Self::of_word(word, ends(word))
    }

    /// A name of less than eight bytes.
    #[inline]
    fn of_word(word: u64, ends: u64) -> Self {
        let word = word & below(ends);
        Self::of(ends.trailing_zeros() as usize / 8, word, word, 0)
    }

    #[inline]
    fn of(len: usize, first: u64, last: u64, hash: u64) -> Self {
        let hash = mixed(mixed(hash, first), last);
        Self {
            len,
            first,
            last,
            hash,
        }
    }

    /// The highest bits of the hash choose the slot: all bits of a product influence only those.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the result is at most `mask`"
    )]
    #[inline]
    fn place(&self, mask: usize) -> usize {
        self.hash
            .checked_shr((mask as u64).leading_zeros())
            .unwrap_or_default() as usize
    }
}

/// Whether `name`, which is at the start of `line`, is `known` in any case.
#[inline(never)] // Most names are short.
fn is_equal(known: &str, name: &Name, line: &[u8]) -> bool {
    let text = line.get(..name.len).unwrap_or_default();
    text == known.as_bytes() || text.eq_ignore_ascii_case(known.as_bytes())
}

impl Slot {
    /// Whether `name` has this length, and these first and last bytes in any case.
    #[inline]
    fn is(&self, name: &Name) -> bool {
        self.len == name.len && self.first.is(name.first) && self.last.is(name.last)
    }
}

impl Word {
    /// `text` is in lower case.
    fn new(text: u64) -> Self {
        let mask = text.to_le_bytes().map(|byte| match byte {
            0 => 0,
            _ if byte.is_ascii_alphabetic() => !CASE,
            _ => !0,
        });
        let mask = u64::from_le_bytes(mask);
        Self { text, mask }
    }

    #[inline]
    fn is(self, other: u64) -> bool {
        (other ^ self.text) & self.mask == 0
    }
}

/// The bit in which a letter differs from the same letter in the other case.
const CASE: u8 = 0x20;

/// Open addressing with linear probing, at least four times as many slots as names.
fn slots(lower: &[String]) -> Arc<[Slot]> {
    let count = (lower.len() * 4).next_power_of_two();
    // Made in place: a copy of a `Vec` would take the memory twice.
    let mut table: Arc<[Slot]> = repeat_n(Slot::default(), count).collect();
    let slots = Arc::make_mut(&mut table);
    let mask = slots.len() - 1;
    for (number, text) in (1..).zip(lower) {
        let name = Name::read(text.as_bytes());
        let mut place = name.place(mask);
        while slots.get(place).is_some_and(|slot| slot.number != 0) {
            place = (place + 1) & mask;
        }
        if let Some(slot) = slots.get_mut(place) {
            let (first, last) = (Word::new(name.first), Word::new(name.last));
            let len = name.len;
            *slot = Slot {
                first,
                last,
                len,
                number,
            };
        }
    }
    table
}

/// Adds a word to a hash, without the bits in which the cases of letters differ.
#[inline]
fn mixed(hash: u64, word: u64) -> u64 {
    let without_case = word & !each(CASE);
    // The golden ratio, as in Knuth's multiplicative hashing.
    (hash.rotate_left(25) ^ without_case).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// The high bit of each byte that ends a name. Only the lowest of these bits is certain, and only if the
/// byte is ASCII. A name with another byte is not in the list.
///
/// This subtracts from all eight bytes at once. A byte that becomes negative takes 1 from the next one.
#[inline]
fn ends(word: u64) -> u64 {
    let is_comma = (word ^ each(b',')).wrapping_sub(each(1));
    let is_low = word.wrapping_sub(each(b' ' + 1));
    (is_comma | is_low) & each(0x80)
}

/// Eight times the same byte.
const fn each(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// The bits below the byte with the lowest bit of `ends`.
#[inline]
fn below(ends: u64) -> u64 {
    (ends & ends.wrapping_neg()).wrapping_sub(1) >> 7
}

/// The rest of `line` after `name` and its comma. `None` if the first element is not `name`.
#[inline]
fn after<'a>(line: &'a [u8], name: &str) -> Option<&'a [u8]> {
    match line.get(name.len()) {
        None if line == name.as_bytes() => Some(b""),
        Some(b',') => line.strip_prefix(name.as_bytes())?.get(1..),
        _ => None,
    }
}

/// The rest of `line` after the comma at its start. `None` if an element continues here.
#[inline]
fn after_comma(line: &[u8]) -> Option<&[u8]> {
    match line {
        [] => Some(line),
        [b',', rest @ ..] => Some(rest),
        _ => None,
    }
}

/// The first element of `line`, without white space at its ends.
#[cold]
fn first_element(line: &[u8]) -> &[u8] {
    let element = line.split(|&byte| byte == b',').next();
    trim(element.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::{ListedHeaders, Name, Stop, after};

    #[test]
    fn what_follows_a_name() {
        for (line, rest) in [
            ("x-a", Some("")),
            ("x-a,", Some("")),
            ("x-a,x-b", Some("x-b")),
            ("x-b,x-a", None),
            ("x-ab,x-a", None),
            ("x-a ,x-b", None),
            ("x-b", None),
            ("x-", None),
        ] {
            let rest = rest.map(str::as_bytes);
            assert_eq!(after(line.as_bytes(), "x-a"), rest, "{line}");
        }
    }

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

    /// Each byte at each place of names of several lengths: only the other case of a letter is the same
    /// name.
    #[test]
    fn each_byte_of_a_name_matters() {
        for len in [1, 7, 8, 9, 15, 16, 17, 24, 33] {
            let name = "x-^`~_|-0az".repeat(3)[..len].to_owned();
            let listed = ListedHeaders::new([name.as_str()]);
            let is_allowed = |line: &[u8]| listed.check(line, &mut 9).is_ok();
            assert!(is_allowed(name.as_bytes()), "{name}");
            for place in 0..len {
                for byte in 0..=u8::MAX {
                    let mut other = name.clone().into_bytes();
                    other[place] = byte;
                    let is_same = byte.eq_ignore_ascii_case(&name.as_bytes()[place]);
                    let is_blank = |byte| matches!(byte, b' ' | b'\t' | b',');
                    if is_same || !is_blank(byte) {
                        assert_eq!(is_allowed(&other), is_same, "{}", other.escape_ascii());
                    }
                }
            }
        }
    }

    /// Otherwise a name would be compared with many others.
    #[test]
    fn few_names_are_in_the_wrong_slot() {
        let families: [fn(usize) -> String; 4] = [
            |n| format!("x-header-{n:03}"),
            |n| format!("{n:03}-x-header"),
            |n| format!("x-tenant-{n:03}-identifier-of-request"),
            |n| format!("x{n}"),
        ];
        for family in families {
            let names: Vec<String> = (0..500).map(family).collect();
            let listed = ListedHeaders::new(names.iter().map(String::as_str));
            let mask = listed.slots.len() - 1;
            let steps = (0..)
                .zip(&*listed.slots)
                .filter(|(_, slot)| slot.number > 0);
            let steps = steps.map(|(place, slot): (usize, _)| {
                let name = Name::read(listed.lower[slot.number - 1].as_bytes());
                place.wrapping_sub(name.place(mask)) & mask
            });
            let (sum, most) =
                steps.fold((0, 0), |(sum, most), steps| (sum + steps, most.max(steps)));
            assert!(sum < 250 && most < 20, "{}: {sum}, {most}", names[0]);
        }
    }

    /// Lines share the number of elements, and the empty element after a comma is one.
    #[test]
    fn how_many_elements_are_read() {
        let listed = ListedHeaders::new([]);
        for (lines, elements) in [
            (&["accept"][..], 1),
            (&["accept,"], 2),
            (&[","], 2),
            (&[""], 1),
            (&["accept,,ACCEPT ,\t"], 4),
            (&["accept", "", "accept,accept"], 4),
        ] {
            let check = |room| {
                let mut room = room;
                let mut lines = lines.iter();
                lines.try_for_each(|line| listed.check(line.as_bytes(), &mut room))
            };
            assert_eq!(check(elements), Ok(()), "{lines:?}");
            assert_eq!(check(elements - 1), Err(Stop::NoRoom), "{lines:?}");
        }
    }
}
