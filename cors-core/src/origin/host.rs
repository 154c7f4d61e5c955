//! Hosts as browsers serialize them (URL, ["host serializing"]).
//!
//! ["host serializing"]: https://url.spec.whatwg.org/#concept-host-serializer

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

/// The longest host name (RFC 1035, section 2.3.4, as text).
pub(crate) const MAX_LEN: usize = 253;

/// The longest label of a host name.
const MAX_LABEL_LEN: usize = 63;

/// The kind of a canonical host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Name,
    Ip,
}

/// Why a host is not in canonical form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HostError {
    Syntax,
    UpperCase,
    EmptyLabel,
    LongLabel,
    LongName,
    Ip,
}

/// Accepts a lower-case ASCII name (a trailing dot is significant), a canonical IPv4 address, and a
/// canonical IPv6 address in brackets.
///
/// The grammar of `Origin` in Fetch is narrower than what browsers send. URLs may contain `_`, a
/// trailing dot, and labels that start or end with `-`, so they are accepted.
pub(crate) fn check(host: &[u8]) -> Result<Kind, HostError> {
    if is_common_name(host) {
        Ok(Kind::Name)
    } else {
        check_any(host)
    }
}

/// Whether [`check`] accepts `host`. It costs less, because it does not find out what is wrong.
pub(crate) fn is_valid(host: &[u8]) -> bool {
    is_common_name(host) || is_any_valid(host)
}

fn is_any_valid(host: &[u8]) -> bool {
    if let [b'[', address @ ..] = host {
        return check_ipv6(address).is_ok();
    }
    let name = host.strip_suffix(b".").unwrap_or(host);
    if host.len() > MAX_LEN || !are_labels(name) {
        return false;
    }
    let last = name.rsplit(|&byte| byte == b'.').next();
    !last.is_some_and(ends_in_number) || is_canonical_ipv4(host)
}

fn check_any(host: &[u8]) -> Result<Kind, HostError> {
    if let [b'[', address @ ..] = host {
        return check_ipv6(address);
    }
    if host.is_empty() {
        return Err(HostError::Syntax);
    }
    if host.len() > MAX_LEN {
        return Err(HostError::LongName);
    }
    let name = host.strip_suffix(b".").unwrap_or(host);
    let mut last = name;
    for label in name.split(|&byte| byte == b'.') {
        check_label(label)?;
        last = label;
    }
    if !ends_in_number(last) {
        Ok(Kind::Name)
    } else if is_canonical_ipv4(host) {
        Ok(Kind::Ip)
    } else {
        Err(HostError::Ip)
    }
}

/// The part of `host` after its first label, including the dot. `None` if there is no dot or the label
/// is not valid.
pub(crate) fn after_first_label(host: &[u8]) -> Option<&[u8]> {
    let dot = host.iter().position(|&byte| byte == b'.')?;
    let (label, rest) = host.split_at_checked(dot)?;
    check_label(label).ok()?;
    Some(rest)
}

/// A shortcut for most hosts: a name of at most 63 bytes without a trailing dot, whose last label
/// starts with a letter, so that it is not a number. `false` for any other host, valid or not.
pub(crate) fn is_common_name(host: &[u8]) -> bool {
    if host.is_empty() || host.len() > MAX_LABEL_LEN {
        return false;
    }
    let (seen, dots) = classes(host);
    // A dot is added before the name, so that an empty first label gives two dots in a row.
    let is_name = seen < OTHER && !has_neighbours(dots + (1 << host.len()));
    let last_label_len = usize::try_from(dots.trailing_zeros()).unwrap_or_default();
    let last_label = host.len().saturating_sub(last_label_len);
    is_name && host.get(last_label).is_some_and(u8::is_ascii_lowercase)
}

