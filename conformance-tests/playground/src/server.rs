//! A server on a loopback port, and the names that lead to it.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use command_support::{Failure, print_line};
use tokio::net::{TcpListener, TcpSocket};

pub(crate) struct Server {
    pub(crate) origin: String,
    pub(crate) names: Names,
    listener: TcpListener,
    /// Keeps other programs from being `localhost` at this port. It never listens, so that browsers use
    /// the IPv4 address.
    _ipv6: Option<TcpSocket>,
}

/// The hosts with ports, such as `127.0.0.1:3000`, that lead to one server and to no other.
#[derive(Clone)]
pub(crate) struct Names(Vec<String>);

impl Names {
    pub(crate) fn contain(&self, host: &str) -> bool {
        self.0.iter().any(|name| name == host)
    }

    /// The origins that pages of this server can have, separated by spaces.
    pub(crate) fn origins(&self) -> String {
        let origins = self.0.iter().map(|name| format!("http://{name}"));
        origins.collect::<Vec<_>>().join(" ")
    }
}

impl Server {
    /// Binds the port. If it is not available, binds a free port and reports it.
    pub(crate) async fn bind(name: &str, port: u16) -> Result<Self, Failure> {
        let (listener, taken) = match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
            Ok(listener) => (listener, None),
            Err(error) => (
                TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
                    .await
                    .map_err(Failure::new)?,
                Some(error),
            ),
        };
        let address = listener.local_addr().map_err(Failure::new)?;
        if let Some(error) = taken {
            print_line(format_args!(
                "port {port} is not available for the {name} ({error}); using port {}",
                address.port()
            ));
        }
        let mut names = vec![address.to_string()];
        let ipv6 = reserve_ipv6(address.port());
        // Without IPv6, `localhost` can only be the IPv4 address.
        let is_taken = |error: &io::Error| error.kind() == io::ErrorKind::AddrInUse;
        if !ipv6.as_ref().is_err_and(is_taken) {
            names.push(format!("localhost:{}", address.port()));
        }
        Ok(Self {
            origin: format!("http://{address}"),
            names: Names(names),
            listener,
            _ipv6: ipv6.ok(),
        })
    }

    pub(crate) async fn serve(self, router: axum::Router) -> Result<(), Failure> {
        axum::serve(self.listener, router)
            .await
            .map_err(Failure::new)
    }
}

fn reserve_ipv6(port: u16) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v6()?;
    socket.bind(SocketAddr::from((Ipv6Addr::LOCALHOST, port)))?;
    Ok(socket)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic, clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[tokio::test]
    async fn localhost_is_a_name_unless_another_program_has_it() {
        let Ok(holder) = std::net::TcpListener::bind((Ipv6Addr::LOCALHOST, 0)) else {
            return; // without IPv6
        };
        let taken = holder.local_addr().unwrap().port();
        for port in [taken, 0] {
            let Ok(server) = Server::bind("page", port).await else {
                panic!("no port is free")
            };
            let address = server.listener.local_addr().unwrap();
            let localhost = format!("localhost:{}", address.port());
            assert!(server.names.contain(&address.to_string()));
            assert_eq!(
                server.names.contain(&localhost),
                address.port() != taken,
                "{}",
                server.names.origins()
            );
            // Now no other program can have it.
            let ipv6 = std::net::TcpListener::bind((Ipv6Addr::LOCALHOST, address.port()));
            assert!(ipv6.is_err(), "{ipv6:?}");
        }
    }
}
