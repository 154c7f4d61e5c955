//! The `Transform` and the `Service` that it makes.

use crate::convert::{Step, header_value};
use crate::future::ResponseFuture;
use actix_web::Error;
use actix_web::body::EitherBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::http::header::HeaderValue;
use cors_core::{Policies, Ready, ReadyPolicies};
use std::sync::Arc;

/// Puts a CORS [`Policy`](crate::Policy), or several by path, around an `App`, a `Scope` or a `Resource`, by `wrap`.
///
/// A clone costs one reference count: make one value and clone it into the `App` of every worker.
#[derive(Clone, Debug)]
pub struct Cors {
    policies: Arc<ReadyPolicies<Ready<HeaderValue>>>,
}

impl Cors {
    /// A middleware that enforces a policy, or several by path.
    #[must_use]
    pub fn new(policies: impl Into<Policies>) -> Self {
        #[expect(clippy::expect_used, reason = "a policy holds tokens and numbers only")]
        let policies = ReadyPolicies::new(policies, |policy| Ready::new(policy, header_value))
            .expect("visible ASCII is a header value");
        Self {
            policies: Arc::new(policies),
        }
    }
}

impl<S, B> Transform<S, ServiceRequest> for Cors
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = CorsMiddleware<S>;
    type InitError = ();
    type Future = std::future::Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        std::future::ready(Ok(CorsMiddleware {
            inner,
            cors: self.clone(),
        }))
    }
}

/// The service that [`Cors`] makes of another.
#[derive(Debug)]
pub struct CorsMiddleware<S> {
    inner: S,
    cors: Cors,
}

impl<S, B> Service<ServiceRequest> for CorsMiddleware<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = ResponseFuture<S::Future>;

    forward_ready!(inner);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let Some(ready) = self.cors.policies.find(request.uri().path()) else {
            return ResponseFuture::forward(self.inner.call(request), None);
        };
        match Step::of(&request, ready) {
            Step::Answer(answer) => ResponseFuture::answer(request.into_response(answer)),
            Step::Forward(forward) => {
                ResponseFuture::forward(self.inner.call(request), Some(forward))
            }
        }
    }
}
