//! Paths that lead to the areas of the application in unusual ways.

use crate::area::ORIGINS;
use crate::{Case, Kind};

/// A sequence that depends only on its seed (SplitMix64).
pub(crate) struct Generator(u64);

const RESOURCES: [&str; 9] = [
    "/secret",
    "/public/secret",
    "/admin/secret",
    "/admin/secret",
    "/admin/open/secret",
    "/admin/",
    "/admin/open",
    "/public/x/y",
    "/x/secret",
];

const SEPARATORS: [&str; 12] = [
    "%2F",
    "%2f",
    "%252F",
    "%%32F",
    "%5C",
    "\\",
    "//",
    "/./",
    "/%2e/",
    "/x/../",
    "/x/%2E%2e/",
    "%2Fx%2F..%2F",
];

/// Inserted before a separator or at the end.
const SUFFIXES: [&str; 9] = [";v=1", "%3Bv", ";", "%00", "%3F", "%23", "?x", "%20", "%"];

/// Inserted at the start.
const DETOURS: [&str; 9] = [
    "/public/..",
    "/public/%2e%2e",
    "/public/%%32e%%32e",
    "/public/%252e.",
    "/public%2F..",
    "/public\\..",
    "/admin/open/../..",
    "/admin/..;",
    "/x%2F..%2F",
];

const TOKENS: [&str; 26] = [
    "/",
    "%",
    "2",
    "5",
    "F",
    "f",
    "C",
    "c",
    "\\",
    ".",
    ";",
    "?",
    "#",
    "a",
    "d",
    "m",
    "i",
    "n",
    "%2f",
    "%5c",
    "%2e",
    "%25",
    "..",
    "%61",
    "%c3%a9",
    "%E3%81%82",
];

const PLAIN_NAMES: [&str; 10] = [
    "secret",
    "x",
    "caf%C3%A9",
    "a%20b",
    "a.b",
    ".x",
    "x..y",
    "admin",
    "100%25",
    "%E3%81%82",
];

impl Generator {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    pub(crate) fn case(&mut self) -> Case {
        let is_plain = self.below(5) == 0;
        let path = if is_plain { self.plain() } else { self.odd() };
        Case {
            path,
            method: self.one_of(&["GET", "GET", "POST"]),
            origin: self.one_of(&ORIGINS),
            kind: if is_plain { Kind::Plain } else { Kind::Any },
        }
    }

    fn plain(&mut self) -> String {
        let mut path = self
            .one_of(&["", "", "/public", "/admin", "/admin/open"])
            .to_owned();
        for _ in 0..=self.below(3) {
            path += "/";
            path += self.one_of(&PLAIN_NAMES);
        }
        path + self.one_of(&["", "", "/"])
    }

    fn odd(&mut self) -> String {
        let mut path = self.one_of(&RESOURCES).to_owned();
        for _ in 0..=self.below(4) {
            path = match self.below(8) {
                0 | 1 => self.replace_slash(&path),
                2 | 3 => self.encode(&path),
                4 => self.one_of(&DETOURS).to_owned() + &path,
                5 => {
                    let slashes = positions(&path, '/');
                    let at = self.one_of(&[&slashes[..], &[path.len()]].concat());
                    let suffix = self.one_of(&SUFFIXES);
                    path[..at].to_owned() + suffix + &path[at..]
                }
                6 => {
                    let at = self.below(path.len() + 1);
                    let token = self.one_of(&TOKENS);
                    path[..at].to_owned() + token + &path[at..]
                }
                _ => path.replacen(
                    "/admin",
                    self.one_of(&[
                        "//admin",
                        "/%61dmin",
                        "/%2561dmin",
                        "/%%36%31dmin",
                        "/Admin",
                    ]),
                    1,
                ),
            };
        }
        if path.starts_with('/') {
            path
        } else {
            format!("/{path}")
        }
    }

    fn replace_slash(&mut self, path: &str) -> String {
        let slashes = positions(path, '/');
        if slashes.is_empty() {
            return path.to_owned();
        }
        let at = self.one_of(&slashes);
        path[..at].to_owned() + self.one_of(&SEPARATORS) + &path[at + 1..]
    }

    /// Encodes one character, which may be a part of an escape.
    fn encode(&mut self, path: &str) -> String {
        let at = 1 + self.below(path.len() - 1);
        let byte = path.as_bytes()[at];
        let escape = if self.below(2) == 0 {
            format!("%{byte:02x}")
        } else {
            format!("%{byte:02X}")
        };
        path[..at].to_owned() + &escape + &path[at + 1..]
    }
}

fn positions(path: &str, searched: char) -> Vec<usize> {
    path.match_indices(searched).map(|(at, _)| at).collect()
}
