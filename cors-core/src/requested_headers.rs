//! The check of `Access-Control-Request-Headers`, the names of the headers that a script wants to send.
//!
//! A browser sends one line with sorted lower-case names and bare commas (Fetch, ["CORS-preflight
//! fetch"], step 5). A proxy may split the line and add white space, and another client may use any
//! order and repeat names. All of that is accepted (RFC 9110, [section 5.6.1]), up to a limit in bytes,
//! because the value can come from an attacker.
//!
//! ["CORS-preflight fetch"]: https://fetch.spec.whatwg.org/#cors-preflight-fetch
//! [section 5.6.1]: https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1

use crate::decision::HeadersRefusal;
use crate::header_name::SAFELISTED;
use crate::request::{Lines, RequestHead, RequestHeader};
use crate::token::{is_token, is_token_byte, list_elements, trim};
use std::cmp::Ordering;

/// The request headers that a policy allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AllowedHeaders {
    /// `*`
    Any,
    Listed(ListedHeaders),
}

/// The configured names and the safelisted ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListedHeaders {
    /// As they are sent in the response, sorted by bytes as in Starlette.
    names: Vec<String>,
    /// In lower case, sorted.
    lower: Vec<String>,
    /// How many bytes of a request are read.
    budget: usize,
}

/// How many bytes are read if any header is allowed.
const ANY_BUDGET: usize = 4096;

/// How many bytes are read in addition to the names, for white space, empty elements and extra lines.
const TOLERANCE: usize = 256;

/// How many bytes a line counts in addition to its length.
const LINE_COST: usize = 16;

impl ListedHeaders {
    /// `names` are tokens. If two differ only in case, the first is kept.
    pub(crate) fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut kept: Vec<String> = Vec::new();
        let mut lower = std::collections::BTreeSet::new();
        for name in SAFELISTED.into_iter().chain(names) {
            if lower.insert(name.to_ascii_lowercase()) {
                kept.push(name.to_owned());
            }
        }
        kept.sort_unstable();
        // Every name twice, each with a comma and a space: Firefox repeats some names.
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

    /// The first name in `line` that is not in the list.
    ///
    /// Browsers send the names in lower case and sorted, so the next name in `line` is usually one of the
    /// next names in the list. Comparing it with those avoids searching for its end.
    fn first_refused<'a>(&self, mut line: &'a [u8]) -> Option<&'a [u8]> {
        /// How many of the next names are compared before the whole list is searched.
        const NEAR: usize = 8;
        let mut next = 0;
        while !line.is_empty() {
            let near = self.lower.iter().enumerate().skip(next).take(NEAR);
            let mut near = near.filter_map(|(at, known)| Some((at, after(line, known)?)));
            if let Some((at, rest)) = near.next() {
                (next, line) = (at + 1, rest);
                continue;
            }
            let (name, rest) = split_name(line);
            match self.position(name) {
                Some(at) => next = at + 1,
                None if name.is_empty() => {}
                None => return Some(name),
            }
            line = rest;
        }
        None
    }

    /// The position of `name`, in any case, in `lower`.
    fn position(&self, name: &[u8]) -> Option<usize> {
        let search = |known: &String| compare_lower(known.as_bytes(), name);
        self.lower.binary_search_by(search).ok()
    }
}

/// The rest of `line` after `name` and its comma. `None` if the first element is not `name`.
fn after<'a>(line: &'a [u8], name: &str) -> Option<&'a [u8]> {
    match line.get(name.len()) {
        None if line == name.as_bytes() => Some(b""),
        Some(b',') => line.strip_prefix(name.as_bytes())?.get(1..),
        _ => None,
    }
}

/// The first element of `line`, without white space at its ends, and the rest after its comma.
fn split_name(line: &[u8]) -> (&[u8], &[u8]) {
    match line.iter().position(|&byte| byte == b',') {
        Some(comma) => (
            trim(line.get(..comma).unwrap_or_default()),
            line.get(comma + 1..).unwrap_or_default(),
        ),
        None => (trim(line), b""),
    }
}

/// Compares `known`, which is in lower case, with `name` converted to lower case.
fn compare_lower(known: &[u8], name: &[u8]) -> Ordering {
    known
        .iter()
        .copied()
        .cmp(name.iter().map(u8::to_ascii_lowercase))
}

impl AllowedHeaders {
    /// Checks that every requested name is a token and allowed.
    pub(crate) fn check<R: RequestHead + ?Sized>(&self, request: &R) -> Result<(), HeadersRefusal> {
        match self.first_refused(request) {
            None => Ok(()),
            Some(Refused::TooLong) => Err(HeadersRefusal::TooLong),
            Some(Refused::Name(name)) if is_token(name) => Err(HeadersRefusal::NotAllowed),
            Some(Refused::Name(_)) => Err(HeadersRefusal::Malformed),
        }
    }

