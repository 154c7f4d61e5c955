//! Entries with a `*` inside the first label of the host, such as `https://app-*.example.com`.

use super::split_scheme;
use super::table::Table;
use foldhash::fast::RandomState;
use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hasher as _};

/// A look-up hashes the origin once for each [`Shape`] that occurs with the same rest of the host, and
/// not for each entry.
#[derive(Clone, Debug, Default)]
pub(super) struct Labels {
    /// The entries, found by the hash of what is before and after `*`.
    table: Table,
    /// By the text after the first label, such as `.example.com:8443`.
    shapes: HashMap<Box<[u8]>, Vec<Shape>, RandomState>,
}

/// The lengths of the two parts of a label around `*`. A label is at most 63 bytes long, so at most 2016
/// shapes can match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Shape {
    before: usize,
    after: usize,
}

/// A label without its middle, and the rest of the host.
#[derive(Clone, Copy)]
struct Ends<'a> {
    before: &'a [u8],
    after: &'a [u8],
    rest: &'a [u8],
}

impl Labels {
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.table.iter()
    }

    /// Returns `false` if the entry is a duplicate, or has no `*` in its first label.
    pub(super) fn insert(&mut self, hasher: &RandomState, text: &str) -> bool {
        let Some((_, ends)) = split(text.as_bytes()) else {
            return false;
        };
        let hash = ends.hash(hasher);
        let is_it = |other: &[u8]| other == text.as_bytes();
        if self.table.find(hash, is_it).is_some() {
            return false;
        }
        self.table.insert(hash, text, |text| {
            split(text.as_bytes()).map_or(0, |(_, ends)| ends.hash(hasher))
        });
        let shape = Shape {
            before: ends.before.len(),
            after: ends.after.len(),
        };
        let shapes = self.shapes.entry(ends.rest.into()).or_default();
        if !shapes.contains(&shape) {
            shapes.push(shape);
        }
        true
    }

    /// An entry that matches `host`, which has its port if the entries have fixed ports. `*` stands for
    /// bytes that `is_free` accepts.
    pub(super) fn find(
        &self,
        hasher: &RandomState,
        scheme: &[u8],
        host: &[u8],
        is_free: impl Fn(&u8) -> bool,
        accept: impl Fn(&[u8]) -> bool,
    ) -> Option<&str> {
        let dot = host.iter().position(|&byte| byte == b'.')?;
        let (label, rest) = host.split_at_checked(dot)?;
        self.shapes.get(rest)?.iter().find_map(|shape| {
            let (before, tail) = label.split_at_checked(shape.before)?;
            let (middle, after) = tail.split_at_checked(tail.len().checked_sub(shape.after)?)?;
            if middle.is_empty() || !middle.iter().all(&is_free) {
                return None;
            }
            let ends = Ends {
                before,
                after,
                rest,
            };
            self.table.find(ends.hash(hasher), |text| {
                ends.are_of(text, scheme) && accept(text)
            })
        })
    }
}

impl Ends<'_> {
    fn hash(&self, hasher: &RandomState) -> u64 {
        let mut hasher = hasher.build_hasher();
        for part in [self.before, b"*", self.after, self.rest] {
            hasher.write(part);
        }
        hasher.finish()
    }

    /// Whether the entry `text` consists of `scheme` and these.
    fn are_of(&self, text: &[u8], scheme: &[u8]) -> bool {
        split(text).is_some_and(|(of_text, ends)| {
            of_text == scheme
                && ends.before == self.before
                && ends.after == self.after
                && ends.rest == self.rest
        })
    }
}

/// The scheme of an entry and the parts around its `*`, without `:*`.
fn split(text: &[u8]) -> Option<(&[u8], Ends<'_>)> {
    let (scheme, host) = split_scheme(text.strip_suffix(b":*").unwrap_or(text))?;
    let star = host.iter().position(|&byte| byte == b'*')?;
    let (before, tail) = host.split_at_checked(star)?;
    let tail = tail.strip_prefix(b"*")?;
    let dot = tail.iter().position(|&byte| byte == b'.')?;
    let (after, rest) = tail.split_at_checked(dot)?;
    let ends = Ends {
        before,
        after,
        rest,
    };
    Some((scheme, ends))
}

