//! Tokens, the grammar of methods and header names (RFC 9110, section 5.6.2), and lists of them
//! (section 5.6.1).

/// Whether `text` is one or more `tchar`.
pub(crate) fn is_token(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|&byte| is_token_byte(byte))
}

/// A look-up in a table takes a third of the time of comparisons.
#[inline]
pub(crate) fn is_token_byte(byte: u8) -> bool {
    static TOKEN_BYTES: [bool; 256] = {
        let mut all = [false; 256];
        let mut rest: &mut [bool] = &mut all;
        let mut byte = 0_u8;
        while let [is_token_byte, after @ ..] = rest {
            *is_token_byte = matches!(byte,
                b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z'
                | b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' | b'-' | b'.'
                | b'^' | b'_' | b'`' | b'|' | b'~');
            byte = byte.wrapping_add(1);
            rest = after;
        }
        all
    };
    TOKEN_BYTES.get(usize::from(byte)) == Some(&true)
}

/// How many bytes of each kind a list of tokens has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ListBytes {
    commas: usize,
    /// White space.
    pub(crate) blanks: usize,
    /// Whether there are bytes that are neither in a token, nor a comma, nor white space.
    pub(crate) has_others: bool,
}

impl ListBytes {
    /// Counts blocks of 16 bytes without a branch, so that the compiler can use vector instructions. One
    /// byte at a time takes three times as many instructions.
    pub(crate) fn of(line: &[u8]) -> Self {
        if line.len() < 16 {
            return Self::of_few(line);
        }
        // The counts of a part fit into a byte.
        let parts = line.chunks(16 * 16 - 16).map(Self::of_part);
        let mut sum = Self::default();
        for part in parts {
            sum.commas += part.commas;
            sum.blanks += part.blanks;
            sum.has_others |= part.has_others;
        }
        sum
    }

    fn of_part(part: &[u8]) -> Self {
        let (blocks, rest) = part.as_chunks::<16>();
        let (blocks, rest) = (Self::of_blocks(blocks), Self::of_few(rest));
        Self {
            commas: blocks.commas + rest.commas,
            blanks: blocks.blanks + rest.blanks,
            has_others: blocks.has_others | rest.has_others,
        }
    }

    fn of_few(bytes: &[u8]) -> Self {
        let mut counted = Self::default();
        for &byte in bytes {
            match byte {
                _ if is_token_byte(byte) => {}
                b',' => counted.commas += 1,
                _ if is_blank(byte) => counted.blanks += 1,
                _ => counted.has_others = true,
            }
        }
        counted
    }

    fn of_blocks(blocks: &[[u8; 16]]) -> Self {
        let (mut commas, mut blanks, mut others) = ([0_u8; 16], [0_u8; 16], [0_u8; 16]);
        for block in blocks {
            let counts = commas.iter_mut().zip(&mut blanks).zip(&mut others);
            for (((commas, blanks), others), &byte) in counts.zip(block) {
                let is_blank = is_blank(byte);
                *commas += u8::from(byte == b',');
                *blanks += u8::from(is_blank);
                *others |= u8::from(is_other(byte) & !is_blank);
            }
        }
        Self {
            commas: sum(commas),
            blanks: sum(blanks),
            has_others: u128::from_le_bytes(others) != 0,
        }
    }

    /// The number of elements, with the empty ones.
    pub(crate) fn elements(self) -> usize {
        self.commas + 1
    }

    /// Whether the list has only tokens, and single commas between them.
    pub(crate) fn is_plain(self, line: &[u8]) -> bool {
        let has_names = !matches!(line, [] | [b',', ..] | [.., b',']);
        has_names && self.blanks == 0 && !self.has_others && !has_double_comma(line)
    }
}

/// Without a branch for each byte, like [`ListBytes::of`].
fn has_double_comma(line: &[u8]) -> bool {
    let next = line.get(1..).unwrap_or_default();
    let pairs = line.iter().zip(next);
    pairs.fold(false, |found, (&one, &next)| {
        found | (one == b',') & (next == b',')
    })
}

/// Whether white space separates two parts of an element, so that it is not a token.
pub(crate) fn has_split_element(line: &[u8]) -> bool {
    let is_outside = |byte: Option<&u8>| matches!(byte, None | Some(b','));
    let mut rest = line;
    while let Some((before, low)) = split_at_low(rest) {
        let after = skip_blanks(low);
        let is_blank = after.len() < low.len();
        // Before `rest` there is white space or nothing.
        if !is_blank || !is_outside(before.last()) && !is_outside(after.first()) {
            return true;
        }
        rest = after;
    }
    false
}

