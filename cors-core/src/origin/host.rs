//! Hosts in the form in which browsers serialise them (URL, "host serializing").

use std::{fmt, net::Ipv6Addr, ops::Range};

/// The longest host name (RFC 1035, section 2.3.4, as text).
pub(crate) const MAX_LEN: usize = 253;

/// The longest label of a host name.
const MAX_LABEL_LEN: usize = 63;

/// What kind of host a canonical one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Name,
    Ip,
}

/// Why a host is not in canonical form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    Syntax,
    UpperCase,
    EmptyLabel,
    LongLabel,
    LongName,
    Ip,
}

/// Judges a host: a lower-case ASCII name (a trailing dot is significant), a canonical IPv4
/// address, or a canonical IPv6 address in brackets.
///
/// `_` is let through: URLs may have it, though the grammar in Fetch forbids it.
pub(crate) fn check(host: &[u8]) -> Result<Kind, Flaw> {
    if is_plain(host) {
        Ok(Kind::Name)
    } else {
        check_any(host)
    }
}

fn check_any(host: &[u8]) -> Result<Kind, Flaw> {
    if let [b'[', address @ ..] = host {
        return check_ipv6(address);
    }
    if host.is_empty() {
        return Err(Flaw::Syntax);
    }
    if host.len() > MAX_LEN {
        return Err(Flaw::LongName);
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
        Err(Flaw::Ip)
    }
}

/// What follows the first label of `host`, if it is one: a dot, and more.
pub(crate) fn behind_label(host: &[u8]) -> Option<&[u8]> {
    let dot = host.iter().position(|&byte| byte == b'.')?;
    let (label, rest) = host.split_at_checked(dot)?;
    check_label(label).ok()?;
    Some(rest)
}

/// A shortcut for most: a name of at most 63 bytes without a trailing dot, the last label of which
/// starts with a letter, as no number does. `false` for any other host, good or bad.
pub(crate) fn is_plain(host: &[u8]) -> bool {
    if host.is_empty() || host.len() > MAX_LABEL_LEN {
        return false;
    }
    // Bit n of the dots: n bytes follow it.
    let (mut seen, mut dots) = (0, 0_u64);
    let (fours, rest) = host.as_chunks();
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
    // As if a dot stood before the name; one at the end leaves no last label.
    let is_name = seen < OTHER && !has_neighbours(dots + (1 << host.len()));
    let last_label_len = usize::try_from(dots.trailing_zeros()).unwrap_or_default();
    let last_label = host.len().saturating_sub(last_label_len);
    is_name && host.get(last_label).is_some_and(u8::is_ascii_lowercase)
}

/// Whether there are two bits side by side.
fn has_neighbours(bits: u64) -> bool {
    bits & bits << 1 != 0
}

/// 0 for a byte of a label, 1 for a dot, [`OTHER`] for all else. To look it up takes a third of the
/// time of the comparisons.
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

/// Above what four bytes of names can come to together.
const OTHER: u64 = 1 << 4;

fn check_label(label: &[u8]) -> Result<(), Flaw> {
    if label.is_empty() {
        return Err(Flaw::EmptyLabel);
    }
    if let Some(strange) = label.iter().find(|byte| class(**byte) != 0) {
        return Err(if strange.is_ascii_uppercase() {
            Flaw::UpperCase
        } else {
            Flaw::Syntax
        });
    }
    if label.len() > MAX_LABEL_LEN {
        Err(Flaw::LongLabel)
    } else {
        Ok(())
    }
}

/// URL, "ends in a number checker": such a host is an IPv4 address or invalid.
fn ends_in_number(last_label: &[u8]) -> bool {
    match last_label {
        [b'0', b'x', hex @ ..] => hex.iter().all(u8::is_ascii_hexdigit),
        digits => digits.iter().all(u8::is_ascii_digit),
    }
}

fn is_canonical_ipv4(host: &[u8]) -> bool {
    let mut parts = 0;
    host.split(|&byte| byte == b'.').all(|part| {
        parts += 1;
        let canonical = match part {
            [b'0'] => true,
            [b'0', ..] | [] => false,
            digits => std::str::from_utf8(digits).is_ok_and(|text| text.parse::<u8>().is_ok()),
        };
        canonical && part.iter().all(u8::is_ascii_digit)
    }) && parts == 4
}

/// `address` is what follows the opening bracket.
fn check_ipv6(address: &[u8]) -> Result<Kind, Flaw> {
    let address = address.strip_suffix(b"]").ok_or(Flaw::Syntax)?;
    let text = std::str::from_utf8(address).map_err(|_| Flaw::Syntax)?;
    let parsed: Ipv6Addr = text.parse().map_err(|_| Flaw::Ip)?;
    let mut rest = Expect(text);
    match write_ipv6(parsed, &mut rest) {
        Ok(()) if rest.0.is_empty() => Ok(Kind::Ip),
        _ => Err(Flaw::Ip),
    }
}

/// Accepts exactly the text it is made of: a comparison without a buffer.
struct Expect<'a>(&'a str);

impl fmt::Write for Expect<'_> {
    fn write_str(&mut self, written: &str) -> fmt::Result {
        self.0 = self.0.strip_prefix(written).ok_or(fmt::Error)?;
        Ok(())
    }
}

/// URL, "IPv6 serializer". Unlike `Display`, it never embeds an IPv4 address.
pub(crate) fn write_ipv6(address: Ipv6Addr, out: &mut impl fmt::Write) -> fmt::Result {
    let pieces = address.segments();
    let compressed = longest_zero_run(&pieces);
    for (i, piece) in pieces.iter().enumerate() {
        if compressed.contains(&i) {
            if i == compressed.start {
                out.write_str(if i == 0 { "::" } else { ":" })?;
            }
            continue;
        }
        write!(out, "{piece:x}")?;
        if i < 7 {
            out.write_str(":")?;
        }
    }
    Ok(())
}

/// The first longest run of two or more zeros; empty if there is none.
fn longest_zero_run(pieces: &[u16; 8]) -> Range<usize> {
    let mut longest = 0..0;
    let mut start = 0;
    for (i, &piece) in pieces.iter().enumerate() {
        if piece != 0 {
            start = i + 1;
        } else if i + 1 - start > longest.len().max(1) {
            longest = start..i + 1;
        }
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::{Flaw, Kind, behind_label, check, check_any, is_plain, write_ipv6};

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
                assert_eq!(check(format!("[{address}]").as_bytes()), Err(Flaw::Ip));
            }
        }
    }

    /// Every byte, at every place of some names, and after some labels.
    #[test]
    fn plain_names_as_seen_label_by_label() {
        let long = "a".repeat(60);
        let names = [
            "a",
            "a.b",
            "abcdefgh.i",
            "ab-cd.e_f.012.gh",
            &long,
            "a.b.c.d.e.f.g.h",
        ];
        let mut plain = 0;
        for name in names {
            for at in 0..=name.len() {
                for byte in 0..=u8::MAX {
                    let mut host = name.as_bytes().to_vec();
                    host.insert(at, byte);
                    if is_plain(&host) {
                        plain += 1;
                        assert_eq!(check_any(&host), Ok(Kind::Name), "{}", host.escape_ascii());
                    }
                }
            }
        }
        assert!(plain > 3_000, "{plain}");
    }

    #[test]
    fn most_names_are_plain() {
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
            assert!(is_plain(name.as_bytes()), "{name}");
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
            assert!(!is_plain(host.as_bytes()), "{host}");
        }
    }

    #[test]
    fn what_follows_a_label() {
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
            assert_eq!(behind_label(host.as_bytes()), rest, "{host}");
        }
    }
}
