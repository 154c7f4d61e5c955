//! The origins under which browsers reach this server.
//!
//! To a browser, a page of `http://evil.example:3000` is same-origin with every server at port 3000 to
//! which its host name resolves. An attacker lets the name resolve to a server with the page first, and
//! then to `127.0.0.1` (DNS rebinding). The page can then use a local server as if it were its own: CORS
//! does not apply, and `Sec-Fetch-Site` is `same-origin`. Only `Host` still has the name of the page.

use crate::decision::HostRefusal;
use crate::origin::set::OriginSet;
use crate::origin::{self, MAX_LEN, split_authority};
use crate::request::RequestHead;
use crate::request_host;

/// The entries of `own_origins`. If there is none, no host is accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OwnOrigins(OriginSet);

/// A scheme with its separator, and its default port with its colon.
struct Scheme {
    start: &'static [u8],
    default_port: &'static [u8],
}

/// The scheme of a request is not known, because a proxy that terminates TLS hides it.
const SCHEMES: [Scheme; 2] = [
    Scheme {
        start: b"http://",
        default_port: b":80",
    },
    Scheme {
        start: b"https://",
        default_port: b":443",
    },
];

impl OwnOrigins {
    /// `None` if there is no entry.
    pub(crate) fn new(origins: OriginSet) -> Option<Self> {
        (!origins.is_empty()).then_some(Self(origins))
    }

    /// What a host must satisfy so that it satisfies every one of `all`. If they differ, no host is
    /// accepted. `None` if there are none.
    pub(crate) fn common<'a>(mut all: impl Iterator<Item = &'a Self>) -> Option<Self> {
        let first = all.next()?;
        Some(if all.all(|other| other == first) {
            first.clone()
        } else {
            Self(OriginSet::default())
        })
    }

    pub(crate) fn set(&self) -> &OriginSet {
        &self.0
    }

    /// Whether `origin`, the value of an `Origin` header, is one of them.
    pub(crate) fn contains(&self, origin: &[u8]) -> bool {
        self.0.contains(origin)
    }

    /// Whether the request is addressed to one of them (RFC 9110, ["Rejecting Misdirected Requests"]).
    ///
    /// # Errors
    ///
    /// The reason why it is not, or why that is unclear.
    ///
    /// ["Rejecting Misdirected Requests"]: https://www.rfc-editor.org/rfc/rfc9110#section-7.4
    #[inline(never)] // So that `verdict` is small enough to be inlined.
    pub(crate) fn check_host<R: RequestHead>(&self, request: &R) -> Result<(), HostRefusal> {
        self.check(request_host::of(request)?)
    }

    fn check(&self, host: &[u8]) -> Result<(), HostRefusal> {
        let mut buffer = [0; MAX_LEN];
        let mut is_host = false;
        for scheme in &SCHEMES {
            let Some(origin) = scheme.origin(host, &mut buffer) else {
                return Err(HostRefusal::Malformed);
            };
            if self.contains(origin) {
                return Ok(());
            }
            is_host |= origin::is_serialized(origin);
        }
        Err(if is_host {
            HostRefusal::NotOwn
        } else {
            HostRefusal::Malformed
        })
    }
}

/// The origins that have this `Host`. Empty if it is not a host.
pub(crate) fn origins_of(host: &[u8]) -> impl Iterator<Item = String> {
    SCHEMES.iter().filter_map(|scheme| {
        let mut buffer = [0; MAX_LEN];
        let origin = scheme.origin(host, &mut buffer)?;
        let text = std::str::from_utf8(origin).ok()?;
        origin::is_serialized(origin).then(|| text.to_owned())
    })
}

impl Scheme {
    /// Writes the origin with this scheme and `host`, which may contain the default port, as a browser
    /// serializes it: in lower case, without the default port. `None` if it is too long, or a bracket is
    /// not closed.
    fn origin<'a>(&self, host: &[u8], buffer: &'a mut [u8; MAX_LEN]) -> Option<&'a [u8]> {
        let host = match split_authority(host)? {
            (name, port) if port == self.default_port => name,
            _ => host,
        };
        let len = self.start.len() + host.len();
        let origin = buffer.get_mut(..len)?;
        let (start, authority) = origin.split_at_mut_checked(self.start.len())?;
        start.copy_from_slice(self.start);
        authority.copy_from_slice(host);
        authority.make_ascii_lowercase();
        Some(origin)
    }
}
