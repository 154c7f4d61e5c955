//! Punycode (RFC 3492): encoding for corrections, decoding for checks.
//!
//! Names are mapped to lower case. A name that needs any other mapping of UTS 46 gets no correction:
//! the tables for it would be the largest dependency of the crate, only for a hint.

use std::fmt::Write as _;

/// The longest label. Encoding takes time quadratic in its length.
const MAX_LABEL_LEN: usize = 63;

/// `bücher.example` -> `xn--bcher-kva.example`; `None` if it needs a mapping other than lower case.
pub(super) fn to_ascii(host: &str) -> Option<String> {
    let lower = host.to_lowercase();
    let mut out = String::with_capacity(lower.len());
    for (i, label) in lower.split('.').enumerate() {
        if i > 0 {
            out.push('.');
        }
        if label.chars().nth(MAX_LABEL_LEN).is_some() {
            return None;
        } else if label.is_ascii() {
            out.push_str(label);
        } else if label.chars().all(is_unmapped) {
            write!(out, "xn--{}", encode(label)?).ok()?;
        } else {
            return None;
        }
    }
    Some(out)
}

/// The first label of `host` that starts with `xn--`, but is not the Punycode of any text that needs it.
///
/// Browsers reject more labels than this, by the tables of UTS 46. They do not send such a host either, so
/// an entry with one is without effect, but harmless.
pub(super) fn invalid_label(host: &str) -> Option<&str> {
    host.split('.').find(|label| {
        label
            .strip_prefix("xn--")
            .is_some_and(|code| !is_valid(code))
    })
}

fn is_valid(code: &str) -> bool {
    let is_canonical = |text: String| {
        !text.is_ascii()
            && !text.contains(char::is_control)
            && encode(&text).as_deref() == Some(code)
    };
    code.len() <= MAX_LABEL_LEN && decode(code).is_some_and(is_canonical)
}

/// Whether UTS 46 leaves the letter unchanged, as far as that is known without its tables: no marks, no
/// compatibility forms, no scripts whose letters have several code points.
fn is_unmapped(c: char) -> bool {
    match c {
        'a'..='z' | '0'..='9' | '-' => true,
        'ß' | 'ĳ' | 'ŀ' | 'ŉ' | 'ſ' | 'ı' | 'ς' => false,
        'à'..='ö' | 'ø'..='ž' | 'ά'..='ώ' | 'а'..='џ' => true,
        'ぁ'..='ゔ' | 'ァ'..='ヺ' | '一'..='\u{9fff}' | '가'..='힣' => true,
        _ => false,
    }
}

/// RFC 3492, section 6.3.
fn encode(label: &str) -> Option<String> {
    let mut out: String = label.chars().filter(char::is_ascii).collect();
    let basic = u32::try_from(out.len()).ok()?;
    let total = u32::try_from(label.chars().count()).ok()?;
    if basic > 0 {
        out.push('-');
    }
    let (mut n, mut delta, mut bias, mut handled) = (128_u32, 0_u32, 72_u32, basic);
    while handled < total {
        let next = label.chars().map(u32::from).filter(|&c| c >= n).min()?;
        delta = delta.checked_add((next - n).checked_mul(handled + 1)?)?;
        n = next;
        for c in label.chars().map(u32::from) {
            if c < n {
                delta = delta.checked_add(1)?;
            } else if c == n {
                push_number(&mut out, delta, bias);
                bias = adapt(delta, handled + 1, handled == basic);
                delta = 0;
                handled += 1;
            }
        }
        delta += 1;
        n += 1;
    }
    Some(out)
}

/// RFC 3492, section 6.2.
fn decode(code: &str) -> Option<String> {
    let (basic, mut digits) = match code.rsplit_once('-') {
        Some((basic, digits)) => (basic, digits.bytes()),
        None => ("", code.bytes()),
    };
    let mut out: Vec<char> = basic.chars().collect();
    let (mut n, mut at, mut bias) = (128_u32, 0_u32, 72_u32);
    while digits.len() > 0 {
        let delta = take_number(&mut digits, bias)?;
        let points = u32::try_from(out.len()).ok()?.checked_add(1)?;
        bias = adapt(delta, points, out.len() == basic.len());
        at = at.checked_add(delta)?;
        n = n.checked_add(at / points)?;
        at %= points;
        out.insert(usize::try_from(at).ok()?, char::from_u32(n)?);
        at += 1;
    }
    Some(out.into_iter().collect())
}

fn take_number(digits: &mut impl Iterator<Item = u8>, bias: u32) -> Option<u32> {
    let (mut number, mut weight, mut k) = (0_u32, 1_u32, BASE);
    loop {
        let value = value(digits.next()?)?;
        number = number.checked_add(value.checked_mul(weight)?)?;
        let threshold = k.saturating_sub(bias).clamp(T_MIN, T_MAX);
        if value < threshold {
            return Some(number);
        }
        weight = weight.checked_mul(BASE - threshold)?;
        k += BASE;
    }
}

/// The inverse of [`digit`].
fn value(digit: u8) -> Option<u32> {
    let as_base_36 = char::from(digit).to_digit(BASE)?;
    Some(if as_base_36 < 10 {
        as_base_36 + 26
    } else {
        as_base_36 - 10
    })
}

