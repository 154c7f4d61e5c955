//! Which policies apply to the host of a request.
//!
//! A host is found by hash, so a look-up takes the same time for ten hosts and for 100,000.
//!
//! Servers read a dot at the end of a name in different ways: `api.example.` is `api.example` or another
//! host. If one of the two has policies, it is unclear which apply.

use crate::origin::host::{MAX_LEN, is_common_name};
use crate::request::RequestHead;
use crate::request_host::{self, HostName};
use foldhash::fast::RandomState;
use std::collections::HashMap;

/// Something for each of some hosts, in the form of a browser and without a dot at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hosts<V>(HashMap<Box<[u8]>, V, RandomState>);

/// What applies to the host of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found<'a, V> {
    Listed(&'a V),
    /// The host is clear, but not listed.
    Other,
    /// The host is missing, repeated, malformed, or read in different ways.
    Ambiguous,
}

impl<V> Hosts<V> {
    pub(crate) fn new() -> Self {
        Self(HashMap::default())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a host. Returns `false` if it is there already.
    pub(crate) fn insert(&mut self, host: &str, value: V) -> bool {
        let is_new = !self.0.contains_key(host.as_bytes());
        if is_new {
            self.0.insert(host.as_bytes().into(), value);
        }
        is_new
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &[u8]> {
        self.0.keys().map(AsRef::as_ref)
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &V> + Clone {
        self.0.values()
    }

    /// Replaces every value.
    ///
    /// # Errors
    ///
    /// Returns the first error of `map`.
    pub(crate) fn try_map<W, E>(
        self,
        mut map: impl FnMut(V) -> Result<W, E>,
    ) -> Result<Hosts<W>, E> {
        let all = self.0.into_iter();
        let all = all.map(|(host, value)| Ok((host, map(value)?)));
        all.collect::<Result<_, E>>().map(Hosts)
    }

    pub(crate) fn find<R: RequestHead>(&self, request: &R) -> Found<'_, V> {
        match request_host::of(request) {
            // A shortcut: most hosts are written as they are listed.
            Ok(host) => match self.get(host) {
                Some(value) => Found::Listed(value),
                None if is_common_name(host) => Found::Other,
                None => self.find_name(host),
            },
            Err(_) => Found::Ambiguous,
        }
    }

    pub(crate) fn get(&self, host: &[u8]) -> Option<&V> {
        (host.len() <= MAX_LEN).then(|| self.0.get(host)).flatten()
    }

    #[inline(never)]
    fn find_name(&self, host: &[u8]) -> Found<'_, V> {
        let Ok(name) = HostName::parse(host) else {
            return Found::Ambiguous;
        };
        match self.get(name.as_bytes()) {
            Some(value) => Found::Listed(value),
            None => self.find_unlisted(&name),
        }
    }

    fn find_unlisted(&self, host: &HostName) -> Found<'_, V> {
        let without_dot = host.as_bytes().strip_suffix(b".");
        let is_listed = without_dot.is_some_and(|host| self.0.contains_key(host));
        if is_listed || !host.is_valid() {
            Found::Ambiguous
        } else {
            Found::Other
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Found, Hosts};
    use crate::{RequestHead, RequestHeader};
    use proptest::prelude::*;
    use std::collections::BTreeSet;
    use url::Host;

    struct Request {
        lines: Vec<String>,
        contradicts_target: bool,
    }

    impl RequestHead for Request {
        fn method(&self) -> &[u8] {
            b"GET"
        }

        fn lines(&self, header: RequestHeader) -> impl Iterator<Item = &[u8]> {
            let is_host = header == RequestHeader::Host;
            let lines = self.lines.iter().map(String::as_bytes);
            lines.filter(move |_| is_host)
        }

        fn host_contradicts_target(&self) -> bool {
            self.contradicts_target
        }
    }

    /// The host of a line, by a regex and the parser of browsers. `None` if no browser sends it.
    fn host_of(line: &str) -> Option<String> {
        let syntax = r"\A(?i:([a-z0-9_.-]+|\[[0-9a-f:.]*\]))(?::([1-9][0-9]{0,4}))?\z";
        let parts = regex::Regex::new(syntax).unwrap().captures(line)?;
        if let Some(port) = parts.get(2) {
            port.as_str().parse::<u16>().ok()?;
        }
        let host = parts[1].to_ascii_lowercase();
        let name = host.strip_suffix('.').unwrap_or(&host);
        let is_sent = match Host::parse(&host).ok()? {
            Host::Ipv4(address) => host == address.to_string(),
            Host::Ipv6(_) => Host::parse(&host).unwrap().to_string() == host,
            Host::Domain(_) => name.split('.').all(|label| (1..64).contains(&label.len())),
        };
        is_sent.then_some(host)
    }

    /// The rules of all readings of the request. Empty if the host cannot be read.
    fn rules_of(rules: &[&str], request: &Request) -> BTreeSet<Option<usize>> {
        let [line] = request.lines.as_slice() else {
            return BTreeSet::new();
        };
        let (Some(host), false) = (host_of(line), request.contradicts_target) else {
            return BTreeSet::new();
        };
        let readings = [host.as_str(), host.trim_end_matches('.')];
        let rule = |host| rules.iter().position(|rule| *rule == host);
        readings.map(rule).into_iter().collect()
    }

    const RULES: [&[&str]; 4] = [
        &["a"],
        &["a.b", "b", "1.a"],
        &["127.0.0.1", "a", "a.a"],
        &["[::1]", "a_b.a", "[1:2::]"],
    ];

    proptest! {
        /// All readings have the rule that was found, or they differ, or there is none.
        #[test]
        fn agrees_with_a_naive_one(
            rules in prop::sample::select(RULES.to_vec()),
            lines in prop::collection::vec(
                "(a|b|A|\\.|\\.|-|_|1|0|127\\.0\\.0\\.1|\\[::1\\]|\\[1:2::\\]|\\[::1\\.|:|@|%61| ){1,4}\
                 (:80|:443|:0|:08|:65535|:65536|:|:x)?",
                0..3,
            ),
            contradicts_target in prop::bool::weighted(0.1),
        ) {
            let request = Request { lines, contradicts_target };
            let mut hosts = Hosts::new();
            for (number, host) in rules.iter().enumerate() {
                assert!(hosts.insert(host, number));
            }
            let naive: Vec<_> = rules_of(rules, &request).into_iter().collect();
            let expected = match naive.as_slice() {
                [Some(rule)] => Found::Listed(rule),
                [None] => Found::Other,
                _ => Found::Ambiguous,
            };
            prop_assert_eq!(hosts.find(&request), expected, "{:?}", request.lines);
        }
    }

    /// The generator above makes hosts of every kind.
    #[test]
    fn the_naive_one_reads_hosts() {
        for (line, host) in [
            ("a", Some("a")),
            ("A.b.:443", Some("a.b.")),
            ("127.0.0.1:80", Some("127.0.0.1")),
            ("[::1]:65535", Some("[::1]")),
            ("127.0.0.01", None),
            ("a.1", None),
            ("a..b", None),
            (".", None),
            ("a:65536", None),
            ("a@b", None),
        ] {
            assert_eq!(host_of(line).as_deref(), host, "{line}");
        }
    }

    #[test]
    fn many_hosts() {
        let mut hosts = Hosts::new();
        let name = |n: u32| format!("api.tenant-{n}.example");
        for n in 0..1_000 {
            assert!(hosts.insert(&name(n), n));
            assert!(!hosts.insert(&name(n), n));
        }
        for n in 0..1_000 {
            let request = |host: String| Request {
                lines: vec![host],
                contradicts_target: false,
            };
            assert_eq!(hosts.find(&request(name(n))), Found::Listed(&n));
            assert_eq!(hosts.find(&request(name(n) + ".")), Found::Ambiguous);
            assert_eq!(hosts.find(&request(name(n + 1_000))), Found::Other);
        }
    }
}
