//! Ports for the servers under test.

use std::collections::BTreeSet;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The ports of the servers that run, or that start.
static TAKEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());

/// A free port of 127.0.0.1. No other server of this program gets it until this is dropped.
pub(crate) struct Port(u16);

impl Port {
    pub(crate) fn take() -> io::Result<Self> {
        // The system may choose a port again as soon as its listener is closed.
        let mut refused = Vec::new();
        loop {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
            let port = listener.local_addr()?.port();
            if taken(|ports| ports.insert(port)) {
                return Ok(Self(port));
            }
            refused.push(listener);
        }
    }

    /// This port, whether it is free or not.
    #[cfg(test)]
    pub(crate) fn of(address: SocketAddr) -> Self {
        Self(address.port())
    }

    pub(crate) fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.0).into()
    }

    pub(crate) fn number(&self) -> u16 {
        self.0
    }

    /// Whether a server listens on the port.
    pub(crate) fn is_open(&self, limit: Duration) -> bool {
        let stream = TcpStream::connect_timeout(&self.address(), limit);
        stream.is_ok_and(|stream| !is_connected_to_itself(&stream))
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        taken(|ports| ports.remove(&self.0));
    }
}

fn taken<T>(change: impl FnOnce(&mut BTreeSet<u16>) -> T) -> T {
    change(&mut TAKEN.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Whether no server accepted the connection. The system may choose the port as that of the client, too, and TCP then
/// connects the client to itself.
fn is_connected_to_itself(stream: &TcpStream) -> bool {
    match (stream.local_addr(), stream.peer_addr()) {
        (Ok(local), Ok(peer)) => local == peer,
        _ => true,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by a panic")]
mod tests {
    use std::thread;

    use tokio::net::TcpSocket;

    use super::*;

    #[test]
    fn servers_that_run_at_once_have_different_ports() {
        let take = || (0..500).map(|_| Port::take().unwrap()).collect::<Vec<_>>();
        let other = thread::spawn(take);
        let mut ports = take();
        ports.extend(other.join().unwrap());
        let numbers: BTreeSet<_> = ports.iter().map(Port::number).collect();
        assert_eq!(numbers.len(), ports.len());
        drop(ports);
        assert!(taken(|taken| taken.is_disjoint(&numbers)));
    }

    #[test]
    fn a_port_is_open_while_a_server_listens() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = Port::of(listener.local_addr().unwrap());
        assert!(port.is_open(Duration::from_secs(60)));
    }

    #[tokio::test]
    async fn a_connection_to_itself_is_no_server() {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = socket.local_addr().unwrap();
        let stream = socket.connect(address).await.unwrap();
        assert!(is_connected_to_itself(&stream.into_std().unwrap()));
    }
}
