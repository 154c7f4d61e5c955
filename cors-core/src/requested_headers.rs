//! The check of `Access-Control-Request-Headers`, the names of the headers that a script wants to send.
//!
//! A browser sends one line with sorted lower-case names and bare commas (Fetch, ["CORS-preflight
//! fetch"], step 5). A proxy may split the line and add white space, and another client may use any
//! order and repeat names. All of that is accepted (RFC 9110, [section 5.6.1]), up to a number of bytes
//! and of elements, because the value can come from an attacker.
//!
//! ["CORS-preflight fetch"]: https://fetch.spec.whatwg.org/#cors-preflight-fetch
//! [section 5.6.1]: https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1

use crate::decision::HeadersRefusal;
use crate::listed_headers::{ListedHeaders, Stop};
use crate::request::{Lines, RequestHead, RequestHeader};
use crate::token::{ListBytes, has_split_element, is_token, list_elements};
use std::borrow::Cow;

/// The request headers that a policy allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AllowedHeaders {
    /// `*`
    Any,
    Listed(ListedHeaders),
}

/// How many bytes are read if any header is allowed.
const ANY_BYTES: usize = 2048;

/// How many elements are read if any header is allowed, with the empty ones.
const ANY_ELEMENTS: usize = 64;

/// How many bytes of white space a line may have if any header is allowed.
const ANY_BLANKS: usize = 128;

/// How many bytes a line counts in addition to its length.
const LINE_COST: usize = 16;

impl AllowedHeaders {
    /// Checks that every requested name is a token and allowed.
    pub(crate) fn check<R: RequestHead>(&self, request: &R) -> Result<(), HeadersRefusal> {
        match self.first_refused(request) {
            None => Ok(()),
            Some(Refused::TooLong) => Err(HeadersRefusal::TooLong),
            Some(refused) if is_token(refused.name()) => Err(HeadersRefusal::NotAllowed),
            Some(_) => Err(HeadersRefusal::Malformed),
        }
    }

    /// The first requested name that is refused.
    #[inline(always)] // A call costs a preflight 15 instructions more.
    pub(crate) fn first_refused<'a, R: RequestHead>(&self, request: &'a R) -> Option<Refused<'a>> {
        let header = RequestHeader::AccessControlRequestHeaders;
        match Lines::of(request.lines(header)) {
            Lines::None => None,
            // This is what browsers send.
            Lines::One(line) if line.len() + LINE_COST <= self.byte_bound() => match self {
                Self::Any => check_tokens(line, &mut self.element_bound()).err(),
                Self::Listed(listed) => listed.check_single(line).err().map(Refused::from),
            },
            Lines::One(_) => Some(Refused::TooLong),
            Lines::Several => self.first_refused_in_lines(request),
        }
    }

    #[inline(never)] // Browsers send one line.
    fn first_refused_in_lines<'a, R: RequestHead>(&self, request: &'a R) -> Option<Refused<'a>> {
        let header = RequestHeader::AccessControlRequestHeaders;
        let mut bytes = self.byte_bound();
        for line in request.lines(header) {
            match bytes.checked_sub(line.len() + LINE_COST) {
                Some(left) => bytes = left,
                None => return Some(Refused::TooLong),
            }
        }
        let mut room = self.element_bound();
        let mut lines = request.lines(header);
        lines.find_map(|line| self.check_line(line, &mut room).err())
    }

    fn byte_bound(&self) -> usize {
        match self {
            Self::Any => ANY_BYTES,
            Self::Listed(listed) => listed.bounds().bytes,
        }
    }

    fn element_bound(&self) -> usize {
        match self {
            Self::Any => ANY_ELEMENTS,
            Self::Listed(listed) => listed.bounds().elements,
        }
    }

    /// Checks a line. `room` is how many elements may follow.
    #[inline]
    fn check_line<'a>(&self, line: &'a [u8], room: &mut usize) -> Result<(), Refused<'a>> {
        match self {
            Self::Any => check_tokens(line, room),
            Self::Listed(listed) => listed.check(line, room).map_err(Refused::from),
        }
    }
}

fn check_tokens<'a>(line: &'a [u8], room: &mut usize) -> Result<(), Refused<'a>> {
    let bytes = ListBytes::of(line);
    let left = room.checked_sub(bytes.elements());
    *room = left.ok_or(Refused::TooLong)?;
    if bytes.blanks > ANY_BLANKS {
        Err(Refused::TooLong)
    } else if bytes.has_others || bytes.blanks > 0 && has_split_element(line) {
        Err(Refused::Line(line))
    } else {
        Ok(())
    }
}

/// Why requested headers are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused<'a> {
    /// There are too many bytes or elements.
    TooLong,
    /// The first element of this part of a line is not allowed, or not a token.
    First(&'a [u8]),
    /// A line with an element that is not a token.
    Line(&'a [u8]),
}

impl<'a> From<Stop<'a>> for Refused<'a> {
    fn from(stop: Stop<'a>) -> Self {
        match stop {
            Stop::NoRoom => Self::TooLong,
            Stop::Refused(line) => Self::First(line),
        }
    }
}

