//! The origins that a policy lists, and the one question about them.
//!
//! Every answer costs the same from ten entries to a million: exact origins and patterns are looked
//! up by hash, a pattern by the parts of the request's host behind each of its dots.

use super::pattern::Pattern;
use super::regex::OriginRegex;
use super::table::Table;
use super::{MAX_LEN, Origin, host};
use crate::decision::OriginRefusal;
use foldhash::fast::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};

/// What a listed policy lets in.
#[derive(Clone, Debug, Default)]
pub(crate) struct OriginSet {
    null: bool,
    exact: Table,
    patterns: Patterns,
    regex: Option<OriginRegex>,
    hasher: RandomState,
}

impl OriginSet {
    pub(crate) fn check(&self, origin: &[u8]) -> Result<(), OriginRefusal> {
        if origin.len() > MAX_LEN {
            return Err(OriginRefusal::Malformed);
        }
        if self.has_exact(origin) {
            return Ok(());
        }
        if origin == b"null" {
            return if self.null {
                Ok(())
            } else {
                Err(OriginRefusal::NotAllowed)
            };
        }
        let parsed = Origin::parse(origin).ok_or(OriginRefusal::Malformed)?;
        let allowed = !self.patterns.is_empty()
            && self
                .patterns
                .find(&self.hasher, &parsed, |_| true)
                .is_some()
            || self
                .regex
                .as_ref()
                .is_some_and(|regex| regex.is_match(origin));
        if allowed {
            Ok(())
        } else {
            Err(OriginRefusal::NotAllowed)
        }
    }

    fn has_exact(&self, origin: &[u8]) -> bool {
        if let Some(single) = self.exact.single() {
            return single.as_bytes() == origin;
        }
        !self.exact.is_empty()
            && self
                .exact
                .find(hash_exact(&self.hasher, origin), |text| {
                    text.as_bytes() == origin
                })
                .is_some()
    }

    pub(crate) fn is_empty(&self) -> bool {
        !self.null && self.exact.is_empty() && self.patterns.is_empty() && self.regex.is_none()
    }

    /// The origins and patterns, without those that another entry covers.
    pub(crate) fn entries(&self) -> impl Iterator<Item = &str> {
        self.patterns.iter().chain(self.exact.iter())
    }

    /// The normalised `allow_origins`.
    pub(crate) fn to_list(&self) -> Vec<String> {
        let mut list: Vec<String> = self.entries().map(str::to_owned).collect();
        list.sort_unstable();
        if self.null {
            list.push("null".to_owned());
        }
        list
    }

    pub(crate) fn regex_source(&self) -> Option<&str> {
        self.regex.as_ref().map(OriginRegex::source)
    }
}

/// Collects entries that [`Entry::parse`](super::pattern::Entry::parse) accepted, and tells which
/// of them say nothing new.
#[derive(Debug, Default)]
pub(crate) struct Builder<'a> {
    set: OriginSet,
    later: Vec<(usize, &'a str, Pattern<'a>)>,
}

/// An entry that says nothing new.
#[derive(Debug)]
pub(crate) struct Superfluous<'a> {
    pub(crate) index: usize,
    pub(crate) text: &'a str,
    /// The other entry that covers it; `None` for the same text once more.
    pub(crate) covered_by: Option<String>,
}

impl<'a> Builder<'a> {
    pub(crate) fn allow_null(&mut self) {
        self.set.null = true;
    }

    pub(crate) fn allow_regex(&mut self, regex: OriginRegex) {
        self.set.regex = Some(regex);
    }

    pub(crate) fn allow(&mut self, index: usize, text: &'a str, pattern: Pattern<'a>) {
        self.later.push((index, text, pattern));
    }

    /// Patterns first, so that what they cover is left out whatever the order of the list.
    pub(crate) fn finish(self) -> (OriginSet, Vec<Superfluous<'a>>) {
        let Self { mut set, later } = self;
        let mut superfluous = Vec::new();
        let (exact, patterns): (Vec<_>, Vec<_>) = later
            .into_iter()
            .partition(|(_, _, pattern)| pattern.is_exact());

        let mut all = Patterns::with_capacity(patterns.iter().map(|(_, text, _)| *text));
        let mut distinct = Vec::with_capacity(patterns.len());
        for (index, text, pattern) in patterns {
            if all.insert(&set.hasher, text, &pattern) {
                distinct.push((index, text, pattern));
            } else {
                superfluous.push(Superfluous {
                    index,
                    text,
                    covered_by: None,
                });
            }
        }
        set.patterns = Patterns::with_capacity(distinct.iter().map(|(_, text, _)| *text));
        for (index, text, pattern) in distinct {
            match all.covering(&set.hasher, text, &pattern) {
                None => drop(set.patterns.insert(&set.hasher, text, &pattern)),
                Some(other) => {
                    let covered_by = Some(other.to_owned());
                    superfluous.push(Superfluous {
                        index,
                        text,
                        covered_by,
                    });
                }
            }
        }

        let bytes = exact.iter().map(|(_, text, _)| text.len()).sum();
        set.exact = Table::with_capacity(exact.len(), bytes);
        for (index, text, pattern) in exact {
            let hash = hash_exact(&set.hasher, text.as_bytes());
            if set.exact.find(hash, |other| other == text).is_some() {
                superfluous.push(Superfluous {
                    index,
                    text,
                    covered_by: None,
                });
            } else if let Some(other) = set.patterns.covering(&set.hasher, text, &pattern) {
                let covered_by = Some(other.to_owned());
                superfluous.push(Superfluous {
                    index,
                    text,
                    covered_by,
                });
            } else {
                set.exact.insert(hash, text);
            }
        }
        superfluous.sort_by_key(|entry| entry.index);
        (set, superfluous)
    }
}