    /// The first requested name that is refused.
    #[inline(always)] // A call costs a preflight 15 instructions more.
    pub(crate) fn first_refused<'a, R: RequestHead + ?Sized>(
        &self,
        request: &'a R,
    ) -> Option<Refused<'a>> {
        let header = RequestHeader::AccessControlRequestHeaders;
        let refused = match Lines::of(request.lines(header)) {
            Lines::None => None,
            // This is what browsers send.
            Lines::One(line) if line.len() + LINE_COST <= self.budget() => self.refused_in(line),
            Lines::One(_) => return Some(Refused::TooLong),
            Lines::Several => {
                let mut budget = self.budget();
                for line in request.lines(header) {
                    match budget.checked_sub(line.len() + LINE_COST) {
                        Some(left) => budget = left,
                        None => return Some(Refused::TooLong),
                    }
                }
                request.lines(header).find_map(|line| self.refused_in(line))
            }
        };
        refused.map(Refused::Name)
    }

    /// How many bytes of a request are read.
    fn budget(&self) -> usize {
        match self {
            Self::Any => ANY_BUDGET,
            Self::Listed(listed) => listed.budget,
        }
    }

    /// The first name in `line` that is refused.
    fn refused_in<'a>(&self, line: &'a [u8]) -> Option<&'a [u8]> {
        match self {
            Self::Listed(listed) => listed.first_refused(line),
            // This is what browsers send: no white space.
            Self::Any if line.iter().all(|&byte| byte == b',' || is_token_byte(byte)) => None,
            Self::Any => list_elements(std::iter::once(line)).find(|name| !is_token(name)),
        }
    }
}

/// Why requested headers are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused<'a> {
    TooLong,
    /// The first name that is not allowed or not a token.
    Name(&'a [u8]),
}

/// The names in the `Access-Control-Request-Headers` of a request, unchanged and joined by `, `. `None`
/// if there are none, or if one is not a token. It is the value for
/// [`Echo::requested_headers`](crate::Echo::requested_headers).
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
    list_elements(request.lines(RequestHeader::AccessControlRequestHeaders))
}

#[cfg(test)]
mod tests {
    use super::{AllowedHeaders, ListedHeaders, Refused, after, requested_header_names};
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
        AllowedHeaders::Listed(ListedHeaders::new(["x-a", "X-B", "ACCEPT"]))
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
            (lines(["accept,content-type,x-b"]), None),
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
            (
                lines(["X-A,xx-a"]),
                Some((HeadersRefusal::NotAllowed, "xx-a")),
            ),
        ] {
            let name = refused.map(|(_, name)| Refused::Name(name.as_bytes()));
            assert_eq!(listed().first_refused(&request), name, "{:?}", request.0);
            let check = refused.map_or(Ok(()), |(refusal, _)| Err(refusal));
            assert_eq!(listed().check(&request), check, "{:?}", request.0);
        }
        let malformed = Err(HeadersRefusal::Malformed);
        for (line, check) in [
            ("", Ok(())),
            ("accept,x-c", Ok(())),
            ("x-c, ,accept\t", Ok(())),
            ("x:d", malformed),
            ("x-c,x:d", malformed),
            ("x-c x-d", malformed),
        ] {
            assert_eq!(AllowedHeaders::Any.check(&lines([line])), check);
        }
    }

    /// One line or two lines, with as many bytes as the limit, and with one byte more.
    #[test]
    fn how_much_is_read() {
        let names = "AcceptAccept-LanguageContent-LanguageContent-TypeX-Bx-a".len();
        for (allowed, budget) in [
            (listed(), 256 + 2 * (names + 6 * ", ".len())),
            (AllowedHeaders::Any, 4096),
        ] {
            let one = |bytes: usize| allowed.check(&lines([&",".repeat(bytes)]));
            assert_eq!(one(budget - 16), Ok(()));
            assert_eq!(one(budget - 16 + 1), Err(HeadersRefusal::TooLong));
            let two = |bytes: usize| allowed.check(&lines([",", &",".repeat(bytes - 1)]));
            assert_eq!(two(budget - 2 * 16), Ok(()));
            assert_eq!(two(budget - 2 * 16 + 1), Err(HeadersRefusal::TooLong));
        }
    }

    #[test]
    fn what_follows_a_name() {
        for (line, rest) in [
            ("x-a", Some("")),
            ("x-a,", Some("")),
            ("x-a,x-b", Some("x-b")),
            ("x-b,x-a", None),
            ("x-ab,x-a", None),
            ("x-a ,x-b", None),
            ("x-b", None),
            ("x-", None),
        ] {
            let rest = rest.map(str::as_bytes);
            assert_eq!(after(line.as_bytes(), "x-a"), rest, "{line}");
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
