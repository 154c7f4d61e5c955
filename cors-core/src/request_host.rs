//! The host that a request is addressed to.

use crate::decision::HostRefusal;
use crate::origin::host::{self, MAX_LEN};
use crate::origin::{MAX_PORT_LEN, parse_port, split_unchecked_authority};
use crate::request::{Lines, RequestHead, RequestHeader};

/// The value of the only `Host` line, or the authority of the target.
///
/// # Errors
///
/// There is none, there are several, or the line and the target differ.
#[inline]
pub(crate) fn of<R: RequestHead>(request: &R) -> Result<&[u8], HostRefusal> {
    match Lines::of(request.lines(RequestHeader::Host)) {
        Lines::One(_) if request.host_contradicts_target() => Err(HostRefusal::SeveralLines),
        Lines::One(host) => Ok(host),
        Lines::None => Err(HostRefusal::Missing),
        Lines::Several => Err(HostRefusal::SeveralLines),
    }
}

/// The name or address of a host, in lower case and without its port.
pub(crate) struct HostName {
    bytes: [u8; MAX_LEN],
    len: usize,
}

impl HostName {
    /// Reads a `Host`. Its port is checked. Whether the rest is a host at all is left to
    /// [`is_valid`](Self::is_valid), because a host that is found in a list is valid.
    ///
    /// # Errors
    ///
    /// The host is too long, or the port is not a port.
    pub(crate) fn parse(host: &[u8]) -> Result<Self, HostRefusal> {
        Self::read(host).ok_or(HostRefusal::Malformed)
    }

    fn read(host: &[u8]) -> Option<Self> {
        if host.len() > MAX_LEN + MAX_PORT_LEN {
            return None; // It is not read to its end.
        }
        let (host, port) = split_unchecked_authority(host)?;
        match port {
            [] => {}
            [b':', digits @ ..] => {
                parse_port(digits)?;
            }
            _ => return None,
        }
        let mut bytes = [0; MAX_LEN];
        let name = bytes.get_mut(..host.len())?;
        name.copy_from_slice(host);
        name.make_ascii_lowercase();
        Some(Self {
            bytes,
            len: host.len(),
        })
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// Whether a browser can send this host.
    pub(crate) fn is_valid(&self) -> bool {
        host::is_valid(self.as_bytes())
    }
}
