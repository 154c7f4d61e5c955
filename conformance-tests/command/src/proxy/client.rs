//! The connections to the target.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use hyper::Uri;
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy::Client as HyperClient;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rustls::ClientConfig;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tower::ServiceExt as _;
use tower::util::BoxCloneSyncService;

use super::patience::Reported;
use super::resolver::{Checked, Lookup, Reach, system};

pub(crate) type Client = HyperClient<Connector, Reported<Incoming>>;

type Connector =
    BoxCloneSyncService<Uri, MaybeHttpsStream<TokioIo<TcpStream>>, Box<dyn Error + Send + Sync>>;

/// Less than any common server waits before it closes an idle connection. A request on a connection that is just
/// being closed would fail.
const IDLE: Duration = Duration::from_secs(4);

pub(crate) fn client(reach: Reach, tls: ClientConfig, connect_limit: Duration) -> Client {
    let mut builder = HyperClient::builder(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE)
        .build(connector(system(), reach, tls, connect_limit))
}

/// Resolves the name once for each connection, within the time limit.
fn connector(lookup: Lookup, reach: Reach, tls: ClientConfig, limit: Duration) -> Connector {
    let mut http = HttpConnector::new_with_resolver(Checked { lookup, reach });
    http.enforce_http(false);
    http.set_nodelay(true);
    let https = HttpsConnectorBuilder::new()
        .with_tls_config(tls)
        .https_or_http()
        .enable_http1()
        .wrap_connector(http);
    let limited = https.map_future(move |connection| async move {
        let in_time = timeout(limit, connection).await;
        in_time.unwrap_or_else(|_| Err(ConnectTimeout(limit).into()))
    });
    BoxCloneSyncService::new(limited)
}

/// The connection was not there in time.
#[derive(Debug)]
pub(crate) struct ConnectTimeout(Duration);

impl fmt::Display for ConnectTimeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        write!(
            f,
            "no connection within {seconds} s; --connect-timeout sets this limit"
        )
    }
}

impl Error for ConnectTimeout {}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by a panic")]

    use std::net::SocketAddr;
    use std::sync::Arc;

    use axum::http::StatusCode;
    use rustls::RootCertStore;

    use super::super::gateway_error::GatewayError;
    use super::*;
    use crate::authorities::tls;

    fn no_trust() -> ClientConfig {
        tls()
            .unwrap()
            .with_root_certificates(RootCertStore::empty())
            .with_no_client_auth()
    }

    /// A request to a name that has this address.
    async fn failure(reach: Reach, address: &'static str) -> GatewayError {
        let lookup: Lookup = Arc::new(move |_| {
            let ip = address.parse().unwrap();
            Box::pin(async move { Ok(vec![SocketAddr::new(ip, 0)]) })
        });
        let connector = connector(lookup, reach, no_trust(), Duration::from_secs(10));
        let client = HyperClient::builder(TokioExecutor::new()).build::<_, String>(connector);
        let uri = Uri::from_static("http://api.example.com");
        match client.get(uri).await {
            Ok(response) => panic!("{response:?}"),
            Err(error) => GatewayError::of_request("http://api.example.com", &error),
        }
    }

    #[tokio::test]
    async fn a_private_address_of_a_name_is_reported() {
        for (reach, address) in [
            (Reach::Public, "127.0.0.1"),
            (Reach::Public, "::ffff:169.254.169.254"),
            (Reach::Loopback, "10.0.0.1"),
        ] {
            let error = failure(reach, address).await;
            assert_eq!(error.status, StatusCode::BAD_GATEWAY);
            let start = format!("api.example.com resolves to {address}, which is not a ");
            assert!(error.text.starts_with(&start), "{}", error.text);
        }
    }
}
