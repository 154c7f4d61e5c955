//! The list of allowed request headers, and the search in it.
//!
//! Browsers send the names in lower case and sorted, so a line is usually checked in one pass over the
//! line and the list. Any other name is looked up by its hash, eight bytes at a time, so its order, its
//! case and the white space around it make little difference to the cost.

mod name;
mod table;

use crate::header_name::SAFELISTED;
use crate::token::skip_blanks;
use name::{Name, SHORT};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use table::NameTable;

/// The configured names and the safelisted ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListedHeaders {
    /// As they are sent in the response, sorted by bytes as in Starlette.
    names: Arc<[String]>,
    /// In lower case, sorted.
    table: NameTable,
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

/// Why the check of a line stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop<'a> {
    /// There are more elements than allowed.
    NoRoom,
    /// The first element of this part of a line is not in the list. A verdict does not need its end.
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
        let table = NameTable::new(kept.into_keys().collect());
        // Every name twice, each with a comma and a space: Firefox repeats some names. In addition, some
        // white space, empty elements and lines.
        let bounds = Bounds {
            bytes: 256 + names.iter().map(|name| 2 * (name.len() + 2)).sum::<usize>(),
            elements: 16 + 2 * names.len(),
        };
        Self {
            names,
            table,
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
        for name in self.table.names() {
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
    #[inline]
    pub(crate) fn check<'a>(&self, line: &'a [u8], room: &mut usize) -> Result<(), Stop<'a>> {
        if line.is_empty() {
            *room = room.checked_sub(1).ok_or(Stop::NoRoom)?;
            return Ok(());
        }
        self.check_elements(line, room)
    }

    #[inline(never)]
    fn check_elements<'a>(&self, line: &'a [u8], room: &mut usize) -> Result<(), Stop<'a>> {
        // The element after a comma at the end is empty.
        let (mut line, elements) = match line {
            [start @ .., b','] => (start, 2),
            _ => (line, 1),
        };
        let mut left = room.checked_sub(elements).ok_or(Stop::NoRoom)?;
        loop {
            (line, left) = self.skip_common(line, left);
            let rest = self.after_element(line);
            match rest.ok_or(Stop::Refused(line))? {
                [b',', rest @ ..] => {
                    left = left.checked_sub(1).ok_or(Stop::NoRoom)?;
                    line = rest;
                }
                _ => break,
            }
        }
        *room = left;
        Ok(())
    }

    /// Skips the elements at the start of `line`, up to the first that is for [`after_element`](Self::after_element):
    /// it is near the end, has more than one blank on a side, or is refused. `room` is how many commas may follow.
    ///
    /// Most of the cost of a long line is here, so this keeps to what fits into the registers.
    #[inline(always)]
    fn skip_common<'a>(&self, mut line: &'a [u8], mut room: usize) -> (&'a [u8], usize) {
        let Some(mask) = self.table.mask() else {
            return (line, room);
        };
        while let Some(start) = line.first_chunk::<SHORT>()
            && let Some(less) = room.checked_sub(1)
        {
            let mut start = start;
            // The first byte of most names is larger.
            if start.first() <= Some(&b',') {
                match line {
                    [b',', rest @ ..] => {
                        (line, room) = (rest, less);
                        continue;
                    }
                    [b' ', rest @ ..] => line = rest,
                    _ => break,
                }
                match line.first_chunk() {
                    Some(after_blank) => start = after_blank,
                    None => break,
                }
            }
            let Some(name) = Name::short(start) else {
                // `x-requested-with` has this length.
                if let Some([b',', rest @ ..]) = line.get(SHORT..)
                    && Name::two_words(start).is_some_and(|name| self.table.has_short(&name, mask))
                {
                    (line, room) = (rest, less);
                    continue;
                }
                match self.after_long(line) {
                    Some([b',', rest @ ..]) => (line, room) = (rest, less),
                    _ => break,
                }
                continue;
            };
            if !self.table.has_short(&name, mask) {
                break;
            }
            match line.get(name.len..) {
                Some([b',', rest @ ..] | [b' ', b',', rest @ ..]) => (line, room) = (rest, less),
                _ => break,
            }
        }
        (line, room)
    }

    /// The rest of `line` from the end of its first element on. `None` if the element is not empty, and not in the
    /// list.
    #[inline(never)]
    fn after_element<'a>(&self, line: &'a [u8]) -> Option<&'a [u8]> {
        let line = skip_blanks(line);
        if is_end(line) {
            return Some(line);
        }
        self.after_name(&Name::read(line), line)
    }

    /// [`after_element`](Self::after_element) for a name that is too long for [`Name::short`].
    #[inline(never)] // So that the loop over shorter names has more registers.
    fn after_long<'a>(&self, line: &'a [u8]) -> Option<&'a [u8]> {
        self.after_name(&Name::long(line)?, line)
    }

    #[inline(always)]
    fn after_name<'a>(&self, name: &Name, line: &'a [u8]) -> Option<&'a [u8]> {
        if !self.table.has(name, self.table.mask()?, line) {
            return None;
        }
        let mut rest = line.get(name.len..)?;
        if !is_end(rest) {
            rest = skip_blanks(rest);
        }
        is_end(rest).then_some(rest)
    }
}

