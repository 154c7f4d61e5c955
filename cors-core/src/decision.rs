//! The decision about a request with all reasons, for people: logs, diagnostics, tests.
//!
//! The response depends only on the [`Verdict`](crate::Verdict), which has no reasons.

use std::error::Error;
use std::fmt;

/// The decision about a request: what it is, whether it is allowed, and why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Decision {
    /// A request without `Origin`. It is forwarded to the application.
    NotCors,
    /// A CORS request that is neither blocked nor a preflight. It is forwarded even if it is refused:
    /// CORS controls who may read the response, not whether the application handles the request.
    Actual(Result<(), OriginRefusal>),
    /// A CORS request from a refused origin that is not the application's own. This occurs only with
    /// `block_refused_origins`. The response is `403`, and the application is not called.
    Blocked(OriginRefusal),
    /// A request whose `Host` is not that of an own origin. This occurs only with `own_origins`, whatever
    /// the method, with and without `Origin`. The response is `421`, and the application is not called.
    Misdirected(HostRefusal),
    /// A CORS-preflight request. The middleware responds, and the application is not called.
    Preflight(Result<(), PreflightRefusal>),
}

impl Decision {
    /// A stable name: `not-cors`, `actual-allowed`, `actual-refused`, `blocked`,
    /// `misdirected`, `preflight-allowed` or `preflight-refused`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::NotCors => "not-cors",
            Self::Actual(Ok(())) => "actual-allowed",
            Self::Actual(Err(_)) => "actual-refused",
            Self::Blocked(_) => "blocked",
            Self::Misdirected(_) => "misdirected",
            Self::Preflight(Ok(())) => "preflight-allowed",
            Self::Preflight(Err(_)) => "preflight-refused",
        }
    }

    /// Whether nothing was refused. This is also true for a request without `Origin`.
    pub const fn is_allowed(self) -> bool {
        matches!(
            self,
            Self::NotCors | Self::Actual(Ok(())) | Self::Preflight(Ok(()))
        )
    }

    /// Stable names of what was refused, such as `origin-not-allowed`, in the order origin, method,
    /// headers. Empty if nothing was refused.
    pub fn reasons(self) -> impl Iterator<Item = &'static str> {
        let reasons = match self {
            Self::Actual(Err(origin)) | Self::Blocked(origin) => [Some(origin.id()), None, None],
            Self::Misdirected(host) => [Some(host.id()), None, None],
            Self::Preflight(Err(refusal)) => [
                refusal.origin().map(OriginRefusal::id),
                refusal.method().map(MethodRefusal::id),
                refusal.headers().map(HeadersRefusal::id),
            ],
            Self::NotCors | Self::Actual(Ok(())) | Self::Preflight(Ok(())) => [None; 3],
        };
        reasons.into_iter().flatten()
    }
}

/// The [`id`](Self::id) and, after a colon, the [`reasons`](Self::reasons), such as `blocked: origin-not-allowed`.
impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())?;
        match self.reasons().next() {
            Some(_) => write!(f, ": {}", Reasons(Some(*self))),
            None => Ok(()),
        }
    }
}

/// Writes the reasons of a decision, with commas between them.
pub(crate) struct Reasons(pub(crate) Option<Decision>);

impl fmt::Display for Reasons {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reasons = self.0.into_iter().flat_map(Decision::reasons);
        for (number, reason) in reasons.enumerate() {
            let separator = if number == 0 { "" } else { ", " };
            write!(f, "{separator}{reason}")?;
        }
        Ok(())
    }
}

/// Defines the reasons of a refusal, each with its stable name.
macro_rules! reasons {
    (
        $(#[$meta:meta])* pub enum $name:ident
        { $($(#[$variant_meta:meta])* $variant:ident = $id:literal,)* }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name { $($(#[$variant_meta])* $variant,)* }

        impl $name {
            /// All of them.
            #[cfg(any(feature = "tracing", all(test, feature = "metrics")))]
            pub(crate) const ALL: &[Self] = &[$(Self::$variant,)*];

            #[doc = concat!("A stable name. All of them:", $(" `", $id, "`",)* ".")]
            pub const fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)* }
            }
        }

        /// The [`id`](Self::id).
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.id())
            }
        }

        impl Error for $name {}
    };
}