impl<'a> Refused<'a> {
    /// The first name that is refused. Only a text about the refusal needs it.
    pub(crate) fn name(self) -> &'a [u8] {
        let elements = |line| list_elements(std::iter::once(line));
        let name = match self {
            Self::TooLong => None,
            Self::First(line) => elements(line).next(),
            Self::Line(line) => elements(line).find(|name| !is_token(name)),
        };
        name.unwrap_or_default()
    }
}

/// The names in the `Access-Control-Request-Headers` of a request. `None` if there are none, or if one is
/// not a token. It is the value for [`Echo::requested_headers`](crate::Echo::requested_headers).
///
/// `Cow::Borrowed` is the value of the only line, which consists of names and single commas, as browsers
/// send them. Otherwise the names are joined by `, `.
pub fn requested_header_names<R: RequestHead>(request: &R) -> Option<Cow<'_, str>> {
    let header = RequestHeader::AccessControlRequestHeaders;
    if let Lines::One(line) = Lines::of(request.lines(header))
        && ListBytes::of(line).is_plain(line)
    {
        return std::str::from_utf8(line).ok().map(Cow::Borrowed);
    }
    let mut list = Vec::new();
    for line in request.lines(header) {
        let bytes = ListBytes::of(line);
        if bytes.has_others || bytes.blanks > 0 && has_split_element(line) {
            return None;
        }
        list.reserve_exact(line.len() + 2 + bytes.elements());
        for name in list_elements(std::iter::once(line)) {
            if !list.is_empty() {
                list.extend(b", ");
            }
            list.extend(name);
        }
    }
    let names = String::from_utf8(list).ok()?;
    (!names.is_empty()).then_some(Cow::Owned(names))
}

#[cfg(test)]
mod tests {
    use super::{ANY_BYTES, ANY_ELEMENTS, AllowedHeaders, ListedHeaders, requested_header_names};
    use crate::decision::HeadersRefusal;
    use crate::request::{RequestHead, RequestHeader};
    use crate::token::is_token;
    use proptest::prelude::*;
    use std::borrow::Cow;

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

