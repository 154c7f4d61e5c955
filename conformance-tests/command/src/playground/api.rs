//! The API of the playground: the fixed application behind the adapter of a framework, under the
//! policy in force, with an observer before it.
//!
//! The framework serves on a port of its own, and a policy that is applied starts it anew: what
//! answers is always the adapter as an application has it. The observer only passes requests on.

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

use super::in_force::InForce;
use super::record::{Record, Records};
use crate::policy_file::from_json;
use crate::say;

/// Passes every request on.
pub(crate) fn router(api: Arc<Api>) -> Router {
    Router::new().fallback(observe).with_state(api)
}

pub(crate) struct Api {
    framework: Framework,
    in_force: ArcSwap<InForce>,
    pub(crate) records: Records,
}

impl Api {
    /// Starts with this policy; `text` is what it was made of.
    pub(crate) async fn start(framework: Framework, text: String, policy: Policy) -> Result<Self> {
        let in_force = InForce::start(framework, text, policy).await?;
        Ok(Self {
            framework,
            in_force: ArcSwap::from_pointee(in_force),
            records: Records::default(),
        })
    }

    pub(crate) fn in_force(&self) -> Arc<InForce> {
        self.in_force.load_full()
    }

    /// Puts a policy in force as a whole, or leaves the one before.
    pub(crate) async fn apply(&self, text: String) -> Result<Arc<InForce>, Refused> {
        let policy = from_json(&text)
            .map_err(Refused::Malformed)?
            .build()
            .map_err(Refused::Policy)?;
        let started = InForce::start(self.framework, text, policy).await;
        let applied = Arc::new(started.map_err(|error| Refused::Malformed(error.to_string()))?);
        self.in_force.store(Arc::clone(&applied));
        Ok(applied)
    }
}

/// Why a policy is not put in force.
pub(crate) enum Refused {
    Malformed(String),
    Policy(ConfigError),
}

/// Sees what comes, and what really goes out.
async fn observe(State(api): State<Arc<Api>>, request: Request) -> Response {
    let in_force = api.in_force();
    let (head, body) = request.into_parts();
    let seen = Request::from_parts(head.clone(), ());
    let response = match pass_on(&in_force.server, Request::from_parts(head, body)).await {
        Ok(response) => response,
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    };
    let record = Record::new(in_force, &seen, &response);
    say(&record);
    api.records.add(record);
    response
}

async fn pass_on(server: &Running, request: Request) -> Result<Response> {
    let stream = TokioIo::new(TcpStream::connect(server.address).await?);
    let (mut sender, connection) = http1::handshake(stream).await?;
    // It ends with the response's body.
    tokio::spawn(connection);
    Ok(sender.send_request(request).await?.map(Body::new))
}
