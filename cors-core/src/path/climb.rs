//! Whether some server finds a `..` in a path.

use super::name::{hex_pair, is_boundary, split_decoded};

/// How many bytes are read one by one.
const READ: usize = 768;

/// How many bytes are decoded.
const DECODED: usize = 256;

/// Whether some server may read a segment of the path as `..`, which can lead to any other path.
///
/// If this is false, no server does. It is also true if escapes are nested more than twice, and if the
/// path is too long to be read.
#[inline]
pub(super) fn may_climb(path: &[u8]) -> bool {
    !is_plain(path) && may_climb_decoded(path)
}

/// Whether the path has no `%` and no two dots in a row.
#[inline]
fn is_plain(path: &[u8]) -> bool {
    let Some((_, next)) = path.split_first() else {
        return true;
    };
    let path = path.get(..next.len()).unwrap_or_default();
    are_plain_chunks::<64>(path, next)
        .or_else(|| are_plain_chunks::<32>(path, next))
        .or_else(|| are_plain_chunks::<8>(path, next))
        .unwrap_or_else(|| are_plain(path, next))
}

/// The last chunk overlaps the one before it. `None` if there is none.
#[inline]
fn are_plain_chunks<const N: usize>(path: &[u8], next: &[u8]) -> Option<bool> {
    let last = are_plain(path.last_chunk::<N>()?, next.last_chunk::<N>()?);
    let mut chunks = path.as_chunks::<N>().0.iter().zip(next.as_chunks::<N>().0);
    Some(last && chunks.all(|(bytes, next)| are_plain(bytes, next)))
}

/// Each byte comes with the one after it. Without branches, the compiler makes this compare all bytes of a
/// chunk at once.
#[inline]
fn are_plain(path: &[u8], next: &[u8]) -> bool {
    let pairs = path.iter().zip(next);
    let found = pairs.fold(0, |found, (byte, next)| {
        found | u8::from(*byte == b'%') | u8::from(*byte == b'.') & u8::from(*next == b'.')
    });
    found == 0
}

#[inline(never)]
fn may_climb_decoded(path: &[u8]) -> bool {
    path.len() > READ || is_odd(path) && (path.len() > DECODED || has_parent(path))
}

/// Whether the path has two dots in a row, an escape of a dot, or one that may be a part of another
/// escape. No browser and few clients encode dots, letters and digits.
///
/// Without branches, the compiler makes this compare 16 bytes at once.
fn is_odd(path: &[u8]) -> bool {
    let after = |count: usize| path.get(count..).unwrap_or_default().iter();
    let triples = after(0).zip(after(1)).zip(after(2));
    let is_odd = triples.fold(0, |found, ((first, second), third)| {
        let is = |is: bool| u8::from(is);
        let dot_or_percent = is(*third == b'5') | is(*third | 0x20 == b'e');
        let digit = is(third.wrapping_sub(b'0') < 10);
        let letter = is(third.wrapping_sub(b'1') < 6);
        let is_risky = is(*second == b'2') & dot_or_percent
            | is(*second == b'3') & digit
            | (is(*second == b'4') | is(*second == b'6')) & letter;
        found | is(*first == b'%') & is_risky | is(*first == b'.') & is(*second == b'.')
    });
    is_odd != 0 || path.ends_with(b"..")
}

/// Whether there is a `..`, or an escape that is nested more than twice.
fn has_parent(path: &[u8]) -> bool {
    /// The length of a name that is something else than dots.
    const OTHER: u8 = 3;
    let (mut dots, mut dots_before_escape) = (0, 0);
    let mut last_two = [0, 0];
    let mut rest = path;
    while let Some((mut byte, after)) = split_decoded(rest) {
        rest = after;
        if last_two[0] == b'%'
            && let Some(decoded) = hex_pair(&[last_two[1], byte])
        {
            if decoded == b'%' || decoded.is_ascii_hexdigit() {
                return true;
            }
            byte = decoded;
            dots = dots_before_escape;
        }
        last_two = [last_two[1], byte];
        if byte == b'.' {
            dots = OTHER.min(dots + 1);
        } else if byte == b'%' {
            dots_before_escape = dots;
            dots = OTHER;
        } else if dots == 2 && is_boundary(byte) {
            return true;
        } else if matches!(byte, b'/' | b'\\') {
            dots = 0;
        } else {
            dots = OTHER;
        }
    }
    dots == 2
}

#[cfg(test)]
mod tests {
    use super::{is_odd, is_plain};
    use proptest::prelude::*;

    /// The same as looking at one byte after the other.
    fn check(path: &str) {
        let is_escape = |at: usize| path.as_bytes()[at] == b'%' && at + 1 < path.len();
        let naive = !path.contains("..") && !(0..path.len()).any(is_escape);
        assert_eq!(is_plain(path.as_bytes()), naive, "{path}");
        let escapes = path.match_indices('%').filter_map(|(at, _)| {
            let digits = path.get(at + 1..at + 3)?;
            u8::from_str_radix(digits, 16).ok()
        });
        let is_risky = |byte: u8| matches!(byte, b'.' | b'%') || byte.is_ascii_hexdigit();
        let naive = path.contains("..") || escapes.into_iter().any(is_risky);
        assert_eq!(is_odd(path.as_bytes()), naive, "{path}");
    }

    proptest! {
        #[test]
        fn the_fast_checks_agree_with_naive_ones(path in "([a-z/]{0,9}|%|\\.|[0-9A-Fa-f]|%[2-6][0-9A-Fa-f]){0,20}") {
            check(&path);
        }
    }

    #[test]
    fn the_fast_checks_of_every_escape() {
        for (high, low) in (0..128).flat_map(|high| (0..128).map(move |low| (high, low))) {
            check(&format!("%{}{}", char::from(high), char::from(low)));
        }
    }

    /// Chunks divide paths of different lengths in different ways.
    #[test]
    fn the_fast_checks_at_every_place() {
        for (before, after) in (0..70).flat_map(|before| (0..40).map(move |after| (before, after)))
        {
            for found in ["..", ".", ".a", "%", "%2e"] {
                check(&("a".repeat(before) + found + &"a".repeat(after)));
            }
        }
    }
}
