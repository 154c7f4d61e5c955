//! A request as the core sees it: a method, and the lines of a few headers.

/// The part of a request that decisions depend on.
///
/// The core reads only the headers that it needs, so an implementation should look up a header only
/// when [`lines`](Self::lines) is called. Adapters implement this trait for the requests of their
/// framework.
pub trait RequestHead {
    /// The method, byte for byte.
    fn method(&self) -> &[u8];

    /// Every line of `header` in the order received, without white space at its ends.
    fn lines(&self, header: RequestHeader) -> impl Iterator<Item = &[u8]>;

    /// Whether there is a `Host` line that differs from the authority of the target, or there are several
    /// lines besides the authority. The lines of [`RequestHeader::Host`] then contain only one of them, and
    /// the application may read another.
    ///
    /// Call [`host_contradicts`] if the framework shows the authority. `false` is right only if `lines` returns
    /// every `Host` line and the authority is never seen.
    fn host_contradicts_target(&self) -> bool;
}

/// Whether these `Host` lines are anything else than the authority of the target, once or not at all. For
/// [`RequestHead::host_contradicts_target`].
pub fn host_contradicts<'a>(authority: &[u8], lines: impl IntoIterator<Item = &'a [u8]>) -> bool {
    let mut lines = lines.into_iter();
    let differs = |line: &[u8]| !line.eq_ignore_ascii_case(authority);
    lines.next().is_some_and(differs) || lines.next().is_some()
}

/// A request header that decisions depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RequestHeader {
    /// `Origin`
    Origin,
    /// `Access-Control-Request-Method`
    AccessControlRequestMethod,
    /// `Access-Control-Request-Headers`
    AccessControlRequestHeaders,
    /// `Host`. In HTTP/2 and later, and for a request target in absolute form, the authority of the
    /// target.
    Host,
    /// `Sec-Fetch-Site`
    SecFetchSite,
}

impl RequestHeader {
    /// The names of all headers in lower case, in the order of the variants.
    #[doc(hidden)] // For `define_header_names`. The length may change.
    pub const NAMES: [&'static str; 5] = [
        "origin",
        "access-control-request-method",
        "access-control-request-headers",
        "host",
        "sec-fetch-site",
    ];

    /// The position in [`NAMES`](Self::NAMES).
    #[doc(hidden)]
    #[inline]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The name in lower case.
    pub const fn name(self) -> &'static str {
        let [origin, method, headers, host, site] = Self::NAMES;
        match self {
            Self::Origin => origin,
            Self::AccessControlRequestMethod => method,
            Self::AccessControlRequestHeaders => headers,
            Self::Host => host,
            Self::SecFetchSite => site,
        }
    }
}

/// The lines of a header that should occur once.
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

    /// The line, if there is exactly one.
    #[inline]
    pub(crate) fn single(self) -> Option<T> {
        match self {
            Self::One(line) => Some(line),
            Self::None | Self::Several => None,
        }
    }

    #[cfg(feature = "http-1")]
    pub(crate) fn map<U>(self, line: impl FnOnce(T) -> U) -> Lines<U> {
        match self {
            Self::None => Lines::None,
            Self::One(one) => Lines::One(line(one)),
            Self::Several => Lines::Several,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{RequestHead, RequestHeader};

    /// A `GET` request: its `Host` lines, and whether they contradict the target.
    pub(crate) struct Hosts<'a>(pub(crate) &'a [&'a str], pub(crate) bool);

    impl RequestHead for Hosts<'_> {
        fn method(&self) -> &[u8] {
            b"GET"
        }

        fn lines(&self, header: RequestHeader) -> impl Iterator<Item = &[u8]> {
            let lines = (header == RequestHeader::Host).then_some(self.0);
            lines.into_iter().flatten().map(|line| line.as_bytes())
        }

        fn host_contradicts_target(&self) -> bool {
            self.1
        }
    }
}