        fn host_contradicts_target(&self) -> bool {
            false
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
            let allowed = listed();
            let name = allowed
                .first_refused(&request)
                .map(|refused| refused.name());
            assert_eq!(
                name,
                refused.map(|(_, name)| name.as_bytes()),
                "{:?}",
                request.0
            );
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

    /// One line or two lines, with as many bytes or elements as the limit, and with one more.
    #[test]
    fn how_much_is_read() {
        let names = "AcceptAccept-LanguageContent-LanguageContent-TypeX-Bx-a".len();
        let of_list = (256 + 2 * (names + 6 * ", ".len()), 16 + 2 * 6);
        for (allowed, (bytes, elements)) in [
            (listed(), of_list),
            (AllowedHeaders::Any, (ANY_BYTES, ANY_ELEMENTS)),
        ] {
            let check = |filled: &dyn Fn(usize) -> Lines, limit: usize| {
                assert_eq!(allowed.check(&filled(limit)), Ok(()));
                let more = allowed.check(&filled(limit + 1));
                assert_eq!(more, Err(HeadersRefusal::TooLong));
            };
            // A list of many bytes and few elements: blanks for the list, a long name for any.
            let long = |bytes: usize| match allowed {
                AllowedHeaders::Any => "x".repeat(bytes),
                AllowedHeaders::Listed(_) => format!("x-a{}", " ".repeat(bytes - 3)),
            };
            check(&|bytes| lines([&long(bytes)]), bytes - 16);
            check(&|bytes| lines([",", &long(bytes - 1)]), bytes - 2 * 16);
            check(&|elements| lines([&",".repeat(elements - 1)]), elements);
            check(
                &|elements| lines([",", &",".repeat(elements - 3)]),
                elements,
            );
        }
        let blanks =
            |count| AllowedHeaders::Any.check(&lines([&format!("x{},", " ".repeat(count))]));
        assert_eq!(blanks(128), Ok(()));
        assert_eq!(blanks(129), Err(HeadersRefusal::TooLong));
    }

    /// How a request may be refused, read as simply as possible.
    fn naive(allowed: Option<&[String]>, lines: &[String]) -> Vec<HeadersRefusal> {
        let blank = [' ', '\t'];
        let elements: Vec<&str> = lines.iter().flat_map(|line| line.split(',')).collect();
        let bytes: usize = lines.iter().map(|line| line.len() + 16).sum();
        let safelisted = crate::header_name::SAFELISTED.map(str::to_ascii_lowercase);
        let mut known: Vec<String> = safelisted.into();
        known.extend(
            allowed
                .unwrap_or_default()
                .iter()
                .map(|name| name.to_ascii_lowercase()),
        );
        known.sort_unstable();
        known.dedup();
        let (most_bytes, most_elements) = match allowed {
            None => (2048, 64),
            Some(_) => (
                256 + known.iter().map(|name| 2 * (name.len() + 2)).sum::<usize>(),
                16 + 2 * known.len(),
            ),
        };
        let has_many_blanks =
            allowed.is_none() && lines.iter().any(|line| line.matches(blank).count() > 128);
        let mut reasons = Vec::new();
        if bytes > most_bytes || elements.len() > most_elements || has_many_blanks {
            reasons.push(HeadersRefusal::TooLong);
        }
        let names = elements.iter().map(|element| element.trim_matches(blank));
        let refused = |name: &&str| {
            let is_known = known.contains(&name.to_ascii_lowercase());
            !name.is_empty()
                && !if allowed.is_some() {
                    is_known
                } else {
                    is_token(name.as_bytes())
                }
        };
        reasons.extend(
            names
                .clone()
                .find(refused)
                .map(|name| match is_token(name.as_bytes()) {
                    true => HeadersRefusal::NotAllowed,
                    false => HeadersRefusal::Malformed,
                }),
        );
        reasons
    }

    /// What [`requested_header_names`] returns, as simply as possible.
    fn naive_names(lines: &[String]) -> Option<String> {
        let names = lines.iter().flat_map(|line| line.split(','));
        let names = names.map(|name| name.trim_matches([' ', '\t']));
        let names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
        let are_tokens = names.iter().all(|name| is_token(name.as_bytes()));
        (are_tokens && !names.is_empty()).then(|| names.join(", "))
    }

    /// Names of lengths around a word and two words that begin alike and end alike.
    const NAMES: &str =
        "[ab]{1,3}|x-header-[ab]{1,3}|[ab]{7,9}|[ab]{15,18}|abcdefgh[ab~^`_|-]{3,9}abcdefgh";
    /// Text that resembles a list.
    const JUNK: &str =
        "[abAB ,\t~^@`:\u{e9}\u{0}-]{0,24}|[,]{0,40}|[ ]{0,140}|(a,){0,70}|[ab]{0,60}";

    fn requests() -> impl Strategy<Value = (Vec<String>, Vec<String>)> {
        let allowed = prop::collection::vec(NAMES, 0..12);
        let element = (any::<prop::sample::Index>(), 0..3_u8, 0..12_usize, JUNK);
        let line = prop::collection::vec(element, 0..30);
        (allowed, prop::collection::vec(line, 0..4)).prop_map(|(allowed, lines)| {
            let line = |elements: Vec<(prop::sample::Index, u8, usize, String)>| {
                let elements = elements.into_iter().map(|(at, case, separator, junk)| {
                    let name = match allowed.as_slice() {
                        [] => "accept",
                        names => at.get(names),
                    };
                    let name = match case {
                        0 => name.to_ascii_uppercase(),
                        _ => name.to_owned(),
                    };
                    let separators = [",", ", ", " ,", ",,", "\t, ", " , \t,,"];
                    let separator = separators.get(separator).copied().unwrap_or(",");
                    if junk.len() == 5 {
                        junk
                    } else {
                        name + separator
                    }
                });
                elements.collect::<String>()
            };
            let lines = lines.into_iter().map(line).collect();
            (allowed, lines)
        })
    }

    proptest! {
        #[test]
        fn agrees_with_a_naive_reading((allowed, lines) in requests()) {
            let listed = ListedHeaders::new(allowed.iter().map(String::as_str));
            let request = Lines(lines.clone());
            for (headers, allowed) in [
                (AllowedHeaders::Listed(listed), Some(allowed.as_slice())),
                (AllowedHeaders::Any, None),
            ] {
                let reasons = naive(allowed, &lines);
                match headers.check(&request) {
                    Ok(()) => prop_assert_eq!(reasons, []),
                    Err(refusal) => prop_assert!(reasons.contains(&refusal), "{reasons:?}, {refusal:?}"),
                }
            }
        }

        #[test]
        fn names_agree_with_a_naive_reading((_, lines) in requests(), junk in JUNK) {
            for lines in [lines, vec![junk.clone()], vec![junk.clone(), junk]] {
                let names = naive_names(&lines);
                match (requested_header_names(&Lines(lines.clone())), names) {
                    (None, None) => {}
                    (Some(Cow::Owned(names)), Some(naive)) => prop_assert_eq!(names, naive),
                    // The line is what it would be if it were joined again.
                    (Some(Cow::Borrowed(line)), Some(naive)) => {
                        prop_assert_eq!(line, &lines[0]);
                        prop_assert_eq!(line.replace(',', ", "), naive);
                    }
                    (names, naive) => prop_assert!(false, "{names:?}, {naive:?}"),
                }
            }
        }
    }

    #[test]
    fn names_to_send_back() {
        for (request, names) in [
            (lines([]), None),
            (lines([" ,", ""]), None),
            (lines(["x-b,X-A"]), Some("x-b,X-A")),
            (lines(["x-b,,X-A,"]), Some("x-b, X-A")),
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
