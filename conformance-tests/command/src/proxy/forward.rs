//! The service behind the CORS layer: sends a request to the target, and its response back.

use std::convert::Infallible;
use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::str;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{self, HeaderValue};
use axum::http::uri::PathAndQuery;
use axum::http::{Request, Response, StatusCode, Version};
use hyper::body::Incoming;
use hyper::upgrade::OnUpgrade;
use tower::Service;

use super::client::Client;
use super::gateway_error::GatewayError;
use super::headers::{self, Received};
use super::log::Note;
use super::patience::{Progress, Reported};
use super::target::{Redirect, Target};
use super::upgrade;

/// The service of one connection.
#[derive(Clone)]
pub(crate) struct Forward {
    pub(crate) route: Arc<Route>,
    /// The address of the browser.
    pub(crate) client: IpAddr,
}

/// How the target is reached, and what passes.
pub(crate) struct Route {
    pub(crate) target: Target,
    pub(crate) client: Client,
    pub(crate) cookies: bool,
    /// How long the target may be silent before the head of a response.
    pub(crate) head_limit: Duration,
}

impl Service<Request<Incoming>> for Forward {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Incoming>) -> Self::Future {
        let Self { route, client } = self.clone();
        Box::pin(async move {
            let response = route.exchange(request, client).await;
            Ok(response.unwrap_or_else(GatewayError::into_response))
        })
    }
}

impl Route {
    async fn exchange(
        &self,
        mut request: Request<Incoming>,
        client: IpAddr,
    ) -> Result<Response<Body>, GatewayError> {
        if headers::is_in_a_loop(request.headers()) {
            let text = "the target leads back to this proxy";
            return Err(GatewayError::new(StatusCode::LOOP_DETECTED, text));
        }
        let browser = upgrade::requested(&mut request);
        let host = request.headers().get(header::HOST);
        let host = host.and_then(|host| host.to_str().ok());
        let host = host.unwrap_or_default().to_owned();
        let path = request.uri().path_and_query().cloned();
        let path = path.unwrap_or_else(|| PathAndQuery::from_static("/"));

        let received = Received {
            client,
            host: &host,
        };
        let progress = Progress::new();
        let mut sent = self.to_target(request, path.clone(), &received, &progress)?;
        if browser.is_some() {
            upgrade::set(sent.headers_mut());
        }
        let response = self.send(sent, &progress).await?.map(Body::new);
        let mut response = self.to_browser(response, browser)?;
        let note = self.rewrite_location(&mut response, path.as_str(), &host);
        response.extensions_mut().insert(Note(note));
        Ok(response)
    }

    fn to_target(
        &self,
        request: Request<Incoming>,
        path: PathAndQuery,
        received: &Received<'_>,
        progress: &Progress,
    ) -> Result<Request<Reported<Incoming>>, GatewayError> {
        let uri = self.target.uri(path);
        let uri =
            uri.map_err(|error| GatewayError::new(StatusCode::BAD_REQUEST, error.to_string()))?;
        let (head, body) = request.into_parts();
        let mut sent = Request::new(Reported {
            body,
            progress: progress.clone(),
        });
        *sent.method_mut() = head.method;
        *sent.uri_mut() = uri;
        *sent.headers_mut() = head.headers;
        headers::to_target(sent.headers_mut(), received, self.cookies);
        Ok(sent)
    }

    async fn send(
        &self,
        request: Request<Reported<Incoming>>,
        progress: &Progress,
    ) -> Result<Response<Incoming>, GatewayError> {
        let target = self.target.origin();
        progress
            .head(self.head_limit, self.client.request(request))
            .await
            .map_err(|_| GatewayError::no_head(&target, self.head_limit))?
            .map_err(|error| GatewayError::of_request(&target, &error))
    }

    /// `browser` is there if the request asked for a WebSocket.
    fn to_browser(
        &self,
        mut response: Response<Body>,
        browser: Option<OnUpgrade>,
    ) -> Result<Response<Body>, GatewayError> {
        let upgraded = response.status() == StatusCode::SWITCHING_PROTOCOLS;
        let is_websocket = upgraded && upgrade::is_websocket(response.headers());
        *response.version_mut() = Version::HTTP_11; // That of a target with HTTP/1.0 is only between it and the proxy.
        headers::to_browser(response.headers_mut(), self.cookies);
        match browser {
            Some(browser) if is_websocket => {
                upgrade::set(response.headers_mut());
                upgrade::tunnel(browser, &mut response);
            }
            _ if upgraded => {
                let target = self.target.origin();
                let text = format!("{target} changed to a protocol that was not requested");
                return Err(GatewayError::new(StatusCode::BAD_GATEWAY, text));
            }
            _ => {}
        }
        Ok(response)
    }

    /// Leads a redirect of the target to the target through the proxy. Another one is left as it is: the browser
    /// follows it without the proxy. Returns what to report about it.
    fn rewrite_location(
        &self,
        response: &mut Response<Body>,
        path: &str,
        host: &str,
    ) -> Option<String> {
        let location = response.headers().get(header::LOCATION)?;
        let location = str::from_utf8(location.as_bytes()).ok()?;
        match self.target.redirect(path, location, host)? {
            Redirect::Through(address) => {
                let address = HeaderValue::from_str(&address).ok()?;
                response.headers_mut().insert(header::LOCATION, address);
                None
            }
            Redirect::Elsewhere(origin) => Some(format!(
                "the redirect to {origin} leaves the proxy, which has the target {}",
                self.target.origin()
            )),
        }
    }
}
