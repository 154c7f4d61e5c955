//! The names in a path, and the bytes that servers read in different ways.

/// The longest name of a prefix, in bytes. File systems have the same limit.
pub(crate) const LONGEST: usize = 255;

/// How many bytes are read after the longest name, because escapes may make a name shorter.
const SLACK: usize = 32;

/// Whether some server ends a name at this byte, or decodes it. `/` and `\` separate names, `;` starts
/// a parameter, `?`, `#` and NUL can end the path, and `%` starts an escape.
pub(super) fn is_boundary(byte: u8) -> bool {
    const BOUNDARIES: [bool; 256] = {
        let mut boundaries = [false; 256];
        let (mut rest, mut byte) = (boundaries.as_mut_slice(), 0_u8);
        while let [is_boundary, after @ ..] = rest {
            *is_boundary = matches!(byte, b'/' | b'\\' | b';' | b'?' | b'#' | b'%' | 0);
            byte = byte.wrapping_add(1);
            rest = after;
        }
        boundaries
    };
    BOUNDARIES.get(usize::from(byte)).is_some_and(|is| *is)
}

/// Whether a decoded name of a prefix is read in the same way by every server.
pub(super) fn is_clear(name: &[u8]) -> bool {
    !name.iter().copied().any(is_boundary)
}

/// Whether browsers write `name`, which has escapes, in this way: every escape is in upper case, and exactly the bytes
/// of the [path percent-encode set] are escaped.
///
/// [path percent-encode set]: https://url.spec.whatwg.org/#path-percent-encode-set
pub(super) fn is_canonical(name: &[u8]) -> bool {
    let are_path_chars = |bytes: &[u8]| bytes.iter().copied().all(is_path_char);
    let mut parts = name.split(|byte| *byte == b'%');
    parts.next().is_none_or(are_path_chars)
        && parts.all(|escape| {
            let (digits, rest) = escape.split_at_checked(2).unwrap_or_default();
            let is_upper = !digits.iter().any(u8::is_ascii_lowercase);
            is_upper
                && hex_pair(digits).is_some_and(|byte| !is_path_char(byte))
                && are_path_chars(rest)
        })
}

/// Whether browsers do not escape a byte in a name.
fn is_path_char(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!$&'()*+,-.:;=@[]_|~".contains(&byte)
}

/// The byte that two hexadecimal digits at the start of `text` stand for.
#[inline]
pub(super) fn hex_pair(text: &[u8]) -> Option<u8> {
    let [high, low, ..] = text else { return None };
    let (high, low) = (hex_digit(*high), hex_digit(*low));
    (high | low < 16).then_some(high << 4 | low)
}

/// The value of a hexadecimal digit, or 255.
#[inline]
fn hex_digit(byte: u8) -> u8 {
    const DIGITS: [u8; 256] = {
        let mut digits = [u8::MAX; 256];
        let (mut rest, mut byte) = (digits.as_mut_slice(), 0_u8);
        while let [digit, after @ ..] = rest {
            match byte {
                b'0'..=b'9' => *digit = byte - b'0',
                b'a'..=b'f' => *digit = byte - b'a' + 10,
                b'A'..=b'F' => *digit = byte - b'A' + 10,
                _ => {}
            }
            byte = byte.wrapping_add(1);
            rest = after;
        }
        digits
    };
    DIGITS
        .get(usize::from(byte))
        .map_or(u8::MAX, |digit| *digit)
}

/// The first byte, decoded once, and the rest. `None` at the end of the path.
#[inline]
pub(super) fn split_decoded(path: &[u8]) -> Option<(u8, &[u8])> {
    let (byte, rest) = path.split_first()?;
    match byte {
        b'?' | b'#' => None,
        b'%' => match hex_pair(rest) {
            Some(decoded) => Some((decoded, rest.get(2..)?)),
            None => Some((b'%', rest)),
        },
        _ => Some((*byte, rest)),
    }
}

/// What follows a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// A slash or the end of the path, after this many bytes. Every server reads the same name.
    Clear(usize),
    /// The name ends here for some servers, or is encoded twice.
    Unclear,
    /// The name is longer than every name of a prefix.
    TooLong,
    /// So many escapes are nested that the name is not read to its end.
    TooDeep,
}

