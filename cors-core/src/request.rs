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
