//! Text from a request, as people may see it.

use std::fmt::{self, Write as _};

/// Bytes from a request: escaped, and cut after 100 bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown<'a>(pub(crate) &'a [u8]);

const SHOWN: usize = 100;

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(bytes) = self;
        match bytes.get(..SHOWN) {
            Some(head) if head.len() < bytes.len() => {
                write!(f, "{}", head.escape_ascii())?;
                f.write_char('…')
            }
            _ => write!(f, "{}", bytes.escape_ascii()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Shown;

    #[test]
    fn long_text_is_cut() {
        let text = "a".repeat(100);
        assert_eq!(Shown(text.as_bytes()).to_string(), text);
        let longer = format!("{text}a");
        assert_eq!(Shown(longer.as_bytes()).to_string(), format!("{text}…"));
    }

    #[test]
    fn what_could_end_a_line_is_escaped() {
        let bytes = b"a\r\nb\x1b[31m\xff\"`";
        assert_eq!(Shown(bytes).to_string(), r#"a\r\nb\x1b[31m\xff\"`"#);
    }
}