/// Whether `text` consists of valid labels with dots between them. The same as checking one label after
/// the other, in blocks, which takes a twentieth of the time.
pub(crate) fn are_labels(text: &[u8]) -> bool {
    let is_in_label = |byte: Option<&u8>| byte.is_some_and(|byte| class(*byte) == 0);
    let are_ends_valid = is_in_label(text.first()) && is_in_label(text.last());
    if text.len() <= MAX_LABEL_LEN {
        let (seen, dots) = classes(text);
        return are_ends_valid && seen < OTHER && !has_neighbours(dots);
    }
    are_ends_valid && has_only_names(text) == Some(true) && !has_long_label(text)
}

/// Whether all bytes but the last are those of names, and no two dots are adjacent. `None` if the text has no block.
fn has_only_names(text: &[u8]) -> Option<bool> {
    let (_, next) = text.split_first()?;
    let (_, text) = text.split_last()?;
    // The last block overlaps the one before it.
    let last = are_names(text.last_chunk()?, next.last_chunk()?);
    let blocks = text.as_chunks().0.iter().zip(next.as_chunks().0);
    Some(blocks.fold(last, |are, (bytes, next)| are & are_names(bytes, next)))
}

/// Each byte comes with the one after it. Without branches, the compiler makes this compare all bytes of a
/// block at once.
fn are_names(bytes: &[u8; 16], next: &[u8; 16]) -> bool {
    let pairs = bytes.iter().zip(next);
    let found = pairs.fold(0, |found, (&byte, &next)| {
        let is_letter = byte.wrapping_sub(b'a') < 26;
        // From `-` to `9`, there are also the dot and the slash.
        let is_other = (byte.wrapping_sub(b'-') < 13) & (byte != b'/') | (byte == b'_');
        let is_double_dot = (byte == b'.') & (next == b'.');
        found | u8::from(!(is_letter | is_other)) | u8::from(is_double_dot)
    });
    found == 0
}

fn has_long_label(mut text: &[u8]) -> bool {
    while let Some(start) = text.get(..=MAX_LABEL_LEN) {
        let Some(dot) = start.iter().rposition(|&byte| byte == b'.') else {
            return true;
        };
        text = text.get(dot + 1..).unwrap_or_default();
    }
    false
}

/// The classes of all bytes, and the dots of up to 64: bit n is set if there is a dot that n bytes follow.
/// The first is at least [`OTHER`] if the text contains another byte than those of names.
#[inline(always)] // Most origins are checked by it.
fn classes(text: &[u8]) -> (u64, u64) {
    let (mut seen, mut dots) = (0, 0_u64);
    let (fours, rest) = text.as_chunks();
    for &[a, b, c, d] in fours {
        let four = class(a) * 8 + class(b) * 4 + class(c) * 2 + class(d);
        seen |= four;
        dots = (dots << 4).wrapping_add(four);
    }
    for &byte in rest {
        let one = class(byte);
        seen |= one;
        dots = (dots << 1).wrapping_add(one);
    }
    (seen, dots)
}

/// Whether two adjacent bits are set.
fn has_neighbours(bits: u64) -> bool {
    bits & bits << 1 != 0
}

/// 0 for a byte of a label, 1 for a dot, [`OTHER`] for any other byte. A look-up in a table takes a
/// third of the time of comparisons.
fn class(byte: u8) -> u64 {
    static CLASSES: [u8; 256] = {
        let mut classes = [0; 256];
        let mut rest: &mut [u8] = &mut classes;
        let mut byte = 0_u8;
        while let [class, after @ ..] = rest {
            *class = match byte {
                b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' => 0,
                b'.' => 1,
                _ => OTHER as u8,
            };
            byte = byte.wrapping_add(1);
            rest = after;
        }
        classes
    };
    CLASSES
        .get(usize::from(byte))
        .map_or(OTHER, |class| u64::from(*class))
}

/// Larger than the number that [`classes`] makes of four bytes of a name.
const OTHER: u64 = 1 << 4;

fn check_label(label: &[u8]) -> Result<(), HostError> {
    if label.is_empty() {
        return Err(HostError::EmptyLabel);
    }
    if let Some(other) = label.iter().find(|byte| class(**byte) != 0) {
        return Err(if other.is_ascii_uppercase() {
            HostError::UpperCase
        } else {
            HostError::Syntax
        });
    }
    if label.len() > MAX_LABEL_LEN {
        Err(HostError::LongLabel)
    } else {
        Ok(())
    }
}

