//! What a page can do, with a case of it.

use crate::issue::Quoted;
use crate::method::is_safelisted;
use std::fmt;

/// What pages can do under one of two policies only.
///
/// The fields are a case of it: under the one policy, a page of `origin` can do this, and under the other it
/// cannot. The allowed origin is one that both policies allow, if there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Permission {
    /// Read responses to requests without credentials, and whatever else the policy allows.
    #[non_exhaustive]
    Read {
        /// An origin that only this policy allows.
        origin: String,
        /// Its entry in `allow_origins`, or the regex. Each entry has a difference of its own, but only the
        /// first 100 exact origins. After the first 100 patterns, the others share one.
        entry: String,
        /// How many more exact origins have no difference of their own.
        more: usize,
    },
    /// Read responses to requests with credentials, and send such requests even if they need a preflight.
    #[non_exhaustive]
    UseCredentials {
        /// An allowed origin.
        origin: String,
    },
    /// Send requests with a method. If it is `GET`, `HEAD` or `POST`, those that need a preflight for their
    /// headers, such as `Content-Type: application/json`.
    #[non_exhaustive]
    SendMethod {
        /// An allowed origin.
        origin: String,
        /// The method.
        method: String,
    },
    /// Send a request header.
    #[non_exhaustive]
    SendHeader {
        /// An allowed origin.
        origin: String,
        /// A method that can have the header.
        method: String,
        /// The name, in lower case.
        header: String,
        /// The entry in `allow_headers`: the name, or `*`.
        entry: String,
    },
    /// Send all of some request headers at once. The other policy allows each of them with `*`, but a
    /// preflight that names all of them is too long for it.
    #[non_exhaustive]
    SendHeadersAtOnce {
        /// An allowed origin.
        origin: String,
        /// A method that can have the headers.
        method: String,
        /// The names, in lower case.
        headers: Vec<String>,
    },
    /// Send a header that needs a preflight with `GET`, `HEAD` or `POST`, although the method is not listed,
    /// after the browser has stored a preflight for the same header with another method.
    #[non_exhaustive]
    SendAfterPreflight {
        /// An allowed origin.
        origin: String,
        /// The method that is not listed.
        method: String,
        /// The method of the preflight.
        preflight_method: String,
    },
    /// Read a response header.
    #[non_exhaustive]
    ReadHeader {
        /// An allowed origin.
        origin: String,
        /// The name, in lower case.
        header: String,
        /// The entry in `expose_headers`: the name, or `*`.
        entry: String,
    },
    /// Read how long the phases of a request took.
    #[non_exhaustive]
    ReadTiming {
        /// An allowed origin.
        origin: String,
    },
    /// Reach the application from a refused origin with a request that needs no preflight, such as `POST`.
    #[non_exhaustive]
    Reach {
        /// An origin that the other policy refuses and blocks.
        origin: String,
    },
    /// Reach the application as one of its own pages, which are not blocked, with a method other than `GET` and
    /// `HEAD`.
    #[non_exhaustive]
    ReachAsOwn {
        /// The origin of the page.
        origin: String,
        /// The origin of the URL that it requests. If it differs, then only where the browser does not send
        /// `Sec-Fetch-Site`.
        url: String,
    },
    /// Reach the application under a host that the other policy does not accept.
    #[non_exhaustive]
    ReachHost {
        /// The origin of the URL.
        url: String,
    },
}

impl Permission {
    /// A stable name, such as `read` and `send-method`.
    pub const fn id(&self) -> &'static str {
        match self {
            Self::Read { .. } => "read",
            Self::UseCredentials { .. } => "use-credentials",
            Self::SendMethod { .. } => "send-method",
            Self::SendHeader { .. } => "send-header",
            Self::SendHeadersAtOnce { .. } => "send-headers-at-once",
            Self::SendAfterPreflight { .. } => "send-after-preflight",
            Self::ReadHeader { .. } => "read-header",
            Self::ReadTiming { .. } => "read-timing",
            Self::Reach { .. } => "reach",
            Self::ReachAsOwn { .. } => "reach-as-own",
            Self::ReachHost { .. } => "reach-host",
        }
    }

    /// Writes a sentence. `can` is its verb.
    pub(super) fn write(&self, f: &mut fmt::Formatter<'_>, can: &str) -> fmt::Result {
        match self {
            Self::Read { origin, entry, .. } if origin == entry => {
                write!(f, "pages of {}", Quoted(origin))?;
            }
            Self::Read { origin, entry, .. } => {
                let (entry, origin) = (Quoted(entry), Quoted(origin));
                write!(f, "pages that {entry} allows, such as {origin},")?;
            }
            Self::UseCredentials { origin }
            | Self::SendMethod { origin, .. }
            | Self::SendHeader { origin, .. }
            | Self::SendHeadersAtOnce { origin, .. }
            | Self::SendAfterPreflight { origin, .. }
            | Self::ReadHeader { origin, .. }
            | Self::ReadTiming { origin } => {
                write!(f, "pages of allowed origins, such as {},", Quoted(origin))?;
            }
            Self::Reach { origin } => {
                write!(f, "pages of refused origins, such as {},", Quoted(origin))?;
            }
            Self::ReachAsOwn { origin, .. } => write!(f, "pages of {}", Quoted(origin))?,
            Self::ReachHost { .. } => f.write_str("browsers")?,
        }
        write!(f, " {can} ")?;
        self.write_action(f)
    }

    fn write_action(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read { more: 0, .. } => f.write_str("read responses"),
            Self::Read { more, .. } => write!(f, "read responses, and {more} more origins"),
            Self::UseCredentials { .. } => {
                f.write_str("read responses to requests with credentials, such as cookies")
            }
            Self::SendMethod { method, .. } if is_safelisted(method.as_bytes()) => write!(
                f,
                "send {} with headers that need a preflight, such as `Content-Type: application/json`",
                Quoted(method)
            ),
            Self::SendMethod { method, .. } => write!(f, "send {}", Quoted(method)),
            Self::SendHeader { header, entry, .. } if header == entry => {
                write!(f, "send the header {}", Quoted(header))
            }
            Self::SendHeader { header, .. } => {
                write!(f, "send any header, such as {}", Quoted(header))
            }
            Self::SendHeadersAtOnce { headers, .. } => {
                write!(f, "send {} headers in one request", headers.len())
            }
            Self::SendAfterPreflight {
                method,
                preflight_method,
                ..
            } => write!(
                f,
                "send {} with headers that need a preflight, after a preflight for {}",
                Quoted(method),
                Quoted(preflight_method)
            ),
            Self::ReadHeader { header, entry, .. } if header == entry => {
                write!(f, "read the response header {}", Quoted(header))
            }
            Self::ReadHeader { header, .. } => {
                write!(f, "read any response header, such as {}", Quoted(header))
            }
            Self::ReadTiming { .. } => f.write_str("read how long the phases of a request took"),
            Self::Reach { .. } => {
                f.write_str("reach the application with requests that need no preflight")
            }
            Self::ReachAsOwn { url, .. } => write!(
                f,
                "reach the application at {} like pages of its own",
                Quoted(url)
            ),
            Self::ReachHost { url } => write!(f, "reach the application as {}", Quoted(url)),
        }
    }
}
