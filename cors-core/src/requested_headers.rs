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

#[cfg(test)]
mod tests {
    use super::{AllowedHeaders, ListedHeaders, requested_header_names};
    use crate::decision::HeadersRefusal;
    use crate::request::{RequestHead, RequestHeader};

    /// The lines of `Access-Control-Request-Headers`.
    struct Lines(Vec<String>);

    impl RequestHead for Lines {
        fn method(&self) -> &[u8] {
            b"OPTIONS"
        }

        fn lines(&self, header: RequestHeader) -> impl Iterator<Item = &[u8]> {
            let asked = header == RequestHeader::AccessControlRequestHeaders;
            self.0.iter().filter(move |_| asked).map(String::as_bytes)
        }
    }

    fn lines<const N: usize>(lines: [&str; N]) -> Lines {
        Lines(lines.map(str::to_owned).into())
    }

    fn listed() -> AllowedHeaders {
        AllowedHeaders::Listed(ListedHeaders::new(["X-B", "x-a", "ACCEPT"]))
    }

    #[test]
    fn the_names_of_a_policy() {
        let AllowedHeaders::Listed(listed) = listed() else {
            panic!("it is a list");
        };
        let names = [
            "Accept",
            "Accept-Language",
            "Content-Language",
            "Content-Type",
            "X-B",
            "x-a",
        ];
        assert_eq!(listed.names(), names);
        assert!(listed.configured().eq(["X-B", "x-a"]));
    }

    #[test]
    fn the_first_name_that_is_refused() {
        for (request, refused) in [
            (lines([]), None),
            (lines(["x-a,X-B, x-A ,,\taccept", "content-TYPE", ""]), None),
            (
                lines(["x-a,x-c,x:d"]),
                Some((HeadersRefusal::NotAllowed, "x-c")),
            ),
            (
                lines(["x-a", "x:d,x-c"]),
                Some((HeadersRefusal::Malformed, "x:d")),
            ),
            (
                lines(["x-a x-b"]),
                Some((HeadersRefusal::Malformed, "x-a x-b")),
            ),
            (lines(["x-"]), Some((HeadersRefusal::NotAllowed, "x-"))),
        ] {
            let refused = refused.map(|(refusal, name)| (refusal, name.as_bytes()));
            assert_eq!(listed().first_refused(&request), refused, "{:?}", request.0);
        }
        let any = AllowedHeaders::Any;
        assert_eq!(any.check(&lines(["x-c, accept"])), Ok(()));
        assert_eq!(
            any.check(&lines(["x-c, x:d"])),
            Err(HeadersRefusal::Malformed)
        );
    }

    /// Two lines of exactly as many bytes as are read, and one more.
    #[test]
    fn how_much_is_read() {
        let names = "AcceptAccept-LanguageContent-LanguageContent-TypeX-Bx-a".len();
        for (allowed, budget) in [
            (listed(), 256 + 2 * (names + 6 * ", ".len())),
            (AllowedHeaders::Any, 4096),
        ] {
            let check = |bytes: usize| allowed.check(&lines([",", &",".repeat(bytes - 1)]));
            assert_eq!(check(budget - 2 * 16), Ok(()));
            assert_eq!(check(budget - 2 * 16 + 1), Err(HeadersRefusal::TooLong));
        }
    }

    #[test]
    fn names_to_send_back() {
        for (request, names) in [
            (lines([]), None),
            (lines([" ,", ""]), None),
            (lines(["x-b,X-A", " x-b\t"]), Some("x-b, X-A, x-b")),
            (lines(["x-a,x:b"]), None),
            (lines(["x-a,\u{e9}"]), None),
        ] {
            assert_eq!(
                requested_header_names(&request).as_deref(),
                names,
                "{:?}",
                request.0
            );
        }
    }
}