/// How many names of the list are compared in vain before every further name is looked up by its hash.
const MISSES: usize = 8;

/// Whether an element ends before `rest`.
fn is_end(rest: &[u8]) -> bool {
    matches!(rest, [] | [b',', ..])
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

#[cfg(test)]
mod tests {
    use super::{ListedHeaders, Stop, after};
    use crate::token::{list_elements, trim};
    use proptest::prelude::*;

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
                        other.extend(b",accept,content-language");
                        assert_eq!(is_allowed(&other), is_same, "{}", other.escape_ascii());
                    }
                }
            }
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

    /// One element after the other, as the contract says.
    fn naive<'a>(list: &[String], line: &'a [u8], room: usize) -> Result<usize, Stop<'a>> {
        let take = |room: usize| room.checked_sub(1).ok_or(Stop::NoRoom);
        let (elements, mut room) = match line.strip_suffix(b",") {
            Some(elements) => (elements, take(room)?),
            None => (line, room),
        };
        for element in elements.split(|&byte| byte == b',') {
            room = take(room)?;
            let name = trim(element);
            let is_it = |known: &String| known.as_bytes().eq_ignore_ascii_case(name);
            if !name.is_empty() && !list.iter().any(is_it) {
                return Err(Stop::Refused(name));
            }
        }
        Ok(room)
    }

    const LISTED: [&str; 12] = [
        "x",
        "x-a",
        "x-seven",
        "x-eight8",
        "x-of-twelve1",
        "x-is-15-letters",
        "x-requested-with",
        "x-of-seventeen-17",
        "x-of-twenty-three-23-23",
        "x-of-twenty-four-24-2424",
        "x-of-thirty-three-thirty-three-33",
        "x+^_~!#a-b",
    ];

    fn element() -> impl Strategy<Value = String> {
        let blanks = || prop::sample::select(vec!["", "", "", " ", "\t", "  ", " \t "]);
        let name = prop_oneof![
            12 => prop::sample::select(LISTED.to_vec()).prop_map(str::to_owned),
            4 => prop::sample::select(LISTED.to_vec()).prop_map(str::to_uppercase),
            2 => Just(String::new()),
            1 => (prop::sample::select(LISTED.to_vec()), any::<prop::sample::Index>(), "[ -~\\x01\\x7f]")
                .prop_map(|(name, at, other)| {
                    let at = at.index(name.len());
                    format!("{}{other}{}", &name[..at], &name[at + 1..])
                }),
        ];
        (blanks(), name, blanks())
            .prop_map(|(before, name, after)| before.to_owned() + &name + after)
    }

    proptest! {
        #[test]
        fn agrees_with_a_naive_one(
            elements in prop::collection::vec(element(), 1..12),
            listed in prop::sample::subsequence(LISTED.to_vec(), 6..=12),
            room in prop_oneof![4 => Just(20_usize), 1 => 0..12_usize],
        ) {
            let list = ListedHeaders::new(listed);
            let line = elements.join(",");
            let expected = naive(list.names(), line.as_bytes(), room);
            let mut left = room;
            let named = |stop| match stop {
                Stop::NoRoom => stop,
                Stop::Refused(rest) => {
                    Stop::Refused(list_elements(std::iter::once(rest)).next().unwrap_or_default())
                }
            };
            let checked = list.check(line.as_bytes(), &mut left).map(|()| left).map_err(named);
            prop_assert_eq!(checked, expected, "{:?}", line);
            let single = list.check_single(line.as_bytes()).map_err(named);
            let expected = naive(list.names(), line.as_bytes(), list.bounds().elements);
            prop_assert_eq!(single, expected.map(drop), "{:?}", line);
        }
    }
}