/// Entries with a wildcard.
///
/// They are `scheme://*.host[:port|:*]` and `scheme://host:*`.
#[derive(Clone, Debug, Default)]
struct Patterns {
    /// Those that do not end in `:*`.
    of_port: Group,
    of_any_port: Group,
}

/// Entries, found by the hash of their scheme and of the rest, which is `.host[:port]` for a wildcard
/// and the host otherwise; without `:*`.
#[derive(Clone, Debug, Default)]
struct Group {
    table: Table,
    /// Bit n: some entry's rest has n bytes. Most that an origin ends with have a length that no
    /// entry has, and are not hashed.
    lengths: [u64; 5],
}

impl Patterns {
    fn with_capacity<'a>(texts: impl Iterator<Item = &'a str> + Clone) -> Self {
        let group = |of_any_port: bool| {
            let texts = texts
                .clone()
                .filter(|text| text.ends_with(":*") == of_any_port);
            let bytes = texts.clone().map(str::len).sum();
            Group {
                table: Table::with_capacity(texts.count(), bytes),
                lengths: [0; 5],
            }
        };
        Self {
            of_port: group(false),
            of_any_port: group(true),
        }
    }

    fn is_empty(&self) -> bool {
        self.of_port.table.is_empty() && self.of_any_port.table.is_empty()
    }

    fn iter(&self) -> impl Iterator<Item = &str> {
        self.of_port
            .table
            .iter()
            .chain(self.of_any_port.table.iter())
    }

    /// `false`: it is there already.
    fn insert(&mut self, hasher: &RandomState, text: &str, pattern: &Pattern<'_>) -> bool {
        let (group, end) = match text.strip_suffix(":*") {
            Some(start) => (&mut self.of_any_port, start.len()),
            None => (&mut self.of_port, text.len()),
        };
        let wildcard = if pattern.subdomains { "*" } else { "" };
        let host_at = pattern.scheme.len() + "://".len();
        let scheme = text.as_bytes().get(..host_at).unwrap_or_default();
        let rest = text.as_bytes().get(host_at + wildcard.len()..end);
        let rest = rest.unwrap_or_default();
        let hash = hash(hasher, scheme, rest);
        if group.table.find(hash, |other| other == text).is_some() {
            return false;
        }
        group.table.insert(hash, text);
        if let Some(bits) = group.lengths.get_mut(rest.len() / 64) {
            *bits |= 1 << (rest.len() % 64);
        }
        true
    }

    /// Another entry that lets in whatever this one does.
    fn covering(&self, hasher: &RandomState, text: &str, pattern: &Pattern<'_>) -> Option<&str> {
        // The `*` of a pattern stands for a label, so that its text is looked up like an origin.
        let text_parts =
            Origin::of_parts(text.as_bytes(), pattern.scheme.len(), pattern.port.len());
        self.find(hasher, &text_parts, |other| other != text)
    }

    /// An entry that matches `origin`, among those that `accept` takes.
    fn find(
        &self,
        hasher: &RandomState,
        origin: &Origin<'_>,
        accept: impl Fn(&str) -> bool,
    ) -> Option<&str> {
        let (scheme, host, authority) = (origin.scheme_part(), origin.host(), origin.authority());
        // The last `len` bytes of the host.
        let probe = |len: usize| {
            let start = host.len().checked_sub(len)?;
            let of_port = self
                .of_port
                .find(hasher, scheme, authority.get(start..)?, &accept);
            of_port.or_else(|| {
                self.of_any_port
                    .find(hasher, scheme, host.get(start..)?, &accept)
            })
        };
        // The host itself, for `http://localhost:*`; then `.b.c` and `.c` of `a.b.c`.
        if let Some(found) = probe(host.len()) {
            return Some(found);
        }
        let Some(dots) = origin.plain_dots() else {
            let mut dots = (1..host.len()).filter(|at| host.get(*at) == Some(&b'.'));
            return dots.find_map(|dot| probe(host.len() - dot));
        };
        // Bit n: the host ends in n bytes, the first one a dot, and so does some entry.
        let [of_port, ..] = self.of_port.lengths;
        let [of_any_port, ..] = self.of_any_port.lengths;
        let mut lengths = dots << 1 & (of_port | of_any_port);
        while let Some(len) = lengths.checked_ilog2() {
            if let Some(found) = probe(usize::try_from(len).ok()?) {
                return Some(found);
            }
            lengths ^= 1 << len;
        }
        None
    }
}

