//! The key that is most likely meant by a mistyped name.

use crate::issue::Key;

/// No longer name resembles a key. So a name has a bit for each character in [`Pattern`].
const MAX_LEN: usize = 64;

/// Ignores case, `_` and `-`, so that `allowOrigins` and `allow-origins` are recognized. The last word of
/// a key (`origins`, `credential`) is recognized, too.
///
/// Takes time linear in the length of `name`, and allocates only one text.
pub(super) fn nearest(name: &str) -> Option<Key> {
    if name.len() > MAX_LEN {
        return None;
    }
    let name = fold(name);
    let pattern = Pattern::new(&name);
    let distance = |key: &Key| pattern.edits(letters(*key));
    let best = Key::ALL.iter().copied().min_by_key(distance)?;
    if distance(&best) <= best.as_str().len() / 4 {
        return Some(best);
    }
    let tail = |key: &Key| name.len() >= 5 && is_tail(&name, *key);
    Key::ALL.iter().copied().find(tail)
}

fn fold(name: &str) -> String {
    name.chars()
        .filter(|c| !matches!(c, '_' | '-'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// The key without underscores.
fn letters(key: Key) -> impl DoubleEndedIterator<Item = u8> {
    key.as_str().bytes().filter(|byte| *byte != b'_')
}

/// Whether the letters of `key` end with `name`, or with `name` and an `s`.
fn is_tail(name: &str, key: Key) -> bool {
    let ends_with = |letters: &mut dyn Iterator<Item = u8>| {
        name.bytes().rev().all(|byte| letters.next() == Some(byte))
    };
    let mut singular = letters(key).rev();
    ends_with(&mut letters(key).rev()) || singular.next() == Some(b's') && ends_with(&mut singular)
}

/// A name in which each position is a bit.
struct Pattern {
    len: usize,
    /// The positions of each ASCII character.
    positions: [u64; 128],
}

impl Pattern {
    fn new(name: &str) -> Self {
        let mut positions = [0; 128];
        let mut len = 0;
        for c in name.chars().take(MAX_LEN) {
            if let Some(positions) = positions.get_mut(c as usize) {
                *positions |= 1 << len;
            }
            len += 1;
        }
        Self { len, positions }
    }

    /// The Levenshtein distance to `text`. One step for each of its bytes computes a whole column of the
    /// usual table, whose neighbours differ by at most one (G. Myers, 1999; H. Hyyrö, 2003).
    fn edits(&self, text: impl Iterator<Item = u8>) -> usize {
        let Some(last) = self.len.checked_sub(1) else {
            return text.count();
        };
        // Where the value in the column is larger or smaller than the one above.
        let (mut larger, mut smaller) = (u64::MAX, 0_u64);
        let mut distance = self.len;
        for byte in text {
            let equal = self.positions.get(usize::from(byte)).copied().unwrap_or(0);
            let diagonal = ((equal & larger).wrapping_add(larger) ^ larger) | equal | smaller;
            let mut right_larger = smaller | !(diagonal | larger);
            let mut right_smaller = larger & diagonal;
            distance += usize::from((right_larger >> last) & 1 == 1);
            distance -= usize::from((right_smaller >> last) & 1 == 1);
            // The first row grows by one in each column.
            right_larger = (right_larger << 1) | 1;
            right_smaller <<= 1;
            let vertical = equal | smaller;
            larger = right_smaller | !(vertical | right_larger);
            smaller = right_larger & vertical;
        }
        distance
    }
}

#[cfg(test)]
mod tests {
    use super::{Pattern, fold, nearest};
    use crate::issue::Key;
    use proptest::prelude::*;

    /// The Levenshtein distance, by the usual table.
    fn edits(a: &str, b: &str) -> usize {
        let b: Vec<char> = b.chars().collect();
        let mut row: Vec<usize> = (0..=b.len()).collect();
        for (i, x) in a.chars().enumerate() {
            let mut diagonal = i;
            row[0] = i + 1;
            for (j, y) in b.iter().enumerate() {
                let substituted = diagonal + usize::from(x != *y);
                diagonal = row[j + 1];
                row[j + 1] = substituted.min(row[j] + 1).min(row[j + 1] + 1);
            }
        }
        row[b.len()]
    }

    /// The same by allocating a table for every key.
    fn naive_nearest(name: &str) -> Option<Key> {
        if name.len() > 64 {
            return None;
        }
        let name = fold(name);
        let distance = |key: &Key| edits(&name, &fold(key.as_str()));
        let best = Key::ALL.iter().copied().min_by_key(distance)?;
        if distance(&best) <= best.as_str().len() / 4 {
            return Some(best);
        }
        let tail = |key: &Key| {
            let key = fold(key.as_str());
            name.len() >= 5 && (key.ends_with(&name) || key.ends_with(&format!("{name}s")))
        };
        Key::ALL.iter().copied().find(tail)
    }

    #[test]
    fn distances() {
        for (a, b, distance) in [
            ("", "", 0),
            ("abc", "", 3),
            ("kitten", "sitting", 3),
            ("ab", "ba", 2),
        ] {
            for (a, b) in [(a, b), (b, a)] {
                assert_eq!(edits(a, b), distance);
                assert_eq!(Pattern::new(a).edits(b.bytes()), distance);
            }
        }
    }

    #[test]
    fn typos() {
        for (name, key) in [
            ("allow_origin", Key::AllowOrigins),
            ("allowOrigins", Key::AllowOrigins),
            ("allowed-origins", Key::AllowOrigins),
            ("ALLOW_CREDENTIAL", Key::AllowCredentials),
            ("max-age", Key::MaxAge),
            ("maxage", Key::MaxAge),
            ("origins", Key::AllowOrigins),
            ("credentials", Key::AllowCredentials),
            ("exposed_headers", Key::ExposeHeaders),
            ("origin", Key::AllowOrigins),
            ("METHOD", Key::AllowMethods),
            ("regex", Key::AllowOriginRegex),
        ] {
            assert_eq!(nearest(name), Some(key), "{name}");
        }
        for name in ["", "port", "proxy_service_host", "age", "x"] {
            assert_eq!(nearest(name), None, "{name}");
        }
        assert_eq!(nearest(&format!("{:_>64}", "max_age")), Some(Key::MaxAge));
        assert_eq!(nearest(&format!("{:_>65}", "max_age")), None);
    }

    proptest! {
        #[test]
        fn distances_agree_with_the_table(a in "[a-cé]{0,64}", b in "[a-c]{0,80}") {
            prop_assert_eq!(Pattern::new(&a).edits(b.bytes()), edits(&a, &b));
        }

        #[test]
        fn agrees_with_the_naive_search(
            key in proptest::sample::select(Key::ALL),
            cut in 0..60_usize,
            replaced in "[a-zA-Z_é-]{0,6}",
            len in 0..6_usize,
        ) {
            let key = key.as_str();
            let cut = cut.min(key.len());
            let name = format!("{}{replaced}{}", &key[..cut], &key[(cut + len).min(key.len())..]);
            for name in [name.as_str(), &name[cut..], &name.to_uppercase()] {
                prop_assert_eq!(nearest(name), naive_nearest(name), "{}", name);
            }
        }
    }
}
