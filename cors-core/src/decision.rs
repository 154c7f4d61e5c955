//! What is decided about a request, and why.

/// The decision about one request: what it is, and whether it is granted.
///
/// It is a few bytes of plain data; which headers go out is told by [`Ready`](crate::Ready).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Decision {
    /// No `Origin`: the request goes on to the application.
    NotCors,
    /// A CORS request that is no preflight. It goes on to the application either way: that a script
    /// may not read the answer does not make the request wrong.
    Actual(Result<(), OriginRefusal>),
    /// Only with `block_refused_origins`: a CORS request from a refused origin that is not
    /// the application's own. It is answered with `403`; the application is not called.
    Blocked(OriginRefusal),
    /// A CORS-preflight request. It is answered; the application is not called.
    Preflight(Result<(), PreflightRefusal>),
}

impl Decision {
    /// A stable name: `not-cors`, `actual-allowed`, `actual-refused`, `blocked`,
    /// `preflight-allowed` or `preflight-refused`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::NotCors => "not-cors",
            Self::Actual(Ok(())) => "actual-allowed",
            Self::Actual(Err(_)) => "actual-refused",
            Self::Blocked(_) => "blocked",
            Self::Preflight(Ok(())) => "preflight-allowed",
            Self::Preflight(Err(_)) => "preflight-refused",
        }
    }

    /// Whether nothing was refused. A request without `Origin` has nothing to refuse.
    pub const fn is_allowed(self) -> bool {
        matches!(
            self,
            Self::NotCors | Self::Actual(Ok(())) | Self::Preflight(Ok(()))
        )
    }

    /// Stable names of what was refused, such as `origin-not-allowed`, in the order origin, method,
    /// headers; none if nothing was.
    pub fn reasons(self) -> impl Iterator<Item = &'static str> {
        let (origin, method, headers) = match self {
            Self::Actual(Err(origin)) | Self::Blocked(origin) => (Some(origin), None, None),
            Self::Preflight(Err(refusal)) => (refusal.origin, refusal.method, refusal.headers),
            Self::NotCors | Self::Actual(Ok(())) | Self::Preflight(Ok(())) => (None, None, None),
        };
        [
            origin.map(OriginRefusal::id),
            method.map(MethodRefusal::id),
            headers.map(HeadersRefusal::id),
        ]
        .into_iter()
        .flatten()
    }
}

/// Why an `Origin` is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OriginRefusal {
    /// More than one `Origin` line.
    SeveralLines,
    /// Not one serialised origin: no browser sends this.
    Malformed,
    /// An origin that the policy does not allow.
    NotAllowed,
}

impl OriginRefusal {
    /// A stable name, such as `origin-not-allowed`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::SeveralLines => "origin-several-lines",
            Self::Malformed => "origin-malformed",
            Self::NotAllowed => "origin-not-allowed",
        }
    }
}

/// Why the requested method is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MethodRefusal {
    /// More than one `Access-Control-Request-Method` line.
    SeveralLines,
    /// Not a token.
    Malformed,
    /// Not in `allow_methods`.
    NotAllowed,
}

impl MethodRefusal {
    /// A stable name, such as `method-not-allowed`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::SeveralLines => "method-several-lines",
            Self::Malformed => "method-malformed",
            Self::NotAllowed => "method-not-allowed",
        }
    }
}

/// Why the requested headers are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HeadersRefusal {
    /// More than the policy is ready to read: see
    /// [`allow_headers`](crate::Config::allow_headers()).
    TooLong,
    /// A name is not a token.
    Malformed,
    /// A name is not in `allow_headers`.
    NotAllowed,
}

impl HeadersRefusal {
    /// A stable name, such as `headers-not-allowed`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::TooLong => "headers-too-long",
            Self::Malformed => "headers-malformed",
            Self::NotAllowed => "headers-not-allowed",
        }
    }
}

/// The parts of a preflight that are refused: at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PreflightRefusal {
    pub(crate) origin: Option<OriginRefusal>,
    pub(crate) method: Option<MethodRefusal>,
    pub(crate) headers: Option<HeadersRefusal>,
    /// A browser that is shown the true lists refuses by itself, and names what is missing.
    pub(crate) explained_by_lists: bool,
}

impl PreflightRefusal {
    /// Why the origin is refused, if it is.
    pub const fn origin(&self) -> Option<OriginRefusal> {
        self.origin
    }

    /// Why the method is refused, if it is.
    pub const fn method(&self) -> Option<MethodRefusal> {
        self.method
    }

    /// Why the headers are refused, if they are.
    pub const fn headers(&self) -> Option<HeadersRefusal> {
        self.headers
    }
}
