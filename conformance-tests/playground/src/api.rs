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
use command_support::policy_file::from_json;
use command_support::print_line;
use conformance_tests::subject::Framework;
use cors_core::{ConfigError, Policy};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::task;

use crate::active::ActivePolicy;
use crate::record::{Record, Records};

/// Forwards every request.
pub(crate) fn router(api: Arc<Api>) -> Router {
    Router::new().fallback(observe).with_state(api)
}

pub(crate) struct Api {
    framework: Framework,
    active: ArcSwap<ActivePolicy>,
    /// Held while a policy is read and its server starts: one at a time.
    applying: Mutex<()>,
    pub(crate) records: Records,
}

impl Api {
    /// Starts with this policy; `text` is its JSON text.
    pub(crate) async fn start(framework: Framework, text: String, policy: Policy) -> Result<Self> {
        let active = ActivePolicy::start(framework, text, policy, 1).await?;
        Ok(Self {
            framework,
            active: ArcSwap::from_pointee(active),
            applying: Mutex::default(),
            records: Records::default(),
        })
    }

    pub(crate) fn active(&self) -> Arc<ActivePolicy> {
        self.active.load_full()
    }

    /// Activates a policy. On an error, the previous policy remains active.
    pub(crate) async fn apply(&self, text: String) -> Result<Arc<ActivePolicy>, ApplyError> {
        let failed = |error: &dyn std::fmt::Display| ApplyError::Malformed(error.to_string());
        let _one_at_a_time = self.applying.lock().await;
        // A long policy takes a while, in which the servers must respond.
        let built = task::spawn_blocking(move || build(&text).map(|policy| (text, policy)));
        let (text, policy) = built.await.map_err(|error| failed(&error))??;
        let revision = self.active.load().revision.wrapping_add(1);
        let started = ActivePolicy::start(self.framework, text, policy, revision).await;
        let applied = Arc::new(started.map_err(|error| failed(&error))?);
        self.active.store(Arc::clone(&applied));
        Ok(applied)
    }
}

fn build(text: &str) -> Result<Policy, ApplyError> {
    let config = from_json(text).map_err(ApplyError::Malformed)?;
    config.build().map_err(ApplyError::Policy)
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
    let policy = Arc::clone(&active.policy);
    let response = match forward(active, Request::from_parts(head, body)).await {
        Ok(response) => response,
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    };
    let record = Record::new(policy, &seen, &response);
    print_line(&record);
    api.records.add(record);
    response
}

async fn forward(active: Arc<ActivePolicy>, request: Request) -> Result<Response> {
    let stream = TokioIo::new(TcpStream::connect(active.server.address).await?);
    let (mut sender, connection) = http1::handshake(stream).await?;
    // The connection ends with the body of the response. Until then, the server must not stop.
    tokio::spawn(async move {
        let _ = connection.await;
        drop(active);
    });
    Ok(sender.send_request(request).await?.map(Body::new))
}
