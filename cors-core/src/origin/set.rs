//! The origins that a policy allows.
//!
//! A look-up takes the same time for ten entries and for a million. Exact origins and patterns are found
//! by hash. To find patterns, the rest of the host after each label is hashed.

use super::MAX_LEN;
use super::exact::Exact;
use super::overlay::Overlay;
use super::patterns::Patterns;
use super::regex::OriginRegex;
use foldhash::fast::RandomState;
use std::sync::Arc;

/// Entries, one after another. No request asks for them, and the iterators inside would be compiled again for each caller.
pub(crate) type Texts<'a> = Box<dyn Iterator<Item = &'a str> + 'a>;

/// The origins of a policy that lists them, instead of allowing all with `*`.
#[derive(Clone, Debug, Default)]
pub(crate) struct OriginSet {
    pub(super) null: bool,
    /// None in a set with an overlay, so that other sets do not look for one on a hit.
    pub(super) exact: Exact,
    pub(super) patterns: Patterns,
    pub(super) regex: Option<OriginRegex>,
    /// The exact entries of a large set that was changed after the build.
    pub(super) overlay: Option<Arc<Overlay>>,
    /// Whether there is anything other than `exact`, so that most policies check nothing else.
    pub(super) has_more: bool,
    pub(super) hasher: RandomState,
}

impl OriginSet {
    #[inline]
    pub(crate) fn contains(&self, origin: &[u8]) -> bool {
        self.exact.contains(&self.hasher, origin) || self.has_more && self.is_matched(origin)
    }

    /// Whether anything other than `exact` allows `origin`.
    fn is_matched(&self, origin: &[u8]) -> bool {
        let is_match = |regex: &OriginRegex| regex.allows(origin);
        origin.len() <= MAX_LEN
            && (self.null && origin == b"null"
                || self.patterns.is_match(&self.hasher, origin)
                || self.regex.as_ref().is_some_and(is_match)
                || self.overlay.is_some() && self.is_in_overlay(origin))
    }

    #[cold] // So that it does not slow down sets that were never changed.
    fn is_in_overlay(&self, origin: &[u8]) -> bool {
        let overlay = self.overlay.as_ref();
        overlay.is_some_and(|overlay| overlay.contains(&self.hasher, origin))
    }

    /// Sets `has_more`, after a change of anything else.
    pub(super) fn note_more(&mut self) {
        self.has_more = self.overlay.is_some() || self.has_other_kinds();
    }

    /// Whether there is anything other than entries without a wildcard.
    fn has_other_kinds(&self) -> bool {
        self.null || !self.patterns.is_empty() || self.regex.is_some()
    }

    pub(crate) fn is_empty(&self) -> bool {
        let has_overlay = self
            .overlay
            .as_ref()
            .is_some_and(|overlay| !overlay.is_empty());
        self.exact.is_empty() && !has_overlay && !self.has_other_kinds()
    }

    /// The exact origins and patterns, without those that another entry covers.
    pub(crate) fn entries(&self) -> Texts<'_> {
        Box::new(self.patterns().chain(self.exact_entries()))
    }

    /// Some of the entries: what is found in `count` steps.
    pub(crate) fn first_entries(&self, count: usize) -> Texts<'_> {
        let overlay = self.overlay.iter();
        let changed = overlay.flat_map(|overlay| overlay.candidates(&self.hasher));
        let unchanged = self.patterns().chain(self.exact.iter());
        Box::new(unchanged.map(Some).chain(changed).take(count).flatten())
    }

    /// The entries without a wildcard.
    pub(crate) fn exact_entries(&self) -> Texts<'_> {
        match &self.overlay {
            None => Box::new(self.exact.iter()),
            Some(overlay) => Box::new(self.exact.iter().chain(overlay.entries(&self.hasher))),
        }
    }

    /// The entries with a wildcard.
    pub(crate) fn patterns(&self) -> Texts<'_> {
        Box::new(self.patterns.iter())
    }

    /// A pattern that allows the origin `text`.
    pub(crate) fn covering_pattern(&self, text: &str) -> Option<&str> {
        self.patterns.covering(&self.hasher, text)
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
