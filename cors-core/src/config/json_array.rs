//! A JSON array of texts in place of a comma-separated list.
//!
//! Written by hand, because the only JSON parser that the crate could use is not a dependency of every
//! build, and would be the largest one for this one notation.

use std::net::Ipv6Addr;

/// Whether `text` is meant as an array, and not as an IPv6 address.
pub(super) fn is_meant(text: &str) -> bool {
    let Some(rest) = text.trim().strip_prefix('[') else {
        return false;
    };
    match rest.strip_suffix(']') {
        Some(inside) => inside.parse::<Ipv6Addr>().is_err(),
        None => rest.trim_start().starts_with(['"', '\'']),
    }
}

/// The items of the array.
///
/// # Errors
///
/// Returns what is wrong, and where.
pub(super) fn parse(text: &str) -> Result<Vec<String>, String> {
    let mut reader = Reader { rest: text };
    reader.array().map_err(|expected| {
        let read = text.len() - reader.rest.len();
        let before = text.get(..read).unwrap_or_default();
        format!(
            "expected {expected} at character {}",
            before.chars().count() + 1
        )
    })
}

struct Reader<'a> {
    rest: &'a str,
}

/// What was expected instead.
type Expected = &'static str;

impl Reader<'_> {
    fn array(&mut self) -> Result<Vec<String>, Expected> {
        self.skip_space();
        self.expect("[", "`[`")?;
        self.skip_space();
        let mut items = Vec::new();
        if !self.take("]") {
            loop {
                self.skip_space();
                items.push(self.text()?);
                self.skip_space();
                if self.take("]") {
                    break;
                }
                self.expect(",", "`,` or `]`")?;
            }
        }
        self.skip_space();
        match self.rest {
            "" => Ok(items),
            _ => Err("nothing more"),
        }
    }

    fn text(&mut self) -> Result<String, Expected> {
        self.expect("\"", "a text in double quotes")?;
        let mut text = String::new();
        loop {
            if self.take("\"") {
                return Ok(text);
            }
            if self.take("\\") {
                text.push(self.escape()?);
                continue;
            }
            match self.rest.chars().next() {
                None => return Err("`\"`"),
                Some('\0'..='\u{1f}') => return Err("an escape in place of a control character"),
                Some(c) => {
                    self.skip(c);
                    text.push(c);
                }
            }
        }
    }

    /// The character of an escape, after its backslash.
    fn escape(&mut self) -> Result<char, Expected> {
        let escape = self.rest.chars().next().unwrap_or_default();
        let c = match escape {
            '"' | '\\' | '/' => escape,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                self.skip(escape);
                return self.code_point();
            }
            _ => return Err("an escape of JSON"),
        };
        self.skip(escape);
        Ok(c)
    }

    /// The character of `\u`, or of two of them: a surrogate pair.
    fn code_point(&mut self) -> Result<char, Expected> {
        const PAIR: Expected = "a surrogate pair";
        let first = self.hex()?;
        let code = match first {
            0xd800..=0xdbff => {
                self.expect("\\u", PAIR)?;
                let second = self.hex()?;
                let low = second.checked_sub(0xdc00).filter(|low| *low < 0x400);
                0x1_0000 + ((first - 0xd800) << 10) + low.ok_or(PAIR)?
            }
            _ => first,
        };
        char::from_u32(code).ok_or(PAIR)
    }

    fn hex(&mut self) -> Result<u32, Expected> {
        const DIGITS: Expected = "four hexadecimal digits";
        let (digits, rest) = self.rest.split_at_checked(4).ok_or(DIGITS)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(DIGITS);
        }
        self.rest = rest;
        u32::from_str_radix(digits, 16).map_err(|_| DIGITS)
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
    }

    fn skip(&mut self, c: char) {
        self.rest = self.rest.get(c.len_utf8()..).unwrap_or_default();
    }

    fn take(&mut self, token: &str) -> bool {
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, token: &str, expected: Expected) -> Result<(), Expected> {
        match self.take(token) {
            true => Ok(()),
            false => Err(expected),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{is_meant, parse};
    use proptest::prelude::*;

    #[test]
    fn arrays() {
        for (text, expected) in [
            ("[]", &[] as &[&str]),
            (" [ ] ", &[]),
            ("[\"a\",\"b\"]", &["a", "b"]),
            ("[ \"a, b\" ,\n\"\" ]", &["a, b", ""]),
            (
                r#"["\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"]"#,
                &["\"\\/\u{8}\u{c}\n\r\té😀"],
            ),
        ] {
            assert!(is_meant(text), "{text}");
            assert_eq!(parse(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn mistakes_have_a_place() {
        for (text, error) in [
            ("[", "expected a text in double quotes at character 2"),
            ("['a']", "expected a text in double quotes at character 2"),
            ("[a, b]", "expected a text in double quotes at character 2"),
            ("[1]", "expected a text in double quotes at character 2"),
            (
                "[\"é\", ]",
                "expected a text in double quotes at character 7",
            ),
            ("[\"a\" \"b\"]", "expected `,` or `]` at character 6"),
            ("[\"a\"", "expected `,` or `]` at character 5"),
            ("[\"a]", "expected `\"` at character 5"),
            ("[\"a\"],", "expected nothing more at character 6"),
            (r#"["\x"]"#, "expected an escape of JSON at character 4"),
            (
                r#"["\u12g4"]"#,
                "expected four hexadecimal digits at character 5",
            ),
            (r#"["\ud83d"]"#, "expected a surrogate pair at character 9"),
            (r#"["\ude00"]"#, "expected a surrogate pair at character 9"),
            (
                "[\"a\tb\"]",
                "expected an escape in place of a control character at character 4",
            ),
            ("a", "expected `[` at character 1"),
        ] {
            assert_eq!(parse(text), Err(error.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_is_meant_as_an_array() {
        for text in [
            "[\"a",
            "['a'",
            "[a]",
            "[https://a.com, https://b.com]",
            "[1]",
            "[[]]",
        ] {
            assert!(is_meant(text), "{text}");
        }
        for text in [
            "",
            "a",
            "[::1]",
            "[::1]:3000",
            "[a",
            "a]",
            "\"a\"",
            "https://[::1]",
        ] {
            assert!(!is_meant(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_serde_json(
            parts in proptest::collection::vec(
                prop_oneof![
                    Just("\""), Just(","), Just("\\"), Just("u"), Just("d83d"), Just("\\ude00"), Just("\\n"),
                    Just("00e9"), Just(" "), Just("\n"), Just("a"), Just("é"), Just("\u{1}"), Just("\"a\","),
                    Just("\"a\""), Just("]"), Just("["), Just("1"), Just("+123"),
                ],
                0..8,
            ),
            is_closed: bool,
        ) {
            let end = if is_closed { "]" } else { "" };
            let text = format!("[{}{end}", parts.concat());
            let expected = serde_json::from_str::<Vec<String>>(&text).ok();
            prop_assert_eq!(parse(&text).ok(), expected, "{}", text);
        }
    }
}
