//! The routes.

use crate::follow::{Follower, Status, Timing};
use crate::store::{Registered, Store};
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use cors_axum::{Config, ConfigError, CorsLayer, Policy};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tokio::sync::Notify;
use tokio::task::JoinSet;

type Refusal = (StatusCode, String);

/// One instance: its routes, and the tasks that keep it in step. They end when the tasks are dropped.
pub(crate) fn start(store: Store, timing: Timing) -> Result<(Router, JoinSet<()>), ConfigError> {
    let template = template()?;
    let follower = Follower {
        store,
        // Until the database was read, no tenant is allowed.
        cors: CorsLayer::new(template.clone()),
        template,
        timing,
        wake: Arc::new(Notify::new()),
        status: Arc::new(Mutex::new(Status::default())),
    };
    let mut tasks = JoinSet::new();
    tasks.spawn(follower.clone().follow());
    tasks.spawn(follower.clone().listen());
    let cors = follower.cors.clone();
    let router = Router::new()
        .route("/hello", get(|| async { "hello\n" }))
        .route(
            "/tenants/{tenant}/origins",
            get(list).post(register).delete(unregister),
        )
        .route("/health", get(health))
        .with_state(follower)
        .layer(cors);
    Ok((router, tasks))
}

/// The policy without the tenants' origins.
fn template() -> Result<Policy, ConfigError> {
    Config::new()
        .allow_methods(["GET", "PUT"])
        .allow_headers(["Authorization"])
        .build()
}

/// The origins of a tenant, one in a line.
async fn list(
    State(instance): State<Follower>,
    Path(tenant): Path<String>,
    headers: HeaderMap,
) -> Result<String, Refusal> {
    authenticate(&tenant, &headers)?;
    let origins = instance
        .store
        .of_tenant(&tenant)
        .await
        .map_err(unavailable)?;
    Ok(origins.iter().map(|origin| format!("{origin}\n")).collect())
}

/// Registers the origin in the body.
async fn register(
    State(instance): State<Follower>,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    origin: String,
) -> Result<impl IntoResponse, Refusal> {
    authenticate(&tenant, &headers)?;
    check(&instance.template, &origin)?;
    let registered = instance.store.register(&tenant, &origin).await;
    instance.wake.notify_one();
    match registered.map_err(unavailable)? {
        Registered::New => Ok((StatusCode::CREATED, "registered\n")),
        Registered::Already => Ok((StatusCode::OK, "already registered\n")),
        Registered::TooMany => Err((
            StatusCode::CONFLICT,
            "the tenant has too many origins: delete one first\n".to_owned(),
        )),
    }
}

/// Deletes the origin in the query: `?origin=https://example.com`.
async fn unregister(
    State(instance): State<Follower>,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<StatusCode, Refusal> {
    authenticate(&tenant, &headers)?;
    let missing = || {
        (
            StatusCode::BAD_REQUEST,
            "which one? Add `?origin=`\n".to_owned(),
        )
    };
    let origin = query.get("origin").ok_or_else(missing)?;
    let is_deleted = instance.store.unregister(&tenant, origin).await;
    instance.wake.notify_one();
    match is_deleted.map_err(unavailable)? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err((StatusCode::NOT_FOUND, "no such origin\n".to_owned())),
    }
}

/// A placeholder for a real check. A client that may register an origin lets its pages read the responses.
fn authenticate(tenant: &str, headers: &HeaderMap) -> Result<(), Refusal> {
    let expected = format!("Bearer demo-{tenant}");
    match headers.get(header::AUTHORIZATION) {
        Some(token) if *token == expected => Ok(()),
        _ => Err((
            StatusCode::UNAUTHORIZED,
            "missing or wrong token\n".to_owned(),
        )),
    }
}

/// Errors and warnings are refused before they are in the database.
fn check(template: &Policy, origin: &str) -> Result<(), Refusal> {
    let refuse = |reason: String| (StatusCode::UNPROCESSABLE_ENTITY, format!("{reason}\n"));
    let with_origin = template.with_changed_origins([origin], []);
    let with_origin = with_origin.map_err(|error| refuse(error.to_string()))?;
    match with_origin.warnings().first() {
        Some(warning) => Err(refuse(warning.to_string())),
        None => Ok(()),
    }
}

fn unavailable(error: impl std::fmt::Display) -> Refusal {
    eprintln!("the database is not available: {error}");
    let text = "the database is not available, so nothing was changed\n";
    (StatusCode::SERVICE_UNAVAILABLE, text.to_owned())
}

/// Whether this instance is in step with the database. An instance that is not still serves by its last policy, so
/// the status is 200 unless the database was never read.
async fn health(State(instance): State<Follower>) -> impl IntoResponse {
    let status = instance.status();
    let body = json!({
        "in_step": status.problem.is_none() && status.in_step.is_some(),
        "seconds_since_in_step": status.in_step.map(|time| time.elapsed().as_secs_f64()),
        "problem": status.problem,
        "change": status.change,
        "policy_revision": instance.cors.in_force().revision(),
        "rows_that_allow_nothing": status.wrong_rows,
    });
    let code = match status.in_step {
        Some(_) => StatusCode::OK,
        None => StatusCode::SERVICE_UNAVAILABLE,
    };
    (
        code,
        [(header::CONTENT_TYPE, "application/json")],
        format!("{body}\n"),
    )
}
