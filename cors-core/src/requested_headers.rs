//! `Access-Control-Request-Headers`: the check of the names that a script wants to send.
//!
//! Fetch makes the value of lower-case names, sorted and joined by bare commas, in one line. Proxies
//! split lines and add white space, other clients sort as they like and repeat names, so all of that
//! is taken (RFC 9110, section 5.6.1), within a budget: the value comes from strangers, and its check
//! must not cost more than the policy is worth.

use crate::decision::HeadersRefusal;
use crate::header_name::SAFELISTED;
use crate::request::{RequestHead, RequestHeader};
use crate::token::is_token;
use std::cmp::Ordering;

/// What `allow_headers` comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AllowedHeaders {
    /// `*`
    Any,
    Listed(ListedHeaders),
}

/// The configured names and the safelisted ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListedHeaders {
    /// As they are sent, sorted by bytes as Starlette does.
    names: Vec<String>,
    /// In lower case, sorted.
    lower: Vec<String>,
    budget: usize,
}

/// Bytes that an any-header policy reads.
const ANY_BUDGET: usize = 4096;

/// Bytes for white space, empty elements and lines, beyond the names themselves.
const TOLERANCE: usize = 256;

/// What a line costs of the budget, its bytes not counted.
const LINE_COST: usize = 16;

impl ListedHeaders {
    /// `names` are tokens; of two that differ in case only, the first is kept.
    pub(crate) fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut kept: Vec<String> = Vec::new();
        let mut lower = std::collections::BTreeSet::new();
        for name in SAFELISTED.into_iter().chain(names) {
            if lower.insert(name.to_ascii_lowercase()) {
                kept.push(name.to_owned());
            }
        }
        kept.sort_unstable();
        // Every name twice, with a comma and a blank each: Firefox repeats some.
        let budget = TOLERANCE + kept.iter().map(|name| 2 * (name.len() + 2)).sum::<usize>();
        Self {
            names: kept,
            lower: lower.into_iter().collect(),
            budget,
        }
    }

    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// The names beyond the safelisted ones.
    pub(crate) fn configured(&self) -> impl Iterator<Item = &str> {
        self.names
            .iter()
            .map(String::as_str)
            .filter(|name| !SAFELISTED.contains(name))
    }

    fn contains(&self, name: &[u8]) -> bool {
        self.lower
            .binary_search_by(|known| compare_lower(known.as_bytes(), name))
            .is_ok()
    }
}

/// `known`, which is lower-case, against `name` in lower case.
fn compare_lower(known: &[u8], name: &[u8]) -> Ordering {
    known
        .iter()
        .copied()
        .cmp(name.iter().map(u8::to_ascii_lowercase))
}

impl AllowedHeaders {
    /// Whether every requested name is a token and allowed.
    pub(crate) fn check<R: RequestHead + ?Sized>(&self, request: &R) -> Result<(), HeadersRefusal> {
        match self.first_refused(request) {
            None => Ok(()),
            Some((refusal, _)) => Err(refusal),
        }
    }

    /// The first requested name that is refused, and why.
    pub(crate) fn first_refused<'a, R: RequestHead + ?Sized>(
        &self,
        request: &'a R,
    ) -> Option<(HeadersRefusal, &'a [u8])> {
        let mut budget = match self {
            Self::Any => ANY_BUDGET,
            Self::Listed(listed) => listed.budget,
        };
        for line in request.lines(RequestHeader::AccessControlRequestHeaders) {
            match budget.checked_sub(line.len() + LINE_COST) {
                Some(left) => budget = left,
                None => return Some((HeadersRefusal::TooLong, b"")),
            }
        }
        requested(request).find_map(|name| {
            if let Self::Listed(listed) = self
                && listed.contains(name)
            {
                None
            } else if !is_token(name) {
                Some((HeadersRefusal::Malformed, name))
            } else if matches!(self, Self::Any) {
                None
            } else {
                Some((HeadersRefusal::NotAllowed, name))
            }
        })
    }
}

/// The names that a request asks for in `Access-Control-Request-Headers`, as they are written there,
/// joined by `, `: the value for [`Change::SetRequestedHeaders`](crate::Change). `None` if there are
/// none, or bytes that are no names.
pub fn requested_header_names<R: RequestHead + ?Sized>(request: &R) -> Option<String> {
    let mut list = String::new();
    for name in requested(request) {
        let name = std::str::from_utf8(name)
            .ok()
            .filter(|name| is_token(name.as_bytes()))?;
        if !list.is_empty() {
            list.push_str(", ");
        }
        list.push_str(name);
    }
    (!list.is_empty()).then_some(list)
}

fn requested<R: RequestHead + ?Sized>(request: &R) -> impl Iterator<Item = &[u8]> {
    names(request.lines(RequestHeader::AccessControlRequestHeaders))
}

/// The elements of a list over any number of lines, without white space; empty ones are skipped.
pub(crate) fn names<'a>(lines: impl Iterator<Item = &'a [u8]>) -> impl Iterator<Item = &'a [u8]> {
    lines
        .flat_map(|line| line.split(|&byte| byte == b','))
        .map(trim)
        .filter(|name| !name.is_empty())
}

/// Without optional white space (RFC 9110, section 5.6.3) at both ends.
pub(crate) fn trim(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}
