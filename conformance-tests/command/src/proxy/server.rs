//! Accepts connections of browsers.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, Response};
use cors_axum::{Cors, CorsLayer};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;
use tower::{Layer as _, ServiceExt as _};

use super::forward::{Forward, Route};
use super::guard;
use super::log::Line;
use crate::print_error;

/// The proxy with its policy.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) cors: CorsLayer,
    pub(crate) route: Arc<Route>,
    pub(crate) quiet: bool,
}

impl Server {
    /// Serves connections until the future is dropped. HTTP/1.1 only: browsers speak no other version without TLS.
    pub(crate) async fn serve(self, listener: TcpListener) {
        loop {
            match listener.accept().await {
                Ok((stream, client)) => drop(tokio::spawn(self.clone().connection(stream, client))),
                Err(error) => {
                    print_error(format_args!("error: cannot accept a connection: {error}"));
                    sleep(Duration::from_secs(1)).await; // Too many open files, until some are closed.
                }
            }
        }
    }

    async fn connection(self, stream: TcpStream, client: SocketAddr) {
        let _ = stream.set_nodelay(true);
        let forward = Forward {
            route: self.route,
            client: client.ip().to_canonical(),
        };
        let service = self.cors.layer(forward);
        let service = service_fn(|request| respond(service.clone(), self.quiet, request));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .serve_connection(TokioIo::new(stream), service);
        // An error is a broken client or connection. hyper has responded, if that is possible.
        let _ = connection.with_upgrades().await;
    }
}

async fn respond(
    service: Cors<Forward>,
    quiet: bool,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    let line = (!quiet).then(|| Line::of(&request));
    let response = match guard::check(&request) {
        Ok(()) => service.oneshot(request).await?,
        Err(refusal) => refusal.into_response(),
    };
    if let Some(line) = line {
        print_error(line.end(&response));
    }
    Ok(response)
}