/// URL, ["ends in a number checker"]: such a host is an IPv4 address or invalid.
///
/// ["ends in a number checker"]: https://url.spec.whatwg.org/#ends-in-a-number-checker
fn ends_in_number(last_label: &[u8]) -> bool {
    match last_label {
        [b'0', b'x', hex @ ..] => hex.iter().all(u8::is_ascii_hexdigit),
        digits => digits.iter().all(u8::is_ascii_digit),
    }
}

/// `std` parses an IPv4 address only in its canonical form.
fn is_canonical_ipv4(host: &[u8]) -> bool {
    std::str::from_utf8(host).is_ok_and(|text| text.parse::<Ipv4Addr>().is_ok())
}

/// Checks the text after the opening bracket.
fn check_ipv6(address: &[u8]) -> Result<Kind, HostError> {
    let address = address.strip_suffix(b"]").ok_or(HostError::Syntax)?;
    let text = std::str::from_utf8(address).map_err(|_| HostError::Syntax)?;
    let parsed: Ipv6Addr = text.parse().map_err(|_| HostError::Ip)?;
    let mut rest = Expect(text);
    match write_ipv6(parsed, &mut rest) {
        Ok(()) if rest.0.is_empty() => Ok(Kind::Ip),
        _ => Err(HostError::Ip),
    }
}

/// Compares what is written with a text, without a buffer.
struct Expect<'a>(&'a str);

impl fmt::Write for Expect<'_> {
    fn write_str(&mut self, written: &str) -> fmt::Result {
        self.0 = self.0.strip_prefix(written).ok_or(fmt::Error)?;
        Ok(())
    }
}

