//! The `Transform`, and the `Service` that it makes.

use crate::future::ResponseFuture;
use crate::headers::Headers;
use crate::request::RequestView;
use actix_web::body::{BoxBody, EitherBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderValue};
use actix_web::{Error, HttpResponse};
use cors_core::{EarlyResponse, InForce, LivePolicies, Policies, PolicyTable, RenderedPolicy};
use std::borrow::Cow;
use std::sync::Arc;

/// A [`Transform`] that applies a CORS [`Policy`](crate::Policy), or several by host and path, to an `App`, a
/// `Scope` or a `Resource`. Pass it to `wrap`.
///
/// A clone costs one reference count. Make one value and clone it into the `App` of every worker. All
/// clones share their policies, so a clone is also the handle that [replaces](Cors::replace) them while
/// the server runs.
#[derive(Clone, Debug)]
pub struct Cors {
    pub(crate) policies: Arc<LivePolicies<RenderedPolicy<HeaderValue>>>,
}

impl Cors {
    /// A middleware that applies a policy, or several by host and path.
    #[must_use]
    pub fn new(policies: impl Into<Policies>) -> Self {
        Self {
            policies: Arc::new(LivePolicies::new(policies, render)),
        }
    }

    /// Replaces the policies of this value, of all its clones and of every worker.
    ///
    /// Every request that begins after this call gets the new policies. A request that began before ends
    /// by the policy that it began with. Only policies that were built are accepted: if
    /// [`build`](crate::Config::build) fails, the old ones stay in force. No request waits for this call,
    /// but browsers keep the responses to preflights for [`max_age`](crate::Config::max_age).
    ///
    /// ```no_run
    /// use actix_web::{App, HttpServer};
    /// use cors_actix::{Config, Cors};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let cors = Cors::new(Config::new().allow_origins(["https://example.com"]).build()?);
    /// let worker = cors.clone();
    /// let server = HttpServer::new(move || App::new().wrap(worker.clone())).bind("127.0.0.1:8080")?.run();
    ///
    /// // Later, for example in the task that reads the policy file:
    /// match Config::new().allow_origins(["https://app.example.com"]).build() {
    ///     Ok(policy) => cors.replace(policy),
    ///     Err(error) => eprintln!("the old policy stays in force: {error}"),
    /// }
    /// assert_eq!(cors.in_force().revision(), 2);
    /// # let _ = server;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Do not call [`Cors::new`] in the closure of `HttpServer`. Every worker then has policies of its own,
    /// and nothing replaces them:
    ///
    /// ```no_run
    /// # use actix_web::{App, HttpServer};
    /// # use cors_actix::{Config, Cors};
    /// # let policy = || Config::new().allow_origins(["https://example.com"]).build().unwrap();
    /// # let new_policy = policy();
    /// let cors = Cors::new(policy());
    /// let server = HttpServer::new(move || App::new().wrap(Cors::new(policy()))); // wrong: clone `cors`
    /// cors.replace(new_policy); // changes nothing for the workers
    /// # let _ = server;
    /// ```
    pub fn replace(&self, policies: impl Into<Policies>) {
        self.policies.replace(policies);
    }

    /// The policies that are in force, since when, and how often they were replaced.
    pub fn in_force(&self) -> InForce {
        self.policies.in_force()
    }
}

#[cfg(feature = "watch")]
impl cors_core::watch::Replace for Cors {
    fn in_force(&self) -> InForce {
        self.in_force()
    }

    fn replace(&self, policies: Policies) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        self.replace(policies);
        Ok(())
    }
}

fn render(policies: Policies) -> PolicyTable<RenderedPolicy<HeaderValue>> {
    let value = |text| match text {
        Cow::Borrowed(text) => Ok(HeaderValue::from_static(text)),
        Cow::Owned(text) => HeaderValue::try_from(text),
    };
    #[expect(
        clippy::expect_used,
        reason = "a policy contains only tokens and numbers"
    )]
    PolicyTable::new(policies, |policy| RenderedPolicy::new(policy, value))
        .expect("visible ASCII is a valid header value")
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
        let path = || request.uri().path();
        let Some(cors) = self.cors.policies.decide(path, &head, head.origin()) else {
            return ResponseFuture::forward(self.inner.call(request), None);
        };
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