const BASE: u32 = 36;
const T_MIN: u32 = 1;
const T_MAX: u32 = 26;

fn push_number(out: &mut String, mut number: u32, bias: u32) {
    let mut k = BASE;
    loop {
        let threshold = k.saturating_sub(bias).clamp(T_MIN, T_MAX);
        if number < threshold {
            out.push(digit(number));
            return;
        }
        out.push(digit(threshold + (number - threshold) % (BASE - threshold)));
        number = (number - threshold) / (BASE - threshold);
        k += BASE;
    }
}

/// 0 to 25 are `a` to `z`, 26 to 35 are `0` to `9`.
fn digit(value: u32) -> char {
    let as_base_36 = if value < 26 { value + 10 } else { value - 26 };
    char::from_digit(as_base_36, BASE).unwrap_or_default()
}

fn adapt(delta: u32, points: u32, first: bool) -> u32 {
    let mut delta = delta / if first { 700 } else { 2 };
    delta += delta / points;
    let mut k = 0;
    while delta > (BASE - T_MIN) * T_MAX / 2 {
        delta /= BASE - T_MIN;
        k += BASE;
    }
    k + (BASE - T_MIN + 1) * delta / (delta + 38)
}

#[cfg(test)]
mod tests {
    use super::{adapt, decode, encode, invalid_label, is_unmapped, to_ascii};
    use proptest::prelude::*;

    #[test]
    fn known_names() {
        assert_eq!(to_ascii("bücher.example").unwrap(), "xn--bcher-kva.example");
        assert_eq!(to_ascii("BÜCHER.example").unwrap(), "xn--bcher-kva.example");
        assert_eq!(to_ascii("例え.jp").unwrap(), "xn--r8jz45g.jp");
        assert_eq!(to_ascii("пример.рф").unwrap(), "xn--e1afmkfd.xn--p1ai");
        assert_eq!(to_ascii("straße.de"), None);
        assert_eq!(to_ascii("a\u{301}.de"), None);
        assert_eq!(to_ascii("ａ.de"), None);
    }

    #[test]
    fn invalid_labels() {
        for host in [
            "xn--bcher-kva.example",
            "xn--r8jz45g.xn--zckzah",
            "xn--e1afmkfd.xn--p1ai",
            "xn--ls8h.la",
            "xn-f.example",
            "axn--f.example",
            "example.com.",
        ] {
            assert_eq!(invalid_label(host), None, "{host}");
        }
        for (host, label) in [
            ("xn--f", "xn--f"),
            ("a.xn--.com", "xn--"),
            ("xn--abc-.com", "xn--abc-"),
            ("xn--a_b", "xn--a_b"),
            ("xn--99999999.com", "xn--99999999"),
            ("xn--bcher-kva.xn--a", "xn--a"),
        ] {
            assert_eq!(invalid_label(host), Some(label), "{host}");
        }
    }

    /// RFC 3492, section 6.1, for values that names seldom reach.
    #[test]
    fn biases() {
        for (delta, points, first, bias) in [
            (0, 1, true, 0),
            (69_999, 1, true, 30),
            (910, 1_000, false, 33),
            (912, 1_000, false, 45),
            (100_000, 3, false, 93),
        ] {
            assert_eq!(adapt(delta, points, first), bias, "{delta} {points}");
        }
    }

    /// Every letter that we leave unchanged is also left unchanged by `idna`.
    #[test]
    fn every_unmapped_letter_agrees_with_idna() {
        let unmapped = ('\0'..=char::MAX).filter(|&c| is_unmapped(c) && c.to_lowercase().eq([c]));
        for c in unmapped {
            let name = format!("{c}.example");
            assert_eq!(to_ascii(&name), idna::domain_to_ascii(&name).ok(), "{c}");
        }
    }

    proptest! {
        #[test]
        fn decoding_inverts_encoding(text in "[a-z0-9é例\u{1f4a9}-]{0,8}é[a-z0-9é例\u{1f4a9}-]{0,8}") {
            prop_assert_eq!(decode(&encode(&text).unwrap()), Some(text));
        }

        /// No label that browsers accept is reported.
        #[test]
        fn an_invalid_label_is_invalid_to_idna(
            label in prop_oneof!["xn--[a-z0-9-]{0,8}", "[a-zà-ž例え\u{1f4a9}\u{13a0}-]{1,6}".prop_filter_map("invalid", |name| {
                idna::domain_to_ascii(&name).ok()
            })],
        ) {
            if invalid_label(&label).is_some() {
                prop_assert!(idna::domain_to_ascii(&label).is_err(), "{}", label);
            }
        }

        #[test]
        fn labels_agree_with_idna(name in "[a-zà-öø-ÿα-ωа-џぁ-ゔァ-ヺ一-龥가-힣A-ZÄÖÜ0-9]{1,12}") {
            if let Some(ours) = to_ascii(&name) {
                prop_assert_eq!(Some(ours), idna::domain_to_ascii(&name).ok());
            }
        }
    }
}
