//! Tokens: the grammar of methods and header names (RFC 9110, section 5.6.2).

/// Whether `text` is one or more `tchar`.
pub(crate) fn is_token(text: &[u8]) -> bool {
    !text.is_empty() && kinds(text) & OTHER == 0
}

pub(crate) const UPPER_CASE: u8 = 1;
pub(crate) const OTHER: u8 = 2;

/// What there is among the bytes: [`UPPER_CASE`] letters, and [`OTHER`] than `tchar`.
pub(crate) fn kinds(text: &[u8]) -> u8 {
    let (fours, rest) = text.as_chunks();
    let fours = fours
        .iter()
        .map(|&[a, b, c, d]| kind(a) | kind(b) | kind(c) | kind(d));
    let rest = rest.iter().copied().map(kind);
    fours.chain(rest).fold(0, |all, kind| all | kind)
}

/// To look it up takes a quarter of the time of the comparisons.
fn kind(byte: u8) -> u8 {
    static KINDS: [u8; 256] = by_byte();
    KINDS.get(usize::from(byte)).copied().unwrap_or(OTHER)
}

const fn by_byte() -> [u8; 256] {
    let mut kinds = [0; 256];
    let mut rest: &mut [u8] = &mut kinds;
    let mut byte = 0_u8;
    while let [kind, after @ ..] = rest {
        *kind = match byte {
            b'A'..=b'Z' => UPPER_CASE,
            byte if is_token_byte(byte) => 0,
            _ => OTHER,
        };
        byte = byte.wrapping_add(1);
        rest = after;
    }
    kinds
}

pub(crate) const fn is_token_byte(byte: u8) -> bool {
    matches!(byte,
        b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z'
        | b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' | b'-' | b'.'
        | b'^' | b'_' | b'`' | b'|' | b'~')
}

#[cfg(test)]
mod tests {
    use super::{OTHER, UPPER_CASE, is_token, is_token_byte, kinds};

    #[test]
    fn every_byte_at_every_place() {
        assert!(!is_token(b""));
        for len in 1..10 {
            for at in 0..len {
                for (byte, times) in (0..=u8::MAX).flat_map(|byte| [(byte, 1), (byte, 2)]) {
                    let mut text = vec![b'a'; len];
                    text.splice(at..=at, vec![byte; times]);
                    assert_eq!(is_token(&text), is_token_byte(byte), "{text:?}");
                    let is_upper = byte.is_ascii_uppercase();
                    assert_eq!(kinds(&text) & UPPER_CASE != 0, is_upper, "{text:?}");
                    assert_eq!(kinds(&text) & OTHER != 0, !is_token_byte(byte), "{text:?}");
                }
            }
        }
    }
}
