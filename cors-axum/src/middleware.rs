//! The tower `Layer` and `Service`.

use crate::convert::{AnswerBody, EmptyBody, TextBody};
use crate::future::ResponseFuture;
use cors_core::http::{HttpReady, Step};
use cors_core::{Policies, ReadyPolicies};
use http::{Request, Response};
use std::marker::PhantomData;
use std::sync::Arc;
use std::task::{Context, Poll};
use tower_layer::Layer;
use tower_service::Service;

/// Puts a CORS [`Policy`](crate::Policy), or several by path, around a service of `http` requests: an axum router, a tonic server, or
/// any other.
///
/// A clone costs one reference count. `A` is how the body of a preflight's answer is made:
/// [`TextBody`] from [`new`](CorsLayer::new), [`EmptyBody`] from
/// [`with_empty_body`](CorsLayer::with_empty_body).
#[derive(Debug)]
pub struct CorsLayer<A = TextBody> {
    policies: Arc<ReadyPolicies<HttpReady>>,
    answer: PhantomData<fn() -> A>,
}

impl CorsLayer<TextBody> {
    /// A layer whose answers have a text, such as `Disallowed CORS origin`, for body types that can
    /// be made of one: axum's, `http_body_util::Full`, `String`.
    #[must_use]
    pub fn new(policies: impl Into<Policies>) -> Self {
        Self::of(policies)
    }
}

impl CorsLayer<EmptyBody> {
    /// A layer whose answers have no text, for body types with nothing but a default: tonic's, say.
    #[must_use]
    pub fn with_empty_body(policies: impl Into<Policies>) -> Self {
        Self::of(policies)
    }
}

impl<A> CorsLayer<A> {
    fn of(policies: impl Into<Policies>) -> Self {
        Self {
            policies: Arc::new(ReadyPolicies::for_http(policies)),
            answer: PhantomData,
        }
    }
}

// Derived, it would ask `A: Clone`.
impl<A> Clone for CorsLayer<A> {
    fn clone(&self) -> Self {
        Self {
            policies: Arc::clone(&self.policies),
            answer: PhantomData,
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

/// The service that [`CorsLayer`] makes of another.
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
    A: AnswerBody<ResB>,
{
    type Response = Response<ResB>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future, ResB>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<ReqB>) -> Self::Future {
        let Some(ready) = self.layer.policies.find(request.uri().path()) else {
            return ResponseFuture::forward(self.inner.call(request), None);
        };
        match ready.step(&request, request.headers()) {
            Step::Answer(answer) => ResponseFuture::answer(answer.map(A::body)),
            Step::Forward(forward) => {
                ResponseFuture::forward(self.inner.call(request), Some(forward))
            }
        }
    }
}
