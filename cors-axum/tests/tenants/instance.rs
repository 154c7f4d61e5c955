//! One instance of the service.

use crate::{app, follow, store};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response, StatusCode, header};
use serde_json::Value;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio::time::sleep;
use tower::ServiceExt as _;

pub(crate) struct Instance {
    router: Router,
    _tasks: JoinSet<()>,
}

impl Instance {
    pub(crate) fn start(url: &str) -> Self {
        let timing = follow::Timing {
            period: Duration::from_millis(200),
            query: Duration::from_secs(2),
            ..follow::Timing::default()
        };
        let store = store::Store::open(url).unwrap();
        let (router, _tasks) = app::start(store, timing).unwrap();
        Self { router, _tasks }
    }

    async fn request(&self, request: Request<Body>) -> Response<Body> {
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// Sends a request without a token.
    pub(crate) async fn send(&self, method: &str, path: &str, body: &str) -> Response<Body> {
        let request = Request::builder().method(method).uri(path);
        self.request(request.body(Body::from(body.to_owned())).unwrap())
            .await
    }

    pub(crate) async fn allow_origin(&self, path: &str, origin: &str) -> Option<String> {
        let request = Request::builder().uri(path).header(header::ORIGIN, origin);
        let response = self.request(request.body(Body::empty()).unwrap()).await;
        let allowed = response.headers().get(header::ACCESS_CONTROL_ALLOW_ORIGIN);
        allowed.map(|origin| origin.to_str().unwrap().to_owned())
    }

    pub(crate) async fn allows(&self, origin: &str) -> bool {
        self.allow_origin("/hello", origin).await.as_deref() == Some(origin)
    }

    async fn as_tenant(
        &self,
        method: &str,
        tenant: &str,
        query: &str,
        body: &str,
    ) -> Response<Body> {
        let request = Request::builder()
            .method(method)
            .uri(format!("/tenants/{tenant}/origins{query}"))
            .header(header::AUTHORIZATION, format!("Bearer demo-{tenant}"));
        self.request(request.body(Body::from(body.to_owned())).unwrap())
            .await
    }

    pub(crate) async fn register(&self, tenant: &str, origin: &str) -> StatusCode {
        self.as_tenant("POST", tenant, "", origin).await.status()
    }

    pub(crate) async fn unregister(&self, tenant: &str, origin: &str) -> StatusCode {
        let query = format!("?origin={origin}");
        self.as_tenant("DELETE", tenant, &query, "").await.status()
    }

    pub(crate) async fn list(&self, tenant: &str) -> String {
        text(self.as_tenant("GET", tenant, "", "").await).await
    }

    pub(crate) async fn health(&self) -> Value {
        let body = text(self.send("GET", "/health", "").await).await;
        serde_json::from_str(&body).unwrap()
    }

    /// Waits until it has read the database.
    pub(crate) async fn is_in_step(&self) {
        eventually("it is in step", async || {
            self.health().await["in_step"] == true
        })
        .await;
    }
}

async fn text(response: Response<Body>) -> String {
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    String::from_utf8(bytes.into()).unwrap()
}

/// Waits until `condition` is true. The limit is far beyond what a loaded machine needs.
pub(crate) async fn eventually(what: &str, condition: impl AsyncFn() -> bool) {
    let limit = Instant::now() + Duration::from_secs(180);
    while !condition().await {
        assert!(Instant::now() < limit, "not within three minutes: {what}");
        sleep(Duration::from_millis(20)).await;
    }
}