impl Group {
    fn find(
        &self,
        hasher: &RandomState,
        scheme: &[u8],
        rest: &[u8],
        accept: impl Fn(&str) -> bool,
    ) -> Option<&str> {
        if self.lengths.get(rest.len() / 64)? >> (rest.len() % 64) & 1 == 0 {
            return None;
        }
        // No host starts with a dot, so that the rest tells whether there is a wildcard before it.
        let is_entry = |text: &str| {
            text.as_bytes().strip_prefix(scheme).is_some_and(|text| {
                let text = text.strip_prefix(b"*").unwrap_or(text);
                text.strip_suffix(b":*").unwrap_or(text) == rest
            })
        };
        self.table.find(hash(hasher, scheme, rest), |text| {
            is_entry(text) && accept(text)
        })
    }
}

fn hash_exact(hasher: &RandomState, origin: &[u8]) -> u64 {
    let mut hasher = hasher.build_hasher();
    hasher.write(origin);
    hasher.finish()
}

/// `scheme` with its `://`.
fn hash(hasher: &RandomState, scheme: &[u8], rest: &[u8]) -> u64 {
    let mut hasher = hasher.build_hasher();
    hasher.write(rest);
    hasher.write(scheme);
    hasher.finish()
}

const _: () = assert!(
    host::MAX_LEN + ":65535".len() < 5 * 64,
    "the lengths of hosts with ports must fit into the bits"
);

#[cfg(test)]
mod tests {
    use super::{Patterns, RandomState, hash, hash_exact};
    use crate::origin::Origin;
    use crate::origin::pattern::Entry;

    fn patterns(texts: &[&str]) -> (RandomState, Patterns) {
        let hasher = RandomState::default();
        let mut patterns = Patterns::with_capacity(texts.iter().copied());
        for text in texts {
            let Ok(Entry::Pattern(pattern)) = Entry::parse(text) else {
                panic!("{text}");
            };
            assert!(patterns.insert(&hasher, text, &pattern), "{text}");
            assert!(!patterns.insert(&hasher, text, &pattern), "{text}");
        }
        (hasher, patterns)
    }

    #[test]
    fn each_part_of_an_entry_matters() {
        let (hasher, patterns) = patterns(&[
            "https://*.a.com",
            "https://*.b.com:8443",
            "https://*.c.co.uk:*",
            "https://d.com:*",
            "app://*.a.com:*",
        ]);
        assert!(!patterns.is_empty());
        assert_eq!(patterns.iter().count(), 5);
        for (origin, entry) in [
            ("https://x.a.com", Some("https://*.a.com")),
            ("https://x.y.a.com", Some("https://*.a.com")),
            ("https://a.com", None),
            ("https://xa.com", None),
            ("https://x.a.com:8443", None),
            ("http://x.a.com", None),
            ("https://x.b.com:8443", Some("https://*.b.com:8443")),
            ("https://x.b.com:8444", None),
            ("https://x.b.com", None),
            ("https://x.c.co.uk", Some("https://*.c.co.uk:*")),
            ("https://x.c.co.uk:1", Some("https://*.c.co.uk:*")),
            ("https://c.co.uk:1", None),
            ("https://d.com", Some("https://d.com:*")),
            ("https://d.com:1", Some("https://d.com:*")),
            ("https://x.d.com:1", None),
            ("app://x.a.com", Some("app://*.a.com:*")),
            ("app://x.a.com:1", Some("app://*.a.com:*")),
        ] {
            let parsed = Origin::parse(origin.as_bytes()).unwrap();
            assert_eq!(patterns.find(&hasher, &parsed, |_| true), entry, "{origin}");
            assert_eq!(patterns.find(&hasher, &parsed, |_| false), None, "{origin}");
        }
    }

    /// Or else every look-up would compare every entry.
    #[test]
    fn each_part_changes_the_hash() {
        let hasher = RandomState::default();
        let one = hash(&hasher, b"https://", b"a.com");
        assert_eq!(hash(&hasher, b"https://", b"a.com"), one);
        assert_ne!(hash(&hasher, b"http://", b"a.com"), one);
        assert_ne!(hash(&hasher, b"https://", b"b.com"), one);
        let exact = hash_exact(&hasher, b"https://a.com");
        assert_eq!(hash_exact(&hasher, b"https://a.com"), exact);
        assert_ne!(hash_exact(&hasher, b"https://b.com"), exact);
    }

    #[test]
    fn what_has_another_length_is_not_hashed() {
        let long = format!("https://*.{}.com", "a".repeat(63));
        let (hasher, mut patterns) = patterns(&["http://a.com:*", &long]);
        assert_eq!(patterns.of_any_port.lengths, [1 << 5, 0, 0, 0, 0]);
        assert_eq!(patterns.of_port.lengths, [0, 1 << 4, 0, 0, 0]);
        let origin = Origin::parse(b"http://a.com:8080").unwrap();
        patterns.of_any_port.lengths = [!(1 << 5), !0, !0, !0, !0];
        assert_eq!(patterns.find(&hasher, &origin, |_| true), None);
    }
}
