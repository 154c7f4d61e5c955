//! A request as the core sees it: a method, and the lines of a few headers.

/// What an adapter lends of a request.
///
/// The core asks for what it needs; an adapter only looks up what it is asked for.
pub trait RequestHead {
    /// The method, byte for byte.
    fn method(&self) -> &[u8];

    /// Every line of `header`, in the order received, each without white space at its ends.
    fn lines(&self, header: RequestHeader) -> impl Iterator<Item = &[u8]>;
}

/// A request header that decisions may depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RequestHeader {
    /// `Origin`
    Origin,
    /// `Access-Control-Request-Method`
    AccessControlRequestMethod,
    /// `Access-Control-Request-Headers`
    AccessControlRequestHeaders,
    /// `Host`; in HTTP/2 and later, and for a target in absolute form, the authority of the target.
    Host,
    /// `Sec-Fetch-Site`
    SecFetchSite,
}

impl RequestHeader {
    /// The name in lower case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Origin => "origin",
            Self::AccessControlRequestMethod => "access-control-request-method",
            Self::AccessControlRequestHeaders => "access-control-request-headers",
            Self::Host => "host",
            Self::SecFetchSite => "sec-fetch-site",
        }
    }
}

/// The lines of a header that a request has once.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Lines<T> {
    None,
    One(T),
    Several,
}

impl<T> Lines<T> {
    #[inline]
    pub(crate) fn of(mut lines: impl Iterator<Item = T>) -> Self {
        match (lines.next(), lines.next()) {
            (None, _) => Self::None,
            (Some(line), None) => Self::One(line),
            (Some(_), Some(_)) => Self::Several,
        }
    }

    #[cfg(feature = "http")]
    pub(crate) fn map<U>(self, line: impl FnOnce(T) -> U) -> Lines<U> {
        match self {
            Self::None => Lines::None,
            Self::One(one) => Lines::One(line(one)),
            Self::Several => Lines::Several,
        }
    }
}
