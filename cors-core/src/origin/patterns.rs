//! Patterns: entries with a wildcard.

use super::labels::Labels;
use super::table::{Table, hash};
use super::{
    MAX_PORT_LEN, Origin, host, is_sent_port, split_authority, split_scheme,
    split_unchecked_authority,
};
use foldhash::fast::RandomState;

/// Entries with a wildcard.
#[derive(Clone, Debug, Default)]
pub(super) struct Patterns {
    /// Entries with `*.` that do not end in `:*`: `scheme://*.host[:port]`.
    fixed_port: Group,
    /// `scheme://host:*` and `scheme://*.host:*`.
    any_port: Group,
    /// Entries with another wildcard. Few policies have any.
    others: Option<Box<Others>>,
}

/// Entries whose wildcard stands for something else than subdomains and ports.
#[derive(Clone, Debug, Default)]
struct Others {
    /// `scheme://*`, found by the hash of the scheme.
    schemes: Table,
    /// `scheme://before*after.host[:port]`
    labels: Labels,
    /// `scheme://before*after.host:*`
    labels_any_port: Labels,
}

/// Where an entry belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    FixedPort,
    AnyPort,
    Scheme,
    Label,
    LabelAnyPort,
}

/// Entries, found by the hash of their key: the text after `*`, or after the scheme if there is no
/// `*`, without `:*`.
#[derive(Clone, Debug, Default)]
struct Group {
    table: Table,
    /// Bit n is set if some key is n bytes long. Parts of an origin whose bit is not set are skipped
    /// without hashing.
    lengths: [u64; 5],
    /// The length of the shortest key.
    shortest: usize,
    /// For a longer host, trying each length of a key is cheaper than searching its labels one by one.
    long: usize,
}

impl Patterns {
    /// With room for those entries that can be many.
    pub(super) fn with_capacity<'a>(texts: impl Iterator<Item = &'a str> + Clone) -> Self {
        let group = |form| {
            let texts = texts.clone().filter(|text| Form::of(text) == form);
            let bytes = texts.clone().map(str::len).sum();
            Group {
                table: Table::with_capacity(texts.count(), bytes),
                lengths: [0; 5],
                shortest: usize::MAX,
                long: usize::MAX,
            }
        };
        Self {
            fixed_port: group(Form::FixedPort),
            any_port: group(Form::AnyPort),
            others: None,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.has_groups() && self.others.is_none()
    }

    fn has_groups(&self) -> bool {
        !(self.fixed_port.table.is_empty() && self.any_port.table.is_empty())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        let others = self.others.iter().flat_map(|others| others.iter());
        let groups = [&self.fixed_port, &self.any_port].into_iter();
        groups.flat_map(|group| group.table.iter()).chain(others)
    }

    /// Returns `false` if the entry is a duplicate.
    pub(super) fn insert(&mut self, hasher: &RandomState, text: &str) -> bool {
        let others = &mut self.others;
        match Form::of(text) {
            Form::FixedPort => self.fixed_port.insert(hasher, text),
            Form::AnyPort => self.any_port.insert(hasher, text),
            Form::Scheme => others.get_or_insert_default().insert_scheme(hasher, text),
            Form::Label => others.get_or_insert_default().labels.insert(hasher, text),
            Form::LabelAnyPort => {
                let labels = &mut others.get_or_insert_default().labels_any_port;
                labels.insert(hasher, text)
            }
        }
    }

    /// Another entry that allows everything that this one allows.
    pub(super) fn covering(&self, hasher: &RandomState, text: &str) -> Option<&str> {
        if self.is_empty() {
            return None;
        }
        let is_other = |other: &[u8]| other != text.as_bytes();
        if !text.contains('*') {
            return self.find(hasher, text.as_bytes(), is_other);
        }
        // Only an entry that also has a wildcard in the host, or the same host, can cover it. Such an
        // entry matches whatever the wildcard of this one stands for.
        let (scheme, authority) = text.split_once("://")?;
        let (host, port) = split_authority(authority.as_bytes())?;
        let host = std::str::from_utf8(host).ok()?.replace('*', "x");
        let with_port = [host.as_bytes(), port].concat();
        let origin = Origin {
            scheme: scheme.as_bytes(),
            authority: authority.as_bytes(),
            port,
        };
        let fixed_port = self
            .fixed_port
            .find(hasher, origin.scheme, &with_port, is_other);
        let any_port = || {
            self.any_port
                .find(hasher, origin.scheme, host.as_bytes(), is_other)
        };
        let other = || {
            let is_free = |byte: &u8| is_free(byte) || *byte == b'*';
            self.others
                .as_deref()?
                .find(hasher, origin, is_free, is_other)
        };
        fixed_port.or_else(any_port).or_else(other)
    }

    /// Whether an entry matches `origin`.
    #[inline]
    pub(super) fn is_match(&self, hasher: &RandomState, origin: &[u8]) -> bool {
        self.has_groups() && self.find_in_groups(hasher, origin, |_| true).is_some()
            || (self.others.as_ref())
                .is_some_and(|others| others.find_origin(hasher, origin, |_| true).is_some())
    }

    /// An entry that matches `origin` and that `accept` accepts.
    fn find(
        &self,
        hasher: &RandomState,
        origin: &[u8],
        accept: impl Fn(&[u8]) -> bool,
    ) -> Option<&str> {
        let found = self.find_in_groups(hasher, origin, &accept);
        match &self.others {
            Some(others) if found.is_none() => others.find_origin(hasher, origin, accept),
            _ => found,
        }
    }

    /// Like `find`, without the rare entries.
    fn find_in_groups(
        &self,
        hasher: &RandomState,
        origin: &[u8],
        accept: impl Fn(&[u8]) -> bool,
    ) -> Option<&str> {
        let (scheme, authority) = split_scheme(origin)?;
        if authority.len() > host::MAX_LEN {
            Origin::parse(origin)?; // This checks the lengths of the host and the port.
        }
        let fixed_port = self.fixed_port.find(hasher, scheme, authority, &accept);
        if fixed_port.is_some() || self.any_port.table.is_empty() {
            return fixed_port;
        }
        let (host, port) = split_unchecked_authority(authority)?;
        if !is_sent_port(scheme, port) {
            return None;
        }
        // `http://localhost:*`
        let of_host = self.any_port.entry(hasher, scheme, b"://", host, &accept);
        of_host.or_else(|| self.any_port.find(hasher, scheme, host, accept))
    }
}