/// Splits before the first byte that is white space or a control character. In blocks, like [`ListBytes::of`].
fn split_at_low(line: &[u8]) -> Option<(&[u8], &[u8])> {
    const HIGH: u128 = u128::from_le_bytes([0x80; 16]);
    const ABOVE: u128 = u128::from_le_bytes([b' ' + 1; 16]);
    let (blocks, end) = line.as_chunks::<16>();
    let has_low = |block: &[u8; 16]| block.iter().fold(false, |has, &byte| has | (byte <= b' '));
    let before = blocks.iter().position(has_low).unwrap_or(blocks.len());
    let low = match blocks.get(before) {
        // All bytes at once: the high bit keeps each from taking 1 from the next.
        Some(block) => {
            let block = u128::from_le_bytes(*block);
            let above = (block | HIGH) - ABOVE;
            (!(above | block) & HIGH).trailing_zeros() as usize / 8
        }
        None => end.iter().position(|&byte| byte <= b' ')?,
    };
    line.split_at_checked(before * 16 + low)
}

/// `text` without the white space at its start.
#[inline]
pub(crate) fn skip_blanks(text: &[u8]) -> &[u8] {
    match text {
        [b' ' | b'\t', rest @ ..] => match rest {
            [b' ' | b'\t', ..] => skip_more_blanks(rest),
            _ => rest,
        },
        _ => text,
    }
}

/// In blocks, like [`ListBytes::of`].
#[inline(never)]
fn skip_more_blanks(mut text: &[u8]) -> &[u8] {
    let are_blanks = |block: &[u8; 16]| block.iter().fold(true, |are, &byte| are & is_blank(byte));
    while let Some((block, rest)) = text.split_first_chunk()
        && are_blanks(block)
    {
        text = rest;
    }
    while let [b' ' | b'\t', rest @ ..] = text {
        text = rest;
    }
    text
}

fn is_blank(byte: u8) -> bool {
    (byte == b' ') | (byte == b'\t')
}

/// Whether a byte is neither in a token nor a comma.
///
/// The comparisons are of signed bytes, which takes the fewest vector instructions. The bytes above 127
/// are negative.
fn is_other(byte: u8) -> bool {
    let signed = byte.cast_signed();
    // `high - low` must be less than 128.
    let is_in = |low: u8, high: u8| {
        let from_lowest = byte.wrapping_sub(low).wrapping_sub(128).cast_signed();
        from_lowest <= (high - low).wrapping_sub(128).cast_signed()
    };
    (signed <= 0x20)
        | (byte == b'"')
        | (byte & !1 == b'(')
        | (byte == b'/')
        | is_in(b':', b'@')
        | is_in(b'[', b']')
        | (signed > 0x7a) & (byte | 2 != b'~')
}

fn sum(counts: [u8; 16]) -> usize {
    let (halves, _) = counts.as_chunks::<8>();
    let sums = halves.iter().map(|half| {
        let half = u64::from_le_bytes(*half);
        let pairs = (half & 0x00ff_00ff_00ff_00ff) + (half >> 8 & 0x00ff_00ff_00ff_00ff);
        // The high 16 bits of the product are the sum of the four pairs.
        (pairs.wrapping_mul(0x0001_0001_0001_0001) >> 48) as usize
    });
    sums.sum()
}

/// The elements of a list on any number of lines, without white space and without empty elements.
pub(crate) fn list_elements<'a>(
    lines: impl Iterator<Item = &'a [u8]>,
) -> impl Iterator<Item = &'a [u8]> {
    lines
        .flat_map(|line| line.split(|&byte| byte == b','))
        .map(trim)
        .filter(|element| !element.is_empty())
}

/// Removes optional white space (RFC 9110, section 5.6.3) at both ends.
pub(crate) fn trim(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{is_token, is_token_byte};

    #[test]
    fn every_byte_at_every_place() {
        assert!(!is_token(b""));
        for byte in 0..=u8::MAX {
            let is_tchar = byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
            assert_eq!(is_token_byte(byte), is_tchar, "{byte}");
            for text in [[byte, b'a', b'a'], [b'a', byte, b'a'], [b'a', b'a', byte]] {
                assert_eq!(is_token(&text), is_tchar, "{text:?}");
            }
        }
    }
}
