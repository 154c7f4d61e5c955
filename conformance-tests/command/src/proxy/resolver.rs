//! Resolves the name of the target, and accepts only addresses that it may have.
//!
//! The connector asks once for each connection, and connects to the addresses that it gets. So an
//! address that is connected to was checked, whatever a second look-up would give (DNS rebinding).

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::vec;

use hyper_util::client::legacy::connect::dns::{GaiResolver, Name};
use tower::{Service, ServiceExt as _};

use super::address::is_public;

/// Which addresses the name of a target may have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Reach {
    Public,
    /// For `localhost`.
    Loopback,
    Any,
}

impl Reach {
    fn includes(self, address: IpAddr) -> bool {
        match self {
            Self::Public => is_public(address),
            Self::Loopback => address.to_canonical().is_loopback(),
            Self::Any => true,
        }
    }
}

/// How a name is looked up.
pub(crate) type Lookup = Arc<dyn Fn(Name) -> Resolved<io::Error> + Send + Sync>;

type Resolved<E> = Pin<Box<dyn Future<Output = Result<Vec<SocketAddr>, E>> + Send>>;

/// The look-up of the system.
pub(crate) fn system() -> Lookup {
    Arc::new(|name| {
        Box::pin(async move {
            let addresses = GaiResolver::new().oneshot(name).await?;
            Ok(addresses.collect())
        })
    })
}

/// A resolver that leaves out the addresses that are not within reach.
#[derive(Clone)]
pub(crate) struct Checked {
    pub(crate) lookup: Lookup,
    pub(crate) reach: Reach,
}

impl Service<Name> for Checked {
    type Response = vec::IntoIter<SocketAddr>;
    type Error = Box<dyn Error + Send + Sync>;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let (resolved, reach) = ((self.lookup)(name.clone()), self.reach);
        Box::pin(async move {
            let within = |address: &SocketAddr| reach.includes(address.ip());
            let (within, others): (Vec<_>, Vec<_>) = resolved.await?.into_iter().partition(within);
            match others.first() {
                Some(other) if within.is_empty() => Err(OutOfReach {
                    name: name.to_string(),
                    address: other.ip(),
                    reach,
                }
                .into()),
                _ => Ok(within.into_iter()),
            }
        })
    }
}

/// A name has only addresses that it may not have.
#[derive(Debug)]
pub(crate) struct OutOfReach {
    name: String,
    address: IpAddr,
    reach: Reach,
}

impl fmt::Display for OutOfReach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, address, .. } = self;
        let must = match self.reach {
            Reach::Loopback => "not a loopback address",
            Reach::Public | Reach::Any => "not a public address",
        };
        write!(
            f,
            "{name} resolves to {address}, which is {must}; to reach it, start the proxy with --allow-private"
        )
    }
}

impl Error for OutOfReach {}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by a panic")]

    use std::collections::VecDeque;
    use std::net::Ipv4Addr;
    use std::sync::Mutex;

    use hyper_util::client::legacy::connect::HttpConnector;
    use tokio::net::TcpListener;

    use super::*;

    /// A table of names that changes: each look-up gets the next list.
    #[derive(Clone)]
    struct Table(Arc<Mutex<VecDeque<Vec<IpAddr>>>>);

    impl Table {
        fn new(lists: &[&[&str]]) -> Self {
            let parsed = |list: &&[&str]| list.iter().map(|text| text.parse().unwrap()).collect();
            Self(Arc::new(Mutex::new(lists.iter().map(parsed).collect())))
        }

        fn left(&self) -> usize {
            self.0.lock().unwrap().len()
        }

        fn checked(&self, reach: Reach) -> Checked {
            let lists = Arc::clone(&self.0);
            let lookup: Lookup = Arc::new(move |_| {
                let next = lists.lock().unwrap().pop_front();
                let next = next.ok_or_else(|| io::Error::other("asked too often"));
                let with_port = |ip| SocketAddr::new(ip, 0);
                Box::pin(async move { Ok(next?.into_iter().map(with_port).collect()) })
            });
            Checked { lookup, reach }
        }
    }

    fn resolve(table: &Table, reach: Reach) -> Result<Vec<String>, String> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let name = "api.example.com".parse().unwrap();
        match runtime.block_on(table.checked(reach).oneshot(name)) {
            Ok(addresses) => Ok(addresses.map(|address| address.ip().to_string()).collect()),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn only_addresses_within_reach_are_used() {
        let mixed: &[&str] = &["10.0.0.1", "93.184.216.34", "::1", "::ffff:127.0.0.1"];
        for (reach, expected) in [
            (Reach::Public, &["93.184.216.34"][..]),
            (Reach::Loopback, &["::1", "::ffff:127.0.0.1"]),
            (Reach::Any, mixed),
        ] {
            let expected = expected.iter().map(|text| (*text).to_owned()).collect();
            assert_eq!(resolve(&Table::new(&[mixed]), reach), Ok(expected));
        }
        // A name without addresses is not refused here: the connector reports it.
        assert_eq!(resolve(&Table::new(&[&[]]), Reach::Public), Ok(vec![]));
    }

    #[test]
    fn a_name_that_changes_is_refused() {
        let table = Table::new(&[&["93.184.216.34"], &["169.254.169.254"]]);
        assert!(resolve(&table, Reach::Public).is_ok());
        let refusal = "api.example.com resolves to 169.254.169.254, which is not a public address; \
                       to reach it, start the proxy with --allow-private";
        assert_eq!(resolve(&table, Reach::Public), Err(refusal.to_owned()));
        let table = Table::new(&[&["10.0.0.1"]]);
        let refusal = resolve(&table, Reach::Loopback).unwrap_err();
        assert!(refusal.contains("not a loopback address"), "{refusal}");
    }

    /// The connector gets the checked address of its only look-up. The next response, which it would get if
    /// it asked again, is the address of another server.
    #[tokio::test]
    async fn the_address_that_is_checked_is_the_address_that_is_connected_to() {
        let named = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = named.local_addr().unwrap();
        let table = Table::new(&[&["192.168.0.1", "127.0.0.1"], &["192.168.0.1"]]);
        let connector = HttpConnector::new_with_resolver(table.checked(Reach::Loopback));
        let uri: hyper::Uri = format!("http://localhost:{}/", address.port())
            .parse()
            .unwrap();

        let stream = connector.clone().oneshot(uri.clone()).await.unwrap();
        assert_eq!(stream.inner().peer_addr().unwrap(), address);
        assert_eq!(table.left(), 1);

        let Err(error) = connector.oneshot(uri).await else {
            panic!("connected to another address")
        };
        let cause = error.source().unwrap();
        assert!(cause.downcast_ref::<OutOfReach>().is_some(), "{cause}");
    }
}
