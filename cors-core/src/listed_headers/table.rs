//! The names of a list in lower case, found by their hash.

use super::name::{CASE, Name, WORD};
use std::iter::repeat_n;
use std::sync::Arc;

/// Open addressing with linear probing, at least four times as many slots as names.
///
/// The hash has no random seed, because a request cannot change the list: a requested name that is not
/// in the list ends the check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NameTable {
    names: Arc<[String]>,
    slots: Arc<[Slot]>,
    /// The bits of a hash that are not its highest ones, which choose the slot.
    shift: u32,
}

/// A name in lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Slot {
    first: Word,
    last: Word,
    len: usize,
    /// The number of the name in the list, counted from 1. 0 is a free slot.
    number: usize,
}

/// Up to eight bytes of a name, and zeros after them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Word {
    text: u64,
    /// The bits that must be equal: all but the case of letters.
    mask: u64,
}

impl NameTable {
    /// The names are distinct and in lower case.
    pub(super) fn new(names: Arc<[String]>) -> Self {
        let count = (names.len() * 4).next_power_of_two();
        // Made in place: a copy of a `Vec` would take the memory twice.
        let slots: Arc<[Slot]> = repeat_n(Slot::FREE, count).collect();
        let mut table = Self {
            names,
            slots,
            shift: u64::BITS - count.trailing_zeros(),
        };
        table.fill();
        table
    }

    fn fill(&mut self) {
        let mask = self.slots.len() - 1;
        let shift = self.shift;
        let slots = Arc::make_mut(&mut self.slots);
        for (number, text) in (1..).zip(&*self.names) {
            let name = Name::read(text.as_bytes());
            let mut place = place(&name, shift) & mask;
            while slots.get(place).is_some_and(|slot| slot.number != 0) {
                place = (place + 1) & mask;
            }
            if let Some(slot) = slots.get_mut(place) {
                *slot = Slot::new(&name, number);
            }
        }
    }

    /// All names, in the order in which they were given.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// The greatest number of a slot. A loop over a line gets it once.
    #[inline(always)]
    pub(super) fn mask(&self) -> Option<usize> {
        self.slots.len().checked_sub(1)
    }

    /// Whether `name`, which is at the start of `line`, is in the list.
    #[inline(always)]
    pub(super) fn has(&self, name: &Name, mask: usize, line: &[u8]) -> bool {
        let is_it = |slot: &Slot| name.len <= 2 * WORD || self.is_at_start(slot, line);
        self.has_slot(name, mask, is_it)
    }

    /// [`has`](Self::has) for a name whose two words are all of it.
    #[inline(always)]
    pub(super) fn has_short(&self, name: &Name, mask: usize) -> bool {
        self.has_slot(name, mask, |_| true)
    }

    #[inline(always)]
    fn has_slot(&self, name: &Name, mask: usize, is_it: impl Fn(&Slot) -> bool) -> bool {
        let mut place = place(name, self.shift);
        while let Some(slot) = self.slots.get(place & mask) {
            if slot.is(name) && is_it(slot) {
                return true;
            }
            if slot.number == 0 {
                return false;
            }
            place = place.wrapping_add(1);
        }
        false
    }

    /// Whether the name in `slot` is at the start of `line`, given that its first eight bytes and its last are.
    #[inline(never)] // Most names are short.
    fn is_at_start(&self, slot: &Slot, line: &[u8]) -> bool {
        let known = self.names.get(slot.number.wrapping_sub(1));
        let (Some(known), Some(text)) = (known, line.get(..slot.len)) else {
            return false;
        };
        text == known.as_bytes() || text.eq_ignore_ascii_case(known.as_bytes())
    }
}

/// All bits of a product influence only its highest bits.
#[expect(clippy::cast_possible_truncation, reason = "few bits are left")]
#[inline(always)]
fn place(name: &Name, shift: u32) -> usize {
    name.hash.wrapping_shr(shift) as usize
}

impl Slot {
    /// No name has this length.
    const FREE: Self = Self {
        first: Word { text: 0, mask: 0 },
        last: Word { text: 0, mask: 0 },
        len: usize::MAX,
        number: 0,
    };

    fn new(name: &Name, number: usize) -> Self {
        Self {
            first: Word::new(name.first),
            last: Word::new(name.last),
            len: name.len,
            number,
        }
    }

    /// Whether `name` has this length, and these first and last bytes in any case.
    #[inline(always)]
    fn is(&self, name: &Name) -> bool {
        self.len == name.len && self.first.is(name.first) && self.last.is(name.last)
    }
}

impl Word {
    /// `text` is in lower case.
    fn new(text: u64) -> Self {
        let mask = text.to_le_bytes().map(|byte| match byte {
            _ if byte.is_ascii_alphabetic() => !CASE,
            _ => !0,
        });
        let mask = u64::from_le_bytes(mask);
        Self { text, mask }
    }

    #[inline(always)]
    fn is(self, other: u64) -> bool {
        (other ^ self.text) & self.mask == 0
    }
}

#[cfg(test)]
mod tests {
    use super::{Name, NameTable, place};

    /// Otherwise a name would be compared with many others.
    #[test]
    fn few_names_are_in_the_wrong_slot() {
        let families: [fn(usize) -> String; 5] = [
            |n| format!("x-header-{n:03}"),
            |n| format!("{n:03}-x-header"),
            |n| format!("x-tenant-{n:03}-identifier-of-request"),
            |n| format!("x-header-{n:03}-of-24-b"),
            |n| format!("x{n}"),
        ];
        for family in families {
            let table = NameTable::new((0..500).map(family).collect());
            let mask = table.slots.len() - 1;
            let steps = (0..).zip(&*table.slots).filter(|(_, slot)| slot.number > 0);
            let steps = steps.map(|(at, slot): (usize, _)| {
                let name = Name::read(table.names[slot.number - 1].as_bytes());
                at.wrapping_sub(place(&name, table.shift)) & mask
            });
            let (sum, most) =
                steps.fold((0, 0), |(sum, most), steps| (sum + steps, most.max(steps)));
            assert!(sum < 250 && most < 20, "{}: {sum}, {most}", family(0));
        }
    }

    /// Nothing is found in a free slot.
    #[test]
    fn the_empty_name_is_not_in_a_table() {
        let table = NameTable::new([String::from("x-a")].into());
        let mask = table.mask().unwrap();
        assert!(table.has(&Name::read(b"X-A"), mask, b"X-A"));
        assert!(!table.has(&Name::read(b""), mask, b""));
        assert!(!table.has_short(&Name::read(b" x-a"), mask));
    }
}
