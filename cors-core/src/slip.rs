//! One slip of a person who types a name.

/// Whether `a` becomes `b` by inserting, removing or replacing one byte, or by exchanging two adjacent ones.
/// Case is ignored.
///
/// Takes time linear in the length, and does not allocate.
pub(crate) fn is_one_slip(a: &[u8], b: &[u8]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let equal = |(x, y): &(&u8, &u8)| x.eq_ignore_ascii_case(y);
    let same = short.iter().zip(long).take_while(equal).count();
    let short = short.get(same..).unwrap_or_default();
    let long = long.get(same..).unwrap_or_default();
    match (short, long) {
        (short, [_, long @ ..]) if short.len() == long.len() => short.eq_ignore_ascii_case(long),
        ([_, short_rest @ ..], [_, long_rest @ ..]) => {
            short_rest.eq_ignore_ascii_case(long_rest) || is_exchanged(short, long)
        }
        _ => false,
    }
}

/// Whether only the first two bytes of `a` and `b` differ, and are exchanged.
fn is_exchanged(a: &[u8], b: &[u8]) -> bool {
    match (a, b) {
        ([a1, a2, a @ ..], [b1, b2, b @ ..]) => {
            a1.eq_ignore_ascii_case(b2) && a2.eq_ignore_ascii_case(b1) && a.eq_ignore_ascii_case(b)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_one_slip;
    use proptest::prelude::*;
    use std::collections::HashSet;

    /// Every text that is one slip away, over the letters `a` to `c`.
    fn slips(text: &[u8]) -> HashSet<Vec<u8>> {
        let mut all = HashSet::new();
        for at in 0..=text.len() {
            for letter in *b"abc" {
                let mut inserted = text.to_vec();
                inserted.insert(at, letter);
                all.insert(inserted);
                if at < text.len() {
                    let mut replaced = text.to_vec();
                    replaced[at] = letter;
                    all.insert(replaced);
                }
            }
            if at < text.len() {
                let mut removed = text.to_vec();
                removed.remove(at);
                all.insert(removed);
            }
            if at + 1 < text.len() {
                let mut exchanged = text.to_vec();
                exchanged.swap(at, at + 1);
                all.insert(exchanged);
            }
        }
        all.remove(text);
        all
    }

    #[test]
    fn known_slips() {
        for (a, b, expected) in [
            ("https", "htps", true),
            ("https", "httsp", true),
            ("https", "httqs", true),
            ("https", "https", false),
            ("", "a", true),
            ("", "", false),
            ("", "ab", false),
            ("ab", "ba", true),
            ("abc", "bca", false),
            ("Abc", "aBC", false),
            ("ABc", "bac", true),
            ("ABC", "abcd", true),
            ("ABC", "xbc", true),
            ("abcd", "badc", false),
        ] {
            assert_eq!(is_one_slip(a.as_bytes(), b.as_bytes()), expected, "{a} {b}");
            assert_eq!(is_one_slip(b.as_bytes(), a.as_bytes()), expected, "{b} {a}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_all_slips(a in "[abc]{0,5}", b in "[abc]{0,5}") {
            let expected = slips(a.as_bytes()).contains(b.as_bytes());
            prop_assert_eq!(is_one_slip(a.as_bytes(), b.as_bytes()), expected);
        }
    }
}
