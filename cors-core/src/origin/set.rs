//! The origins that a policy allows.
//!
//! A look-up takes the same time for ten entries and for a million. Exact origins and patterns are found
//! by hash. To find patterns, the rest of the host after each label is hashed.

use super::MAX_LEN;
use super::patterns::Patterns;
use super::regex::OriginRegex;
use super::table::{Table, hash};
use foldhash::fast::RandomState;

/// The origins of a policy that lists them, instead of allowing all with `*`.
#[derive(Clone, Debug, Default)]
pub(crate) struct OriginSet {
    pub(super) null: bool,
    pub(super) exact: Table,
    pub(super) patterns: Patterns,
    pub(super) regex: Option<OriginRegex>,
    /// Whether there is anything other than exact origins, so that most policies check nothing else.
    pub(super) has_more: bool,
    pub(super) hasher: RandomState,
}

impl OriginSet {
    #[inline]
    pub(crate) fn contains(&self, origin: &[u8]) -> bool {
        let is_exact = match self.exact.single() {
            Some(single) => single.as_bytes() == origin,
            None => !self.exact.is_empty() && self.is_listed(origin),
        };
        is_exact || self.has_more && self.is_matched(origin)
    }

    fn is_listed(&self, origin: &[u8]) -> bool {
        let find = |hash| self.exact.find(hash, |text| text == origin);
        origin.len() <= MAX_LEN && find(hash(&self.hasher, origin)).is_some()
    }

    /// Whether anything other than an exact entry allows `origin`.
    fn is_matched(&self, origin: &[u8]) -> bool {
        let is_match = |regex: &OriginRegex| regex.allows(origin);
        origin.len() <= MAX_LEN
            && (self.null && origin == b"null"
                || self.patterns.is_match(&self.hasher, origin)
                || self.regex.as_ref().is_some_and(is_match))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.exact.is_empty() && !self.has_more
    }

    /// The exact origins and patterns, without those that another entry covers.
    pub(crate) fn entries(&self) -> impl Iterator<Item = &str> {
        self.patterns.iter().chain(self.exact.iter())
    }

    /// The entries without a wildcard.
    pub(crate) fn exact_entries(&self) -> impl Iterator<Item = &str> {
        self.exact.iter()
    }

    /// The entries with a wildcard.
    pub(crate) fn patterns(&self) -> impl Iterator<Item = &str> {
        self.patterns.iter()
    }

    pub(crate) fn regex(&self) -> Option<&OriginRegex> {
        self.regex.as_ref()
    }

    pub(crate) fn allows_null(&self) -> bool {
        self.null
    }

    /// `allow_origins` in normal form.
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

/// Two sets are equal if they have the same entries and the same regex.
impl PartialEq for OriginSet {
    fn eq(&self, other: &Self) -> bool {
        self.regex_source() == other.regex_source() && self.to_list() == other.to_list()
    }
}

impl Eq for OriginSet {}
