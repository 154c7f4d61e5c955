//! The `Transform`, and the `Service` that it makes.

use crate::future::ResponseFuture;
use crate::headers::Headers;
use crate::request::RequestView;
use actix_web::body::{BoxBody, EitherBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderValue};
use actix_web::{Error, HttpResponse};
use cors_core::{EarlyResponse, PendingHeaders, Policies, PolicyTable, RenderedPolicy};
use std::borrow::Cow;
use std::sync::Arc;

/// A [`Transform`] that applies a CORS [`Policy`](crate::Policy), or several by host and path, to an `App`, a
/// `Scope` or a `Resource`. Pass it to `wrap`.
///
/// A clone costs one reference count. Make one value and clone it into the `App` of every worker.
#[derive(Clone, Debug)]
pub struct Cors {
    policies: Arc<PolicyTable<RenderedPolicy<HeaderValue>>>,
}

impl Cors {
    /// A middleware that applies a policy, or several by host and path.
    #[must_use]
    pub fn new(policies: impl Into<Policies>) -> Self {
        let value = |text| match text {
            Cow::Borrowed(text) => Ok(HeaderValue::from_static(text)),
            Cow::Owned(text) => HeaderValue::try_from(text),
        };
        #[expect(
            clippy::expect_used,
            reason = "a policy contains only tokens and numbers"
        )]
        let policies = PolicyTable::new(policies, |policy| RenderedPolicy::new(policy, value))
            .expect("visible ASCII is a valid header value");
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

/// The service of [`Cors`].
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
        let head = RequestView::new(request.request());
        let Some(policy) = self.cors.policies.find(request.uri().path(), &head) else {
            return ResponseFuture::forward(self.inner.call(request), None);
        };
        let cors = PendingHeaders::new(policy, &head, head.origin());
        match cors.early_response() {
            None => ResponseFuture::forward(self.inner.call(request), Some(cors)),
            Some(early) => {
                let mut response = response(early);
                cors.apply_early(&mut Headers(response.headers_mut()), || {
                    head.requested_headers()
                });
                ResponseFuture::respond(request.into_response(response))
            }
        }
    }
}

/// An early response, without its CORS headers.
#[inline]
fn response(early: EarlyResponse) -> HttpResponse {
    let status = StatusCode::from_u16(early.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::with_body(status, BoxBody::new(early.body));
    if let Some(text) = early.content_type() {
        let text = HeaderValue::from_static(text);
        response.headers_mut().append(CONTENT_TYPE, text);
    }
    response
}
