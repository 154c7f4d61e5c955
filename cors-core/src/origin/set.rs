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
        if origin.len() <= MAX_LEN && self.has_exact(origin) {
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
        let allowed = self
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
        !self.exact.is_empty()
            && self
                .exact
                .find(self.hasher.hash_one(origin), |text| {
                    text.as_bytes() == origin
                })
                .is_some()
    }

    pub(crate) fn is_empty(&self) -> bool {
        !self.null
            && self.exact.is_empty()
            && self.patterns.table.is_empty()
            && self.regex.is_none()
    }

    /// The origins and patterns, without those that another entry covers.
    pub(crate) fn entries(&self) -> impl Iterator<Item = &str> {
        self.patterns.table.iter().chain(self.exact.iter())
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
            let hash = set.hasher.hash_one(text.as_bytes());
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

/// Entries with a wildcard, by their text.
///
/// An entry `scheme://[*.]host[:port|:*]` is found by the hash of its scheme, of its host (with the
/// dot of `*.`, which tells the two kinds apart) and of its port.
#[derive(Clone, Debug, Default)]
struct Patterns {
    table: Table,
    /// Bit n: some entry's host, with the dot of `*.`, has n bytes. Most suffixes of a request's
    /// host have a length that no entry has, and are not hashed.
    lengths: [u64; 4],
}

impl Patterns {
    fn with_capacity<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        let (count, bytes) = texts.fold((0, 0), |(count, bytes), text| {
            (count + 1, bytes + text.len())
        });
        Self {
            table: Table::with_capacity(count, bytes),
            lengths: [0; 4],
        }
    }

    /// `false`: it is there already.
    fn insert(&mut self, hasher: &RandomState, text: &str, pattern: &Pattern<'_>) -> bool {
        let host_at = text.len() - pattern.port.len() - pattern.host.len();
        let host_at = if pattern.subdomains {
            host_at - 1
        } else {
            host_at
        };
        let Some(host) = text.get(host_at..text.len() - pattern.port.len()) else {
            return false;
        };
        let hash = hash(
            hasher,
            pattern.scheme.as_bytes(),
            host.as_bytes(),
            pattern.port.as_bytes(),
        );
        if self.table.find(hash, |other| other == text).is_some() {
            return false;
        }
        self.table.insert(hash, text);
        if let Some(bits) = self.lengths.get_mut(host.len() / 64) {
            *bits |= 1 << (host.len() % 64);
        }
        true
    }

    /// Another entry that lets in whatever this one does.
    fn covering(&self, hasher: &RandomState, text: &str, pattern: &Pattern<'_>) -> Option<&str> {
        // The `*` of a pattern stands for a label, so that its text is looked up like an origin.
        let host_at = pattern.scheme.len() + "://".len();
        let origin = Origin {
            scheme: pattern.scheme.as_bytes(),
            host: text
                .as_bytes()
                .get(host_at..text.len() - pattern.port.len())?,
            port: pattern.port.as_bytes(),
        };
        self.find(hasher, &origin, |other| other != text)
    }

    /// An entry that matches `origin`, among those that `accept` takes.
    fn find(
        &self,
        hasher: &RandomState,
        origin: &Origin<'_>,
        accept: impl Fn(&str) -> bool,
    ) -> Option<&str> {
        if self.table.is_empty() {
            return None;
        }
        let probe = |host: &[u8]| {
            let has_length = self.lengths.get(host.len() / 64)? >> (host.len() % 64) & 1;
            if has_length == 0 {
                return None;
            }
            [origin.port, b":*"].into_iter().find_map(|port| {
                let hash = hash(hasher, origin.scheme, host, port);
                self.table.find(hash, |text| {
                    is_made_of(text.as_bytes(), origin.scheme, host, port) && accept(text)
                })
            })
        };
        // The host itself, for `http://localhost:*`; then `.b.c` and `.c` of `a.b.c`.
        probe(origin.host).or_else(|| {
            let dots = origin
                .host
                .iter()
                .enumerate()
                .skip(1)
                .filter(|(_, byte)| **byte == b'.');
            dots.filter_map(|(dot, _)| origin.host.get(dot..))
                .find_map(probe)
        })
    }
}

fn hash(hasher: &RandomState, scheme: &[u8], host: &[u8], port: &[u8]) -> u64 {
    let mut hasher = hasher.build_hasher();
    hasher.write(host);
    hasher.write(scheme);
    hasher.write(port);
    hasher.finish()
}

/// Whether an entry's text is `scheme://host port`, with `*` before a host that starts with a dot.
fn is_made_of(text: &[u8], scheme: &[u8], host: &[u8], port: &[u8]) -> bool {
    let wildcard: &[u8] = if host.starts_with(b".") { b"*" } else { b"" };
    [scheme, b"://", wildcard, host, port]
        .into_iter()
        .try_fold(text, |rest, part| rest.strip_prefix(part))
        .is_some_and(<[u8]>::is_empty)
}

const _: () = assert!(
    host::MAX_LEN < 256,
    "the lengths of hosts must fit into the bits"
);

#[cfg(test)]
mod tests {
    use super::{Patterns, RandomState, hash, is_made_of};
    use crate::origin::Origin;
    use crate::origin::pattern::Entry;

    #[test]
    fn the_text_of_an_entry() {
        for (text, parts, same) in [
            ("https://*.a.com", ("https", ".a.com", ""), true),
            ("https://a.com:*", ("https", "a.com", ":*"), true),
            ("https://*.a.com", ("https", "a.com", ""), false),
            ("https://a.com", ("https", ".a.com", ""), false),
            ("https://a.com:*", ("https", "a.com", ""), false),
            ("https://a.com:*", ("http", "a.com", ":*"), false),
            ("https://a.com", ("https", "a.com", ":*"), false),
        ] {
            let (scheme, host, port) = parts;
            assert_eq!(
                is_made_of(
                    text.as_bytes(),
                    scheme.as_bytes(),
                    host.as_bytes(),
                    port.as_bytes()
                ),
                same,
                "{text} {parts:?}"
            );
        }
    }

    /// Or else every look-up would compare every entry.
    #[test]
    fn each_part_changes_the_hash() {
        let hasher = RandomState::default();
        let one = hash(&hasher, b"https", b"a.com", b"");
        assert_eq!(hash(&hasher, b"https", b"a.com", b""), one);
        assert_ne!(hash(&hasher, b"http", b"a.com", b""), one);
        assert_ne!(hash(&hasher, b"https", b"b.com", b""), one);
        assert_ne!(hash(&hasher, b"https", b"a.com", b":*"), one);
    }

    #[test]
    fn hosts_of_other_lengths_are_not_hashed() {
        let hasher = RandomState::default();
        let long = format!("https://*.{}.com", "a".repeat(63));
        let texts = ["http://a.com:*", long.as_str()];
        let mut patterns = Patterns::with_capacity(texts.into_iter());
        for text in texts {
            let Ok(Entry::Pattern(pattern)) = Entry::parse(text) else {
                panic!("{text}");
            };
            assert!(patterns.insert(&hasher, text, &pattern));
            assert!(!patterns.insert(&hasher, text, &pattern));
        }
        assert_eq!(patterns.lengths, [1 << 5, 1 << 4, 0, 0]);
        let find = |patterns: &Patterns| {
            let origin = Origin::parse(b"http://a.com:8080").unwrap();
            patterns.find(&hasher, &origin, |_| true).map(str::to_owned)
        };
        assert_eq!(find(&patterns).as_deref(), Some("http://a.com:*"));
        patterns.lengths = [!(1 << 5), !0, !0, !0];
        assert_eq!(find(&patterns), None);
    }
}