#[cfg(test)]
mod tests {
    use super::{Labels, Shape};
    use foldhash::fast::RandomState;

    fn labels(texts: &[&str]) -> (RandomState, Labels) {
        let hasher = RandomState::default();
        let mut labels = Labels::default();
        for text in texts {
            assert!(labels.insert(&hasher, text), "{text}");
            assert!(!labels.insert(&hasher, text), "{text}");
        }
        assert!(labels.iter().eq(texts.iter().copied()));
        (hasher, labels)
    }

    #[test]
    fn each_part_of_an_entry_matters() {
        let (hasher, labels) = labels(&[
            "https://app-*.a.com",
            "https://app-*-x.a.com",
            "http://app-*.b.com",
            "https://*-web.a.com",
            "https://pr*.a.com:8443",
        ]);
        for (scheme, host, entry) in [
            ("https", "app-1.a.com", Some("https://app-*.a.com")),
            ("https", "app-1-x.a.com", Some("https://app-*.a.com")),
            ("https", "app--.a.com", Some("https://app-*.a.com")),
            ("https", "1-web.a.com", Some("https://*-web.a.com")),
            ("https", "-web-web.a.com", Some("https://*-web.a.com")),
            ("https", "pr7.a.com:8443", Some("https://pr*.a.com:8443")),
            ("http", "app-1.b.com", Some("http://app-*.b.com")),
            ("https", "app-1.b.com", None),
            ("http", "app-1.a.com", None),
            ("https", "pr7.a.com", None),
            ("https", "pr7.a.com:844", None),
            ("https", "app-.a.com", None),
            ("https", "app.a.com", None),
            ("https", "-web.a.com", None),
            ("https", "xapp-1.a.com", None),
            ("https", "app-1.x.a.com", None),
            ("https", "app-1.xa.com", None),
            ("https", "app-1", None),
            ("https", "a.com", None),
            ("https", "app-_.a.com", None),
            ("https", "app-1_.a.com", None),
            ("https", "app-/.a.com", None),
            ("https", "app-A.a.com", None),
            ("https", "", None),
        ] {
            let is_free = |byte: &u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
            let find = |accept: fn(&[u8]) -> bool| {
                labels.find(&hasher, scheme.as_bytes(), host.as_bytes(), is_free, accept)
            };
            assert_eq!(find(|_| true), entry, "{scheme}://{host}");
            assert_eq!(find(|_| false), None, "{scheme}://{host}");
        }
    }

    /// Otherwise, a look-up would walk all entries with the same rest.
    #[test]
    fn entries_of_one_shape_are_one_look_up() {
        let texts: Vec<String> = (1000..2000)
            .map(|n| format!("https://a{n}-*.example.com"))
            .collect();
        let (hasher, mut labels) = labels(&texts.iter().map(String::as_str).collect::<Vec<_>>());
        let one = Shape {
            before: 6,
            after: 0,
        };
        assert_eq!(labels.shapes[&b".example.com"[..]], [one]);
        let find = |host: &str| {
            let found = labels.find(&hasher, b"https", host.as_bytes(), |_| true, |_| true);
            found.map(str::to_owned)
        };
        assert_eq!(find("a1234-x.example.com").as_ref(), Some(&texts[234]));
        assert_eq!(find("a2000-x.example.com"), None);
        labels.shapes.clear();
        assert_eq!(
            labels.find(
                &hasher,
                b"https",
                b"a1234-x.example.com",
                |_| true,
                |_| true
            ),
            None
        );
    }

    #[test]
    fn entries_of_other_forms_are_not_inserted() {
        let hasher = RandomState::default();
        let mut labels = Labels::default();
        assert!(!labels.insert(&hasher, "https://a.com"));
        assert!(!labels.insert(&hasher, "app://*"));
        assert_eq!(labels.iter().next(), None);
    }
}