/// URL, ["IPv6 serializer"]. Unlike `Display`, it never writes an embedded IPv4 address.
///
/// ["IPv6 serializer"]: https://url.spec.whatwg.org/#concept-ipv6-serializer
pub(crate) fn write_ipv6(address: Ipv6Addr, out: &mut impl fmt::Write) -> fmt::Result {
    match (address.to_ipv4_mapped(), address.segments()) {
        (Some(_), [.., high, low]) => write!(out, "::ffff:{high:x}:{low:x}"),
        _ => write!(out, "{address}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{
        HostError, Kind, after_first_label, are_labels, check, check_any, check_label,
        is_any_valid, is_common_name, write_ipv6,
    };
    use proptest::prelude::*;

    #[test]
    fn ipv6_as_browsers_write_it() {
        for (address, text) in [
            ("0:0:0:0:0:0:0:0", "::"),
            ("0:0:0:0:0:0:0:1", "::1"),
            ("1:0:0:0:0:0:0:0", "1::"),
            ("1:0:0:2:0:0:0:3", "1:0:0:2::3"),
            ("1:0:0:2:0:0:3:4", "1::2:0:0:3:4"),
            ("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"),
            ("::ffff:127.0.0.1", "::ffff:7f00:1"),
            ("2001:DB8::A", "2001:db8::a"),
        ] {
            let mut out = String::new();
            write_ipv6(address.parse().unwrap(), &mut out).unwrap();
            assert_eq!(out, text);
            assert_eq!(check(format!("[{text}]").as_bytes()), Ok(Kind::Ip));
            if address != text {
                assert_eq!(check(format!("[{address}]").as_bytes()), Err(HostError::Ip));
            }
        }
    }

    /// Every byte, inserted at every position of some names.
    #[test]
    fn the_shortcut_agrees_with_the_full_check() {
        let long = "a".repeat(60);
        let names = [
            "a",
            "a.b",
            "abcdefgh.i",
            "ab-cd.e_f.012.gh",
            &long,
            "a.b.c.d.e.f.g.h",
        ];
        let mut common = 0;
        for name in names {
            for at in 0..=name.len() {
                for byte in 0..=u8::MAX {
                    let mut host = name.as_bytes().to_vec();
                    host.insert(at, byte);
                    if is_common_name(&host) {
                        common += 1;
                        assert_eq!(check_any(&host), Ok(Kind::Name), "{}", host.escape_ascii());
                    }
                }
            }
        }
        assert!(common > 3_000, "{common}");
    }

    #[test]
    fn most_names_are_common() {
        let long = "a".repeat(63);
        for name in [
            "a",
            "localhost",
            "example.com",
            "1.example",
            "a-b_c.0.example.co.uk",
            "xn--bcher-kva.example",
            &long,
        ] {
            assert!(is_common_name(name.as_bytes()), "{name}");
        }
        for host in [
            "",
            ".",
            "a.",
            ".a",
            "..a",
            "a..b",
            "1",
            "a.1",
            "a.-b",
            "A",
            "a:1",
            "[::1]",
            "\u{e9}.a",
            &format!("{long}a"),
        ] {
            assert!(!is_common_name(host.as_bytes()), "{host}");
        }
    }

    #[test]
    fn the_part_after_the_first_label() {
        let long = "a".repeat(63);
        for (host, rest) in [
            ("a.b.c", Some(".b.c")),
            ("0-_.", Some(".")),
            (&format!("{long}.b"), Some(".b")),
            ("a", None),
            (".a", None),
            ("A.b", None),
            ("a:1.b", None),
            (&format!("{long}a.b"), None),
        ] {
            let rest = rest.map(str::as_bytes);
            assert_eq!(after_first_label(host.as_bytes()), rest, "{host}");
        }
    }

    /// Labels whose ends are at every place of a block of 64 bytes.
    #[test]
    fn labels_of_every_length() {
        for first in 0..=130 {
            for second in 0..=65 {
                let text = "a".repeat(first) + "." + &"b".repeat(second);
                let valid = (1..=63).contains(&first) && (1..=63).contains(&second);
                assert_eq!(are_labels(text.as_bytes()), valid, "{text}");
                let three = format!("{text}.c");
                assert_eq!(are_labels(three.as_bytes()), valid, "{three}");
            }
            assert_eq!(are_labels(&b"a".repeat(first)), (1..=63).contains(&first));
        }
    }

    /// Each byte at each place of a text with several blocks, and of a shorter one.
    #[test]
    fn each_byte_of_labels_matters() {
        for len in [19, 100] {
            let labels = "a.b-_9z0.".repeat(12);
            assert!(are_labels(&labels.as_bytes()[..len]));
            for (place, byte) in (0..len).flat_map(|at| (0..=u8::MAX).map(move |byte| (at, byte))) {
                let mut text = labels.as_bytes()[..len].to_vec();
                text[place] = byte;
                let naive = text
                    .split(|byte| *byte == b'.')
                    .all(|label| check_label(label).is_ok());
                assert_eq!(are_labels(&text), naive, "{}", text.escape_ascii());
            }
        }
    }

    proptest! {
        /// The same as checking one label after the other.
        #[test]
        fn labels_agree_with_a_naive_check(text in r"(([a-z0-9_-]{1,70}|[a-z]{1,4})[.]){0,8}([a-z]{1,70}|[.A:]|)") {
            let naive = text.split('.').all(|label| check_label(label.as_bytes()).is_ok());
            prop_assert_eq!(are_labels(text.as_bytes()), naive);
        }

        #[test]
        fn the_check_without_a_reason_agrees(
            host in r"(([a-z0-9_-]{1,70}|[a-z0-9]{1,4}|0x[0-9a-f]{0,2}|255|0)[.]){0,8}([a-z0-9-]{1,70}|0x[0-9a-f]{0,2}|[0-9]{1,3}|[.A:]|)[.]?",
            address in r"\[[0-9a-f:.]{0,12}\]?",
        ) {
            for host in [host, address] {
                prop_assert_eq!(is_any_valid(host.as_bytes()), check_any(host.as_bytes()).is_ok(), "{}", host);
            }
        }
    }
}