impl Form {
    fn of(text: &str) -> Self {
        let host = text.split_once("://").map_or(text, |(_, host)| host);
        let (host, any_port) = match host.strip_suffix(":*") {
            Some(host) => (host, true),
            None => (host, false),
        };
        let is_plain = host.starts_with("*.") || !host.contains('*');
        match (is_plain, any_port) {
            (true, false) => Self::FixedPort,
            (true, true) => Self::AnyPort,
            (false, _) if host == "*" => Self::Scheme,
            (false, false) => Self::Label,
            (false, true) => Self::LabelAnyPort,
        }
    }
}

/// Whether `*` inside a label stands for this byte.
fn is_free(byte: &u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-')
}

impl Others {
    fn iter(&self) -> impl Iterator<Item = &str> {
        let labels = self.labels.iter().chain(self.labels_any_port.iter());
        self.schemes.iter().chain(labels)
    }

    /// Returns `false` if the entry is a duplicate.
    fn insert_scheme(&mut self, hasher: &RandomState, text: &str) -> bool {
        let hash = |text: &str| {
            let scheme = text.strip_suffix("://*").unwrap_or(text);
            hash(hasher, scheme.as_bytes())
        };
        let is_it = |other: &[u8]| other == text.as_bytes();
        let is_new = self.schemes.find(hash(text), is_it).is_none();
        if is_new {
            self.schemes.insert(hash(text), text, hash);
        }
        is_new
    }

    #[cold] // So that it does not slow down policies without such entries.
    fn find_origin(
        &self,
        hasher: &RandomState,
        origin: &[u8],
        accept: impl Fn(&[u8]) -> bool,
    ) -> Option<&str> {
        self.find(hasher, Origin::parse(origin)?, is_free, accept)
    }

