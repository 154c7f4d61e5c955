//! What servers may read in the path of a request, written independently of the library and as simply as
//! possible.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, utf8_percent_encode};
use std::collections::BTreeSet;

/// The names of a path.
pub(crate) type Segments = Vec<Vec<u8>>;

/// Every reading of a path, by brute force: the steps of servers in any order, each at any place.
/// Empty segments are ignored or not. The flag is whether everything was decoded at least once. Before
/// that, only the escapes that browsers write stand for a name of a prefix.
pub(crate) fn readings(path: &str) -> BTreeSet<Segments> {
    let path = path.split(['?', '#']).next().unwrap();
    let is_encoded = utf8_percent_encode(path, ENCODED).to_string() == path;
    let whole: Segments = path
        .split('/')
        .map(|name| name.as_bytes().to_vec())
        .collect();
    let mut seen = BTreeSet::new();
    let mut open = vec![(whole, false)];
    while let Some(state) = open.pop() {
        if !seen.insert(state.clone()) {
            continue;
        }
        let (segments, is_decoded) = state;
        let all = segments.iter().map(|name| percent_decode(name).collect());
        open.push((all.collect(), true));
        for at in 0..segments.len() {
            for next in steps(&segments, at) {
                open.push((next, is_decoded));
            }
        }
    }
    let as_prefix = |(segments, is_decoded): (Segments, bool)| -> Segments {
        let name = |name: Vec<u8>| match is_decoded {
            true => name,
            false => decoded_as_browsers_encode(&name, is_encoded),
        };
        segments.into_iter().map(name).collect()
    };
    let with_empty: BTreeSet<Segments> = seen.into_iter().map(as_prefix).collect();
    let first_is_empty = |all: &Segments| all.first().is_some_and(Vec::is_empty);
    let without = |all: &Segments| {
        all.iter()
            .filter(|name| !name.is_empty())
            .cloned()
            .collect()
    };
    let ignored: Vec<Segments> = with_empty.iter().map(without).collect();
    let kept = with_empty.into_iter().map(|mut all| {
        if first_is_empty(&all) {
            all.remove(0); // Before the first slash.
        }
        all
    });
    kept.chain(ignored).collect()
}

/// Decodes the name if every escape is one that a browser writes. If the path was encoded, other bytes that a browser
/// escapes are some that a step has decoded.
fn decoded_as_browsers_encode(name: &[u8], is_encoded: bool) -> Vec<u8> {
    let encoded = utf8_percent_encode(&String::from_utf8_lossy(name), ENCODED).to_string();
    let name = if is_encoded { encoded.as_bytes() } else { name };
    let decoded: Vec<u8> = percent_decode(name).collect();
    let text = String::from_utf8_lossy(&decoded);
    match utf8_percent_encode(&text, BROWSER).to_string().as_bytes() == name {
        true => decoded,
        false => name.to_vec(),
    }
}

/// The path percent-encode set of the URL Standard, and what servers read in different ways: everything but letters,
/// digits and `!$&'()*+,-.:=@[]_|~`.
const BROWSER: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b'-')
    .remove(b'.')
    .remove(b':')
    .remove(b'=')
    .remove(b'@')
    .remove(b'[')
    .remove(b']')
    .remove(b'_')
    .remove(b'|')
    .remove(b'~');

/// What can stand in an encoded path in addition: escapes, and what servers read in different ways.
const ENCODED: &AsciiSet = &BROWSER
    .remove(b'%')
    .remove(b'/')
    .remove(b'\\')
    .remove(b';')
    .remove(b'\0');

/// The steps at one segment.
fn steps(segments: &Segments, at: usize) -> Vec<Segments> {
    let with = |names: &[&[u8]]| {
        let mut changed = segments.clone();
        changed.splice(at..=at, names.iter().map(|name| name.to_vec()));
        changed
    };
    let name = &segments[at];
    let mut all = Vec::new();
    if matches!(name.as_slice(), b"" | b".") {
        all.push(with(&[]));
    }
    if name == b".." {
        let mut parent = with(&[]);
        if at > 0 {
            parent.remove(at - 1);
        }
        all.push(parent);
    }
    for (end, byte) in name.iter().enumerate() {
        let (start, rest) = (&name[..end], &name[end + 1..]);
        match byte {
            b'/' | b'\\' => all.push(with(&[start, rest])),
            b';' => all.push(with(&[start])),
            b'?' | b'#' | 0 => {
                let mut cut = with(&[start]);
                cut.truncate(at + 1);
                all.push(cut);
            }
            b'%' => {
                let escapes = escapes(start, &name[end..]);
                let decoded: Vec<u8> = percent_decode(escapes).collect();
                if decoded != escapes {
                    let rest = &name[end + escapes.len()..];
                    all.push(with(&[&[start, &decoded, rest].concat()]));
                }
            }
            _ => {}
        }
    }
    all
}

/// What a step decodes at the start of `rest`: an escape, or all escapes in a row that are not ASCII,
/// because no server decodes a part of a character. Empty if such a row begins in `start`.
fn escapes<'a>(start: &[u8], rest: &'a [u8]) -> &'a [u8] {
    let (escapes, _) = rest.as_chunks::<3>();
    let is_foreign = |escape: &[u8]| {
        let decoded: Vec<u8> = percent_decode(escape).collect();
        matches!(decoded.as_slice(), [byte] if !byte.is_ascii())
    };
    let continues = start
        .last_chunk::<3>()
        .is_some_and(|escape| is_foreign(escape));
    let count = escapes
        .iter()
        .take_while(|escape| is_foreign(&escape[..]))
        .count();
    match count {
        0 => &rest[..rest.len().min(3)],
        _ if continues => &[],
        _ => &rest[..3 * count],
    }
}

/// The rule of a reading: that of the longest prefix.
pub(crate) fn rule_of(rules: &[Segments], reading: &Segments) -> Option<usize> {
    let all = rules.iter().enumerate();
    let fitting = all.filter(|(_, prefix)| reading.starts_with(prefix));
    fitting
        .max_by_key(|(_, prefix)| prefix.len())
        .map(|(rule, _)| rule)
}
