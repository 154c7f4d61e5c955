//! The tower `Layer` and `Service`.

use crate::body::{EmptyBody, ResponseBody, TextBody};
use crate::future::ResponseFuture;
use cors_core::http::{Action, HttpPolicy};
use cors_core::{Policies, PolicyTable};
use http::{Request, Response};
use std::marker::PhantomData;
use std::sync::Arc;
use std::task::{Context, Poll};
use tower_layer::Layer;
use tower_service::Service;

/// A tower [`Layer`] that applies a CORS [`Policy`](crate::Policy), or several by host and path, to a service of
/// `http` requests: an axum router, a tonic server, or any other.
///
/// A clone costs one reference count. `A` makes the body of an early response, such as the one to a
/// preflight: [`TextBody`] from [`new`](CorsLayer::new), or [`EmptyBody`] from
/// [`with_empty_body`](CorsLayer::with_empty_body).
#[derive(Debug)]
pub struct CorsLayer<A = TextBody> {
    policies: Arc<PolicyTable<HttpPolicy>>,
    body: PhantomData<fn() -> A>,
}

impl CorsLayer<TextBody> {
    /// A layer whose early responses have a text, such as `Disallowed CORS origin`. The body type must be
    /// made from a text: axum's `Body`, `http_body_util::Full`, `String`.
    #[must_use]
    pub fn new(policies: impl Into<Policies>) -> Self {
        Self::of(policies)
    }
}

impl CorsLayer<EmptyBody> {
    /// A layer whose early responses have no text. The body type only needs a default, like that of
    /// tonic.
    #[must_use]
    pub fn with_empty_body(policies: impl Into<Policies>) -> Self {
        Self::of(policies)
    }
}

impl<A> CorsLayer<A> {
    fn of(policies: impl Into<Policies>) -> Self {
        Self {
            policies: Arc::new(PolicyTable::for_http(policies)),
            body: PhantomData,
        }
    }
}

// A derived `Clone` would require `A: Clone`.
impl<A> Clone for CorsLayer<A> {
    fn clone(&self) -> Self {
        Self {
            policies: Arc::clone(&self.policies),
            body: PhantomData,
        }
    }
}

impl<S, A> Layer<S> for CorsLayer<A> {
    type Service = Cors<S, A>;

    fn layer(&self, inner: S) -> Self::Service {
        Cors {
            inner,
            layer: self.clone(),
        }
    }
}

/// The service of a [`CorsLayer`].
#[derive(Debug)]
pub struct Cors<S, A = TextBody> {
    inner: S,
    layer: CorsLayer<A>,
}

impl<S: Clone, A> Clone for Cors<S, A> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            layer: self.layer.clone(),
        }
    }
}

impl<S, A, ReqB, ResB> Service<Request<ReqB>> for Cors<S, A>
where
    S: Service<Request<ReqB>, Response = Response<ResB>>,
    A: ResponseBody<ResB>,
{
    type Response = Response<ResB>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future, ResB>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<ReqB>) -> Self::Future {
        let Some(policy) = self.layer.policies.find(request.uri().path(), &request) else {
            return ResponseFuture::forward(self.inner.call(request), None);
        };
        match policy.act(&request, request.headers()) {
            Action::Respond(response) => ResponseFuture::respond(response.map(A::body)),
            Action::Forward(cors) => ResponseFuture::forward(self.inner.call(request), Some(cors)),
        }
    }
}
