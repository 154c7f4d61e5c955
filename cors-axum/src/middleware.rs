//! The tower `Layer` and `Service`.

use crate::convert::{AnswerBody, EmptyBody, TextBody};
use crate::future::ResponseFuture;
use cors_core::Policy;
use cors_core::Ready;
use cors_core::http::Step;
use http::{HeaderValue, Request, Response};
use std::marker::PhantomData;
use std::sync::Arc;
use std::task::{Context, Poll};
use tower_layer::Layer;
use tower_service::Service;

/// Puts a CORS [`Policy`] around a service of `http` requests: an axum router, a tonic server, or
/// any other.
///
/// A clone costs one reference count. `A` is how the body of a preflight's answer is made:
/// [`TextBody`] from [`new`](CorsLayer::new), [`EmptyBody`] from
/// [`with_empty_body`](CorsLayer::with_empty_body).
#[derive(Debug)]
pub struct CorsLayer<A = TextBody> {
    ready: Arc<Ready<HeaderValue>>,
    answer: PhantomData<fn() -> A>,
}

impl CorsLayer<TextBody> {
    /// A layer whose answers have a text, such as `Disallowed CORS origin`, for body types that can
    /// be made of one: axum's, `http_body_util::Full`, `String`.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        Self::of(policy)
    }
}

impl CorsLayer<EmptyBody> {
    /// A layer whose answers have no text, for body types with nothing but a default: tonic's, say.
    #[must_use]
    pub fn with_empty_body(policy: Policy) -> Self {
        Self::of(policy)
    }
}

impl<A> CorsLayer<A> {
    fn of(policy: Policy) -> Self {
        Self {
            ready: Arc::new(Ready::for_http(policy)),
            answer: PhantomData,
        }
    }

    /// The policy that this layer enforces.
    pub fn policy(&self) -> &Policy {
        self.ready.policy()
    }
}

// Derived, it would ask `A: Clone`.
impl<A> Clone for CorsLayer<A> {
    fn clone(&self) -> Self {
        Self {
            ready: Arc::clone(&self.ready),
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
        match self.layer.ready.step(&request) {
            Step::Answer(answer) => ResponseFuture::answer(answer.map(A::body)),
            Step::Forward(forward) => {
                let ready = Arc::clone(&self.layer.ready);
                ResponseFuture::forward(self.inner.call(request), forward, ready)
            }
        }
    }
}