    /// An entry that matches `origin`. `*` inside a label stands for bytes that `is_free` accepts.
    fn find(
        &self,
        hasher: &RandomState,
        origin: Origin<'_>,
        is_free: impl Fn(&u8) -> bool,
        accept: impl Fn(&[u8]) -> bool,
    ) -> Option<&str> {
        let Origin {
            scheme,
            authority,
            port,
        } = origin;
        if port.is_empty() && !authority.is_empty() && !self.schemes.is_empty() {
            let found = self.schemes.find(hash(hasher, scheme), |text| {
                text.strip_suffix(b"://*") == Some(scheme) && accept(text)
            });
            if found.is_some() {
                return found;
            }
        }
        let host = authority.strip_suffix(port).unwrap_or(authority);
        let labels = self
            .labels
            .find(hasher, scheme, authority, &is_free, &accept);
        labels.or_else(|| {
            self.labels_any_port
                .find(hasher, scheme, host, is_free, accept)
        })
    }
}

impl Group {
    /// Returns `false` if the entry is a duplicate.
    fn insert(&mut self, hasher: &RandomState, text: &str) -> bool {
        let hash_of = |text: &str| hash(hasher, key(text));
        let hash = hash_of(text);
        let is_equal = |other: &[u8]| other == text.as_bytes();
        if self.table.find(hash, is_equal).is_some() {
            return false;
        }
        self.table.insert(hash, text, hash_of);
        let len = key(text).len();
        if let Some(bits) = self.lengths.get_mut(len / 64) {
            *bits |= 1 << (len % 64);
        }
        self.shortest = self.shortest.min(len);
        if self.long == usize::MAX || self.long < len + FEW {
            self.long = len + FEW;
        }
        true
    }

    /// An entry with `*.` that matches `host`. The host has its port if the entries have fixed ports.
    ///
    /// The entries are valid, so only the labels that `*` stands for are checked.
    fn find(
        &self,
        hasher: &RandomState,
        scheme: &[u8],
        host: &[u8],
        accept: impl Fn(&[u8]) -> bool,
    ) -> Option<&str> {
        if host.len() > self.long {
            return self.find_in_long(hasher, scheme, host, accept);
        }
        let mut labels = host;
        while labels.len() > self.shortest {
            // For `a.b.c`, this is `.b.c`, then `.c`.
            let rest = host::after_first_label(labels)?;
            let found = self.entry(hasher, scheme, b"://*", rest, &accept);
            if found.is_some() {
                return found;
            }
            labels = rest.strip_prefix(b".")?;
        }
        None
    }

    /// The lengths of the keys, the longest first.
    fn lengths_from_longest(&self) -> impl Iterator<Item = usize> {
        let words = (0..self.lengths.len()).zip(self.lengths).rev();
        words.flat_map(|(number, mut bits)| {
            std::iter::from_fn(move || {
                let highest = bits.checked_ilog2()?;
                bits &= !(1 << highest);
                Some(number * 64 + highest as usize)
            })
        })
    }

    /// [`find`](Self::find) for a host with many bytes before the longest key: each length of a key is tried.
    #[cold] // Few hosts are long.
    fn find_in_long(
        &self,
        hasher: &RandomState,
        scheme: &[u8],
        host: &[u8],
        accept: impl Fn(&[u8]) -> bool,
    ) -> Option<&str> {
        let ends = self.lengths_from_longest().filter_map(|len| {
            let (labels, rest) = host.split_at_checked(host.len().checked_sub(len)?)?;
            rest.starts_with(b".").then_some((labels, rest))
        });
        let found = |rest| self.entry(hasher, scheme, b"://*", rest, &accept);
        let mut matches = ends.filter_map(|(labels, rest)| Some((labels, found(rest)?)));
        // With a shorter key, `*` would stand for these labels, too.
        let (labels, entry) = matches.next()?;
        host::are_labels(labels).then_some(entry)
    }

