//! Whether some server finds a `..` in a path.

use super::name::{hex_pair, is_boundary, split_decoded};

/// How many bytes are searched one by one.
const SEARCHED: usize = 1024;

/// Whether some server may read a segment of the path as `..`, which can lead to any other path.
///
/// If this is false, no server does. It is also true if escapes are nested more than twice.
#[inline]
pub(super) fn may_climb(path: &[u8]) -> bool {
    !is_plain(path) && (path.len() > SEARCHED || has_parent(path))
}

/// Whether the path has no `%` and no two dots in a row. The compiler makes this compare 16 bytes at once.
#[inline]
fn is_plain(path: &[u8]) -> bool {
    let pairs = path.iter().zip(path.get(1..).unwrap_or_default());
    let found = pairs.fold(0, |found, (byte, next)| {
        found | u8::from(*byte == b'%') | u8::from(*byte == b'.') & u8::from(*next == b'.')
    });
    found == 0
}

/// What was read of a name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Read {
    Nothing,
    Dot,
    TwoDots,
    Other,
}

fn has_parent(path: &[u8]) -> bool {
    let mut read = Read::Nothing;
    let mut read_before_escape = read;
    let mut last_two = [0, 0];
    let mut rest = path;
    while let Some((mut byte, after)) = split_decoded(rest) {
        rest = after;
        if let [b'%', high] = last_two
            && let Some(decoded) = hex_pair(&[high, byte])
        {
            if decoded == b'%' || decoded.is_ascii_hexdigit() {
                return true;
            }
            byte = decoded;
            read = read_before_escape;
        }
        if byte == b'%' {
            read_before_escape = read;
        }
        last_two = [last_two[1], byte];
        read = match (read, byte) {
            (Read::TwoDots, b'%') => Read::Other,
            (Read::TwoDots, _) if is_boundary(byte) => return true,
            (_, b'/' | b'\\') => Read::Nothing,
            (Read::Nothing, b'.') => Read::Dot,
            (Read::Dot, b'.') => Read::TwoDots,
            _ => Read::Other,
        };
    }
    read == Read::TwoDots
}