/// A name that is decoded until nothing is left to decode.
///
/// The result does not depend on the order or on the number of steps in which servers decode: an escape
/// cannot overlap another one, because `%` is not a hexadecimal digit.
pub(super) struct Name {
    bytes: [u8; LONGEST + SLACK],
    len: usize,
    /// Whether it took more than one step.
    is_nested: bool,
}

impl Name {
    /// Reads the first name of `path`. `longest` is the length of the longest name that matters.
    pub(super) fn read(path: &[u8], longest: usize) -> (Self, End) {
        let mut name = Self {
            bytes: [0; LONGEST + SLACK],
            len: 0,
            is_nested: false,
        };
        let end = name.read_from(path, longest.min(LONGEST));
        (name, end)
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    fn read_from(&mut self, path: &[u8], longest: usize) -> End {
        let room = longest + SLACK;
        let mut rest = path;
        while let Some((byte, after)) = split_decoded(rest)
            && !rest.starts_with(b"/")
        {
            rest = after;
            let byte = self.decode(byte);
            if is_boundary(byte) && byte != b'%' {
                return End::Unclear;
            }
            if let Some(free) = self.bytes.get_mut(self.len) {
                *free = byte;
            }
            self.len += 1;
            if self.len == room || path.len() - rest.len() > 3 * room {
                return if self.settled_len() > longest {
                    End::TooLong
                } else {
                    End::TooDeep
                };
            }
        }
        if self.is_nested {
            End::Unclear
        } else {
            End::Clear(path.len() - rest.len())
        }
    }

    /// How many bytes stay, whatever follows: those before the escapes at the end that are not complete.
    fn settled_len(&self) -> usize {
        let mut name = self.as_bytes();
        while let [start @ .., b'%'] | [start @ .., b'%', b'0'..=b'9' | b'A'..=b'F' | b'a'..=b'f'] =
            name
        {
            name = start;
        }
        name.len()
    }

    /// Decodes the escapes that `byte` completes, one after the other.
    fn decode(&mut self, mut byte: u8) -> u8 {
        while let [start @ .., b'%', high] = self.as_bytes()
            && let Some(decoded) = hex_pair(&[*high, byte])
        {
            self.len = start.len();
            self.is_nested = true;
            byte = decoded;
        }
        byte
    }
}

#[cfg(test)]
mod tests {
    use super::{End, Name, is_boundary};
    use percent_encoding::percent_decode;
    use proptest::prelude::*;

    /// The first name of the path, by decoding everything until nothing is left to decode.
    fn decoded(path: &str) -> Vec<u8> {
        let mut name = path.as_bytes().to_vec();
        loop {
            let next: Vec<u8> = percent_decode(&name).collect();
            if next == name {
                break;
            }
            name = next;
        }
        let ends = |byte: &u8| is_boundary(*byte) && *byte != b'%';
        name.truncate(name.iter().position(ends).unwrap_or(name.len()));
        name
    }

    proptest! {
        /// Also with so many escapes in escapes that the name is not read to its end.
        #[test]
        fn agrees_with_a_naive_one(
            path in "((%|%25|%2|2|5|4){0,80}|(%|%25|%2|%3|%34|%32|%61|2|5|6|1|F|a|x){0,80}){1,2}",
            longest in 1_usize..40,
        ) {
            let (name, end) = Name::read(path.as_bytes(), longest);
            let decoded = decoded(&path);
            match end {
                End::TooLong => prop_assert!(decoded.len() > longest, "{}", path),
                End::TooDeep => {}
                End::Clear(_) | End::Unclear => prop_assert_eq!(name.as_bytes(), decoded),
            }
        }
    }

    #[test]
    fn names_that_are_not_read_to_their_end() {
        let end = |path: String| Name::read(path.as_bytes(), 5).1;
        for open in ["%25", "%", "%4", "%2%35"] {
            let open = open.repeat(60);
            assert_eq!(end(format!("aaaaaa{open}")), End::TooLong, "{open}");
            assert_eq!(end(format!("aaaaa{open}")), End::TooDeep, "{open}");
        }
        for long in ["a", "%25-", "x%", "%2561", "%20"] {
            assert_eq!(end(long.repeat(60)), End::TooLong, "{long}");
        }
    }
}
