//! The origins that a policy lists, and the one question about them.
//!
//! Every answer costs the same from ten entries to a million: exact origins and patterns are looked
//! up by hash, a pattern by the parts of the request's host behind each of its dots.

use super::pattern::Pattern;
use super::regex::OriginRegex;
use super::table::Table;
use super::{MAX_LEN, Origin, host, is_sent_port, split_authority, split_scheme};
use foldhash::fast::RandomState;
use std::borrow::Cow;
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
    #[inline]
    pub(crate) fn has(&self, origin: &[u8]) -> bool {
        let is_exact = match self.exact.single() {
            Some(single) => single.as_bytes() == origin,
            None => !self.exact.is_empty() && self.is_listed(origin),
        };
        is_exact || self.has_other(origin)
    }

    fn is_listed(&self, origin: &[u8]) -> bool {
        let find = |hash| self.exact.find(hash, |text| text == origin);
        origin.len() <= MAX_LEN && find(hash(&self.hasher, origin)).is_some()
    }

    /// Whether something else than an exact entry lets `origin` in.
    fn has_other(&self, origin: &[u8]) -> bool {
        let find = || self.patterns.find(&self.hasher, origin, |_| true);
        let is_match =
            |regex: &OriginRegex| regex.is_match(origin) && Origin::parse(origin).is_some();
        origin.len() <= MAX_LEN
            && (self.null && origin == b"null"
                || !self.patterns.is_empty() && find().is_some()
                || self.regex.as_ref().is_some_and(is_match))
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
    exact: Vec<(usize, &'a str)>,
    patterns: Vec<(usize, &'a str)>,
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

    pub(crate) fn allow(&mut self, index: usize, text: &'a str, pattern: &Pattern<'_>) {
        let entries = if pattern.is_exact() {
            &mut self.exact
        } else {
            &mut self.patterns
        };
        entries.push((index, text));
    }

    /// Patterns first, so that what they cover is left out whatever the order of the list.
    pub(crate) fn finish(self) -> (OriginSet, Vec<Superfluous<'a>>) {
        let Self {
            mut set,
            exact,
            patterns,
        } = self;
        let mut superfluous = Vec::new();
        let mut say_nothing_new = |index, text, covered_by: Option<&str>| {
            superfluous.push(Superfluous {
                index,
                text,
                covered_by: covered_by.map(str::to_owned),
            });
        };

        let mut all = Patterns::with_capacity(patterns.iter().map(|(_, text)| *text));
        let mut distinct = Vec::with_capacity(patterns.len());
        for (index, text) in patterns {
            if all.insert(&set.hasher, text) {
                distinct.push((index, text));
            } else {
                say_nothing_new(index, text, None);
            }
        }
        set.patterns = Patterns::with_capacity(distinct.iter().map(|(_, text)| *text));
        for (index, text) in distinct {
            match all.covering(&set.hasher, text) {
                None => drop(set.patterns.insert(&set.hasher, text)),
                other => say_nothing_new(index, text, other),
            }
        }

        let bytes = exact.iter().map(|(_, text)| text.len()).sum();
        set.exact = Table::with_capacity(exact.len(), bytes);
        for (index, text) in exact {
            let hash = hash(&set.hasher, text.as_bytes());
            if set
                .exact
                .find(hash, |other| other == text.as_bytes())
                .is_some()
            {
                say_nothing_new(index, text, None);
                continue;
            }
            match set.patterns.covering(&set.hasher, text) {
                None => set.exact.insert(hash, text),
                other => say_nothing_new(index, text, other),
            }
        }
        superfluous.sort_by_key(|entry| entry.index);
        (set, superfluous)
    }
}

/// Entries with a wildcard: `scheme://*.host[:port|:*]` and `scheme://host:*`.
#[derive(Clone, Debug, Default)]
struct Patterns {
    /// Those that do not end in `:*`.
    of_port: Group,
    of_any_port: Group,
}

/// Entries, found by the hash of what stands behind their `*`, or behind their scheme if they have
/// none; without `:*`.
#[derive(Clone, Debug, Default)]
struct Group {
    table: Table,
    /// Bit n: what is hashed of some entry has n bytes. Most that an origin ends with have a length
    /// that no entry has, and are not hashed.
    lengths: [u64; 5],
    shortest: usize,
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
                shortest: usize::MAX,
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
    fn insert(&mut self, hasher: &RandomState, text: &str) -> bool {
        let group = if text.ends_with(":*") {
            &mut self.of_any_port
        } else {
            &mut self.of_port
        };
        group.insert(hasher, text)
    }

    /// Another entry that lets in whatever this one does.
    fn covering(&self, hasher: &RandomState, text: &str) -> Option<&str> {
        if self.is_empty() {
            return None;
        }
        // `*` stands for a label at least.
        let origin = match text.split_once("://*.") {
            Some((scheme, host)) => Cow::Owned(format!("{scheme}://x.{host}")),
            None => Cow::Borrowed(text),
        };
        let is_other = |other: &[u8]| other != text.as_bytes();
        match origin.strip_suffix(":*") {
            None => self.find(hasher, origin.as_bytes(), is_other),
            Some(start) => {
                let (scheme, host) = split_scheme(start.as_bytes())?;
                self.of_any_port.find(hasher, scheme, host, is_other)
            }
        }
    }

    /// An entry that matches `origin`, among those that `accept` takes.
    fn find(
        &self,
        hasher: &RandomState,
        origin: &[u8],
        accept: impl Fn(&[u8]) -> bool,
    ) -> Option<&str> {
        let (scheme, authority) = split_scheme(origin)?;
        if authority.len() > host::MAX_LEN {
            Origin::parse(origin)?; // for its length
        }
        let of_port = self.of_port.find(hasher, scheme, authority, &accept);
        if of_port.is_some() || self.of_any_port.table.is_empty() {
            return of_port;
        }
        let (host, port) = split_authority(authority)?;
        if !is_sent_port(scheme, port) {
            return None;
        }
        // `http://localhost:*`
        let of_host = self
            .of_any_port
            .entry(hasher, scheme, b"://", host, &accept);
        of_host.or_else(|| self.of_any_port.find(hasher, scheme, host, accept))
    }
}

impl Group {
    /// `false`: it is there already.
    fn insert(&mut self, hasher: &RandomState, text: &str) -> bool {
        let start = text.strip_suffix(":*").unwrap_or(text);
        let rest = split_scheme(start.as_bytes()).map(|(_, rest)| rest);
        let rest = rest.unwrap_or_default();
        let rest = rest.strip_prefix(b"*").unwrap_or(rest);
        let hash = hash(hasher, rest);
        if self
            .table
            .find(hash, |other| other == text.as_bytes())
            .is_some()
        {
            return false;
        }
        self.table.insert(hash, text);
        if let Some(bits) = self.lengths.get_mut(rest.len() / 64) {
            *bits |= 1 << (rest.len() % 64);
        }
        self.shortest = self.shortest.min(rest.len());
        true
    }

    /// An entry with a wildcard that matches `host`, which may have a port if those of the entries
    /// count.
    ///
    /// An entry is well-formed, so that only the labels that its `*` stands for must be judged, and
    /// they are all that is read.
    fn find(
        &self,
        hasher: &RandomState,
        scheme: &[u8],
        host: &[u8],
        accept: impl Fn(&[u8]) -> bool,
    ) -> Option<&str> {
        let mut labels = host;
        while labels.len() > self.shortest {
            // `.b.c`, then `.c` of `a.b.c`.
            let rest = host::behind_label(labels)?;
            let found = self.entry(hasher, scheme, b"://*", rest, &accept);
            if found.is_some() {
                return found;
            }
            labels = rest.strip_prefix(b".")?;
        }
        None
    }

    /// The entry that is `scheme`, `mark` and `rest`, then perhaps `:*`.
    fn entry<const N: usize>(
        &self,
        hasher: &RandomState,
        scheme: &[u8],
        mark: &[u8; N],
        rest: &[u8],
        accept: impl Fn(&[u8]) -> bool,
    ) -> Option<&str> {
        if self.lengths.get(rest.len() / 64)? >> (rest.len() % 64) & 1 == 0 {
            return None;
        }
        let is_entry = |text: &[u8]| {
            let start = text.strip_suffix(b":*").unwrap_or(text);
            let start = start.strip_suffix(rest)?;
            Some(start.strip_suffix(mark)? == scheme)
        };
        self.table.find(hash(hasher, rest), |text| {
            is_entry(text) == Some(true) && accept(text)
        })
    }
}

fn hash(hasher: &RandomState, text: &[u8]) -> u64 {
    let mut hasher = hasher.build_hasher();
    hasher.write(text);
    hasher.finish()
}

const _: () = assert!(
    host::MAX_LEN + ":65535".len() < 5 * 64,
    "the lengths of hosts with ports must fit into the bits"
);

#[cfg(test)]
mod tests {
    use super::{Patterns, RandomState, hash};
    use crate::origin::pattern::Entry;

    fn patterns(texts: &[&str]) -> (RandomState, Patterns) {
        let hasher = RandomState::default();
        let mut patterns = Patterns::with_capacity(texts.iter().copied());
        for text in texts {
            let entry = Entry::parse(text);
            assert!(matches!(entry, Ok(Entry::Pattern(_))), "{text}");
            assert!(patterns.insert(&hasher, text), "{text}");
            assert!(!patterns.insert(&hasher, text), "{text}");
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
            "http://[::1]:*",
        ]);
        assert!(!patterns.is_empty());
        assert_eq!(patterns.iter().count(), 6);
        for (origin, entry) in [
            ("https://x.a.com", Some("https://*.a.com")),
            ("https://x.y.a.com", Some("https://*.a.com")),
            ("https://a.com", None),
            ("https://xa.com", None),
            ("https://x.a.com:8443", None),
            ("http://x.a.com", None),
            ("https:/x.a.com", None),
            ("https", None),
            ("https://x.b.com:8443", Some("https://*.b.com:8443")),
            ("https://x.b.com:8444", None),
            ("https://x.b.com", None),
            ("https://x.c.co.uk", Some("https://*.c.co.uk:*")),
            ("https://x.c.co.uk:1", Some("https://*.c.co.uk:*")),
            ("https://x.c.co.uk:443", None),
            ("https://x.c.co.uk:01", None),
            ("https://x.c.co.uk:", None),
            ("https://c.co.uk:1", None),
            ("https://d.com", Some("https://d.com:*")),
            ("https://d.com:1", Some("https://d.com:*")),
            ("https://x.d.com:1", None),
            ("app://x.a.com", Some("app://*.a.com:*")),
            ("app://x.a.com:1", Some("app://*.a.com:*")),
            ("http://[::1]:1", Some("http://[::1]:*")),
            ("http://x.[::1]:1", None),
        ] {
            let find =
                |accept: fn(&[u8]) -> bool| patterns.find(&hasher, origin.as_bytes(), accept);
            assert_eq!(find(|_| true), entry, "{origin}");
            assert_eq!(find(|_| false), None, "{origin}");
        }
    }

    /// Nothing else is judged of an origin that ends like an entry.
    #[test]
    fn what_a_wildcard_stands_for_is_judged() {
        let (hasher, patterns) = patterns(&["https://*.a.com", "https://*.b.com:*"]);
        let long = |len| "x".repeat(len);
        // With `.a.com`, the longest host name.
        let name = format!("{0}.{0}.{0}.{1}", long(63), long(55));
        for (labels, matches) in [
            ("x", true),
            ("0_-.x", true),
            (&long(63), true),
            (&name, true),
            ("", false),
            (".x", false),
            ("x..x", false),
            ("x.", false),
            ("X", false),
            ("x/y", false),
            ("x:1", false),
            ("user@x", false),
            ("\u{e9}", false),
            ("*", false),
            (&long(64), false),
            (&format!("x.{}", long(64)), false),
            (&format!("{name}x"), false),
        ] {
            for end in [".a.com", ".b.com", ".b.com:1"] {
                let origin = format!("https://{labels}{end}");
                let found = patterns.find(&hasher, origin.as_bytes(), |_| true);
                assert_eq!(found.is_some(), matches, "{origin}");
            }
        }
    }

    #[test]
    fn an_entry_that_another_covers() {
        let (hasher, patterns) = patterns(&[
            "https://*.a.com",
            "https://*.b.a.com",
            "https://*.c.com:*",
            "https://d.com:*",
        ]);
        for (text, other) in [
            ("https://*.a.com", None),
            ("https://*.b.a.com", Some("https://*.a.com")),
            ("https://*.x.b.a.com", Some("https://*.b.a.com")),
            ("https://x.a.com", Some("https://*.a.com")),
            ("https://*.a.com:*", None),
            ("https://*.c.com:1", Some("https://*.c.com:*")),
            ("https://*.x.c.com:*", Some("https://*.c.com:*")),
            ("https://x.c.com:*", Some("https://*.c.com:*")),
            ("https://*.c.com:*", None),
            ("https://d.com", Some("https://d.com:*")),
            ("https://*.d.com", None),
        ] {
            assert_eq!(patterns.covering(&hasher, text), other, "{text}");
        }
    }

    /// Or else every look-up would compare every entry.
    #[test]
    fn texts_differ_in_their_hashes() {
        let hasher = RandomState::default();
        let one = hash(&hasher, b".a.com");
        assert_eq!(hash(&hasher, b".a.com"), one);
        assert_ne!(hash(&hasher, b".b.com"), one);
        assert_ne!(hash(&hasher, b".a.com:8443"), one);
    }

    #[test]
    fn what_has_another_length_is_not_hashed() {
        let long = format!("https://*.{}.com", "a".repeat(63));
        let (hasher, mut patterns) = patterns(&["http://a.com:*", &long]);
        assert_eq!(patterns.of_any_port.lengths, [1 << 5, 0, 0, 0, 0]);
        assert_eq!(patterns.of_any_port.shortest, 5);
        assert_eq!(patterns.of_port.lengths, [0, 1 << 4, 0, 0, 0]);
        assert_eq!(patterns.of_port.shortest, 68);
        patterns.of_any_port.lengths = [!(1 << 5), !0, !0, !0, !0];
        assert_eq!(patterns.find(&hasher, b"http://a.com:8080", |_| true), None);
    }
}
