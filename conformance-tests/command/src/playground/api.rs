//! The API of the playground: the test application with the adapter of a framework and the active
//! policy, and an observer in front of it.
//!
//! The framework serves on a separate port. Applying a policy starts a new server, so every
//! response comes from the adapter as an application uses it. The observer only forwards requests.

use std::sync::Arc;

use anyhow::Result;
use arc_swap::ArcSwap;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use conformance_tests::subject::{Framework, Running};
use cors_core::{ConfigError, Policy};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::active::ActivePolicy;
use super::record::{Record, Records};
use crate::policy_file::from_json;
use crate::print_line;

/// Forwards every request.
pub(crate) fn router(api: Arc<Api>) -> Router {
    Router::new().fallback(observe).with_state(api)
}

pub(crate) struct Api {
    framework: Framework,
    active: ArcSwap<ActivePolicy>,
    pub(crate) records: Records,
}

impl Api {
    /// Starts with this policy; `text` is its JSON text.
    pub(crate) async fn start(framework: Framework, text: String, policy: Policy) -> Result<Self> {
        let active = ActivePolicy::start(framework, text, policy).await?;
        Ok(Self {
            framework,
            active: ArcSwap::from_pointee(active),
            records: Records::default(),
        })
    }

    pub(crate) fn active(&self) -> Arc<ActivePolicy> {
        self.active.load_full()
    }

    /// Activates a policy. On an error, the previous policy remains active.
    pub(crate) async fn apply(&self, text: String) -> Result<Arc<ActivePolicy>, ApplyError> {
        let policy = from_json(&text)
            .map_err(ApplyError::Malformed)?
            .build()
            .map_err(ApplyError::Policy)?;
        let started = ActivePolicy::start(self.framework, text, policy).await;
        let applied = Arc::new(started.map_err(|error| ApplyError::Malformed(error.to_string()))?);
        self.active.store(Arc::clone(&applied));
        Ok(applied)
    }
}

/// Why a policy is rejected.
pub(crate) enum ApplyError {
    Malformed(String),
    Policy(ConfigError),
}

/// Records the request and the response as it is really sent.
async fn observe(State(api): State<Arc<Api>>, request: Request) -> Response {
    let active = api.active();
    let (head, body) = request.into_parts();
    let seen = Request::from_parts(head.clone(), ());
    let response = match forward(&active.server, Request::from_parts(head, body)).await {
        Ok(response) => response,
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    };
    let record = Record::new(active, &seen, &response);
    print_line(&record);
    api.records.add(record);
    response
}

async fn forward(server: &Running, request: Request) -> Result<Response> {
    let stream = TokioIo::new(TcpStream::connect(server.address).await?);
    let (mut sender, connection) = http1::handshake(stream).await?;
    // The connection ends with the body of the response.
    tokio::spawn(connection);
    Ok(sender.send_request(request).await?.map(Body::new))
}