reasons! {
    /// Why a request is not for one of the [`own_origins`](crate::Config::own_origins).
    pub enum HostRefusal {
        /// There is no `Host` line.
        Missing = "host-missing",
        /// There is more than one `Host` line, or one that differs from the authority of the target.
        SeveralLines = "host-several-lines",
        /// The value is not a host with an optional port. No browser sends it.
        Malformed = "host-malformed",
        /// No own origin has this host and port.
        NotOwn = "host-not-own",
    }
}

reasons! {
    /// Why an `Origin` is refused.
    pub enum OriginRefusal {
        /// There is more than one `Origin` line.
        SeveralLines = "origin-several-lines",
        /// The value is not a serialized origin. No browser sends it.
        Malformed = "origin-malformed",
        /// The policy does not allow the origin.
        NotAllowed = "origin-not-allowed",
        /// The path has [several readings with different policies](crate::Policies#which-policy-applies),
        /// so no origin is allowed.
        AmbiguousPath = "path-ambiguous",
        /// The policies depend on the host, and the host of the request
        /// [is not clear](crate::Policies#several-hosts), so no origin is allowed.
        AmbiguousHost = "host-ambiguous",
    }
}

reasons! {
    /// Why the requested method is refused.
    pub enum MethodRefusal {
        /// There is more than one `Access-Control-Request-Method` line.
        SeveralLines = "method-several-lines",
        /// The value is not a token.
        Malformed = "method-malformed",
        /// The method is not in `allow_methods`.
        NotAllowed = "method-not-allowed",
    }
}

reasons! {
    /// Why the requested headers are refused.
    pub enum HeadersRefusal {
        /// The value is longer than the limit documented at
        /// [`allow_headers`](crate::Config::allow_headers).
        TooLong = "headers-too-long",
        /// A name is not a token.
        Malformed = "headers-malformed",
        /// A name is not in `allow_headers`.
        NotAllowed = "headers-not-allowed",
    }
}

/// The parts of a preflight that are refused. There is at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PreflightRefusal(Refused);

/// One variant for each part that can be the first refused one, so at least one part is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Refused {
    Origin(OriginRefusal, Option<MethodRefusal>, Option<HeadersRefusal>),
    Method(MethodRefusal, Option<HeadersRefusal>),
    Headers(HeadersRefusal),
}

impl PreflightRefusal {
    /// `None` if nothing is refused.
    pub(crate) fn new(
        origin: Option<OriginRefusal>,
        method: Option<MethodRefusal>,
        headers: Option<HeadersRefusal>,
    ) -> Option<Self> {
        Some(Self(match (origin, method, headers) {
            (Some(origin), method, headers) => Refused::Origin(origin, method, headers),
            (None, Some(method), headers) => Refused::Method(method, headers),
            (None, None, Some(headers)) => Refused::Headers(headers),
            (None, None, None) => return None,
        }))
    }

    /// Why the origin is refused, if it is.
    pub const fn origin(&self) -> Option<OriginRefusal> {
        match self.0 {
            Refused::Origin(origin, ..) => Some(origin),
            Refused::Method(..) | Refused::Headers(_) => None,
        }
    }

    /// Why the method is refused, if it is.
    pub const fn method(&self) -> Option<MethodRefusal> {
        match self.0 {
            Refused::Origin(_, method, _) => method,
            Refused::Method(method, _) => Some(method),
            Refused::Headers(_) => None,
        }
    }

    /// Why the headers are refused, if they are.
    pub const fn headers(&self) -> Option<HeadersRefusal> {
        match self.0 {
            Refused::Origin(_, _, headers) | Refused::Method(_, headers) => headers,
            Refused::Headers(headers) => Some(headers),
        }
    }
}

/// The [`reasons`](Decision::reasons), with commas between them, such as `origin-not-allowed, method-not-allowed`.
impl fmt::Display for PreflightRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Reasons(Some(Decision::Preflight(Err(*self)))).fmt(f)
    }
}

impl Error for PreflightRefusal {}
