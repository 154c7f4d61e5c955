//! The API of the playground: any request gets a small answer, through the adapter, under the
//! policy in force.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwap;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, Uri, header};
use axum::response::{IntoResponse as _, Response};
use axum::{Json, Router};
use cors_axum::{Cors, CorsLayer};
use cors_core::{ConfigError, Policy};
use serde_json::json;
use tower::{Layer as _, ServiceExt as _};

use super::record::{Record, Records};
use crate::command::policy_file::from_json;
use crate::command::say;

/// Answers any method on any path.
pub(crate) fn router(api: Arc<Api>) -> Router {
    Router::new().fallback(observe).with_state(api)
}

pub(crate) struct Api {
    in_force: ArcSwap<InForce>,
    pub(crate) records: Records,
}

impl Api {
    pub(crate) fn new(in_force: InForce) -> Self {
        Self {
            in_force: ArcSwap::from_pointee(in_force),
            records: Records::default(),
        }
    }

    pub(crate) fn in_force(&self) -> Arc<InForce> {
        self.in_force.load_full()
    }

    /// Puts a policy in force as a whole, or leaves the one before.
    pub(crate) fn apply(&self, text: String) -> Result<Arc<InForce>, Refused> {
        let policy = from_json(&text)
            .map_err(Refused::Malformed)?
            .build()
            .map_err(Refused::Policy)?;
        let applied = Arc::new(InForce::new(text, policy));
        self.in_force.store(Arc::clone(&applied));
        Ok(applied)
    }
}

/// Why a policy is not put in force.
pub(crate) enum Refused {
    Malformed(String),
    Policy(ConfigError),
}

/// A policy with its text and the application behind its adapter: swapped together, so never half
/// a policy.
pub(crate) struct InForce {
    pub(crate) text: String,
    pub(crate) policy: Policy,
    application: Cors<Router>,
}

impl InForce {
    pub(crate) fn new(text: String, policy: Policy) -> Self {
        let application = CorsLayer::new(policy.clone()).layer(Router::new().fallback(answer));
        Self {
            text,
            policy,
            application,
        }
    }
}

/// Stands outside the adapter: sees what came, and what really goes out.
async fn observe(State(api): State<Arc<Api>>, request: Request) -> Response {
    let in_force = api.in_force();
    let (head, body) = request.into_parts();
    let seen = Request::from_parts(head.clone(), ());
    let Ok(response) = in_force
        .application
        .clone()
        .oneshot(Request::from_parts(head, body))
        .await;
    let record = Record::new(in_force, &seen, &response);
    say(&record);
    api.records.add(record);
    response
}

/// The application itself, which knows nothing of CORS.
async fn answer(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let request_id = COUNT.fetch_add(1, Ordering::Relaxed);
    let cookie = headers.contains_key(header::COOKIE);
    let body = json!({ "method": method.as_str(), "path": uri.path(), "cookie": cookie });
    let mut response = ([("x-request-id", request_id.to_string())], Json(body)).into_response();
    if uri.path() == "/session" {
        let cookie =
            HeaderValue::from_static("playground=1; Path=/session; HttpOnly; SameSite=Strict");
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}