    /// The entry that consists of `scheme`, `mark`, `rest` and possibly `:*`.
    fn entry<const N: usize>(
        &self,
        hasher: &RandomState,
        scheme: &[u8],
        mark: &[u8; N],
        rest: &[u8],
        accept: impl Fn(&[u8]) -> bool,
    ) -> Option<&str> {
        let bits = self.lengths.get(rest.len() / 64);
        if bits.is_some_and(|bits| bits >> (rest.len() % 64) & 1 == 0) {
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

/// If a host has fewer bytes before the longest key, its labels are searched.
const FEW: usize = 32;

/// The part of an entry by which it is found.
fn key(text: &str) -> &[u8] {
    let start = text.strip_suffix(":*").unwrap_or(text);
    let (_, rest) = split_scheme(start.as_bytes()).unwrap_or_default();
    rest.strip_prefix(b"*").unwrap_or(rest)
}

const _: () = assert!(
    host::MAX_LEN + MAX_PORT_LEN < 5 * 64,
    "the lengths of hosts with ports must fit into the bits"
);

#[cfg(test)]
mod tests {
    use super::Patterns;
    use crate::origin::pattern::Entry;
    use foldhash::fast::RandomState;

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
            "https://e-*.a.com:8443",
            "https://f-*.a.com:*",
            "x://*",
        ]);
        assert!(!patterns.is_empty());
        assert_eq!(patterns.iter().count(), 9);
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
            ("https://e-1.a.com:8443", Some("https://e-*.a.com:8443")),
            ("https://e-1.a.com:8444", None),
            ("https://e-.a.com:8443", None),
            ("http://e-1.a.com:8443", None),
            ("https://e-x.y.a.com:8443", None),
            ("https://f-1.a.com:1", Some("https://f-*.a.com:*")),
            ("https://f-1.a.com:443", None),
            ("https://f-1.a.com:", None),
            ("https://f-1.a.comx:1", None),
            ("x://y", Some("x://*")),
            ("x://y.z.", Some("x://*")),
            ("x://.", Some("x://*")),
            ("x://[::1]", Some("x://*")),
            ("x://", None),
            ("x://y:1", None),
            ("x://y/", None),
            ("x://*", None),
            ("xx://y", None),
        ] {
            let find =
                |accept: fn(&[u8]) -> bool| patterns.find(&hasher, origin.as_bytes(), accept);
            assert_eq!(find(|_| true), entry, "{origin}");
            assert_eq!(find(|_| false), None, "{origin}");
        }
    }

    /// For an origin that ends like an entry, only these labels are checked.
    #[test]
    fn what_a_wildcard_stands_for_is_checked() {
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

    /// For a `*` inside a label, every byte of the label is checked, and the length of the name.
    #[test]
    fn what_a_wildcard_in_a_label_stands_for_is_checked() {
        let (hasher, patterns) = patterns(&["https://a*b.c.com", "https://a*b.d.com:*"]);
        let long = |len| "x".repeat(len);
        for (middle, matches) in [
            ("x", true),
            ("0-", true),
            ("-", true),
            ("xn--x", true),
            (&long(61), true),
            (&long(62), false),
            ("", false),
            ("_", false),
            (".", false),
            ("x.x", false),
            ("X", false),
            ("/", false),
            ("*", false),
            ("\u{e9}", false),
            ("\0", false),
        ] {
            for end in [".c.com", ".d.com", ".d.com:1"] {
                let origin = format!("https://a{middle}b{end}");
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
            "https://x.a.com:*",
            "https://*.e.com:8443",
            "https://*.e.com:*",
            "https://g*.g.com",
            "https://g*.g.com:*",
            "https://hx*.h.com",
            "https://h*x.h.com",
            "x://*",
        ]);
        for (text, other) in [
            ("https://*.a.com", None),
            ("https://x.a.com:*", None),
            ("https://*.e.com", Some("https://*.e.com:*")),
            ("https://*.e.com:8443", Some("https://*.e.com:*")),
            ("https://*.x.e.com:8443", Some("https://*.e.com:8443")),
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
            ("https://f-*.a.com", Some("https://*.a.com")),
            ("https://f-*.c.com", Some("https://*.c.com:*")),
            ("https://f-*.c.com:*", Some("https://*.c.com:*")),
            ("https://f-*.b.a.com", Some("https://*.b.a.com")),
            ("https://f-*.a.com:*", None),
            ("https://g*.g.com", Some("https://g*.g.com:*")),
            ("https://gx*.g.com", Some("https://g*.g.com")),
            ("https://g*x.g.com", Some("https://g*.g.com")),
            ("https://gx.g.com", Some("https://g*.g.com")),
            ("https://g_*.g.com", None),
            ("https://g.g.com", None),
            ("https://*.g.com", None),
            ("https://g*.g.com:8443", Some("https://g*.g.com:*")),
            ("https://g*.g.com:*", None),
            ("https://gx*.g.com:*", Some("https://g*.g.com:*")),
            ("https://h*x.h.com", None),
            ("https://h*.h.com", None),
            ("https://hx*x.h.com", Some("https://hx*.h.com")),
            ("https://ha*x.h.com", Some("https://h*x.h.com")),
            ("https://i*.h.com", None),
            ("https://hxx.h.com", Some("https://hx*.h.com")),
            ("x://*", None),
            ("x://*.y", Some("x://*")),
            ("x://*.y:1", None),
            ("x://*.y:*", None),
            ("x://y*.z", Some("x://*")),
            ("x://y", Some("x://*")),
            ("x://y:*", None),
            ("x://.", Some("x://*")),
            ("x://", None),
            ("y://*", None),
        ] {
            assert_eq!(patterns.covering(&hasher, text), other, "{text}");
        }
    }

    #[test]
    fn first_labels_are_skipped_only_if_they_are_valid() {
        let (hasher, patterns) = patterns(&["https://*.a.com", "https://*.long.b.com:*"]);
        for count in 1..130 {
            for (label, is_valid) in [("x", true), ("X", false), ("", false), (":1", false)] {
                for at in [0, count / 2, count - 1] {
                    let mut labels = vec!["y"; count];
                    labels[at] = label;
                    let labels = labels.join(".");
                    for end in ["a.com", "long.b.com", "long.b.com:1", "b.com"] {
                        let host = format!("{labels}.{end}");
                        let is_short = host.trim_end_matches(":1").len() <= 253;
                        let origin = format!("https://{host}");
                        let matches = is_valid && is_short && end != "b.com";
                        assert_eq!(
                            patterns.is_match(&hasher, origin.as_bytes()),
                            matches,
                            "{origin}"
                        );
                    }
                }
            }
        }
        for (len, matches) in [(63, true), (64, false)] {
            let origin = format!("https://{}.y.{}.a.com", "x".repeat(len), "z".repeat(60));
            assert_eq!(patterns.is_match(&hasher, origin.as_bytes()), matches);
        }
    }

    #[test]
    fn ends_with_another_length_are_not_hashed() {
        let long = format!("https://*.{}.com", "a".repeat(63));
        let (hasher, mut patterns) = patterns(&["http://a.com:*", &long]);
        assert_eq!(patterns.any_port.lengths, [1 << 5, 0, 0, 0, 0]);
        assert_eq!(patterns.any_port.shortest, 5);
        assert_eq!(patterns.fixed_port.lengths, [0, 1 << 4, 0, 0, 0]);
        assert_eq!(patterns.fixed_port.shortest, 68);
        patterns.any_port.lengths = [!(1 << 5), !0, !0, !0, !0];
        assert_eq!(patterns.find(&hasher, b"http://a.com:8080", |_| true), None);
    }

    /// Any number of labels, and one that is not valid at each place.
    #[test]
    fn many_labels() {
        let (hasher, patterns) = patterns(&["https://*.a.com", "https://*.b.c.a.com:*"]);
        let is_match = |labels: &[&str], end: &str| {
            let origin = format!("https://{}{end}", labels.join("."));
            patterns.is_match(&hasher, origin.as_bytes())
        };
        for count in 1..=40 {
            let mut labels = vec!["b"; count];
            assert!(is_match(&labels, ".a.com"), "{count}");
            assert!(is_match(&labels, ".b.c.a.com:1"), "{count}");
            assert!(!is_match(&labels, ".a.org"), "{count}");
            assert!(!is_match(&labels, "a.com"), "{count}");
            for place in 0..count {
                for label in ["", "B", "b,"] {
                    labels[place] = label;
                    assert!(!is_match(&labels, ".a.com"), "{count}, {place}");
                    assert!(!is_match(&labels, ".b.c.a.com:1"), "{count}, {place}");
                    labels[place] = "b";
                }
            }
        }
    }
}
