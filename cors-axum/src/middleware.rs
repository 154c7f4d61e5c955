//! The tower `Layer` and `Service`.

use crate::body::{EmptyBody, ResponseBody, TextBody};
use crate::future::ResponseFuture;
use cors_core::http::{Action, HttpPolicy};
use cors_core::{InForce, LivePolicies, Policies, PolicyTable};
use http::{Request, Response};
use std::marker::PhantomData;
use std::sync::Arc;
use std::task::{Context, Poll};
use tower_layer::Layer;
use tower_service::Service;

/// A tower [`Layer`] that applies a CORS [`Policy`](crate::Policy), or several by host and path, to a service of
/// `http` requests: an axum router, a tonic server, or any other.
///
/// A clone costs one reference count. All clones share their policies, so a clone is also the handle that
/// [replaces](CorsLayer::replace) them while the server runs. `A` makes the body of an early response, such as the one to a
/// preflight: [`TextBody`] from [`new`](CorsLayer::new), or [`EmptyBody`] from
/// [`with_empty_body`](CorsLayer::with_empty_body).
#[derive(Debug)]
pub struct CorsLayer<A = TextBody> {
    pub(crate) policies: Arc<LivePolicies<HttpPolicy>>,
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
            policies: Arc::new(LivePolicies::new(policies, PolicyTable::for_http)),
            body: PhantomData,
        }
    }

    /// Replaces the policies of this layer, of all its clones and of every service that they wrap.
    ///
    /// Every request that begins after this call gets the new policies. A request that began before ends
    /// by the policy that it began with. Only policies that were built are accepted: if
    /// [`build`](crate::Config::build) fails, the old ones stay in force. No request waits for this call,
    /// but browsers keep the responses to preflights for [`max_age`](crate::Config::max_age).
    ///
    /// ```
    /// use axum::{Router, routing::get};
    /// use cors_axum::{Config, CorsLayer};
    ///
    /// let cors = CorsLayer::new(Config::new().allow_origins(["https://example.com"]).build()?);
    /// let app: Router = Router::new().route("/", get(|| async { "hello" })).layer(cors.clone());
    ///
    /// // Later, for example in the task that reads the policy file:
    /// match Config::new().allow_origins(["https://app.example.com"]).build() {
    ///     Ok(policy) => cors.replace(policy),
    ///     Err(error) => eprintln!("the old policy stays in force: {error}"),
    /// }
    /// assert_eq!(cors.in_force().revision(), 2);
    /// # let _ = app;
    /// # Ok::<(), cors_axum::ConfigError>(())
    /// ```
    ///
    /// Do not make a second layer to replace the policies of the first. It has its own policies, and the
    /// application does not use them, so nothing changes:
    ///
    /// ```
    /// # use axum::{Router, routing::get};
    /// # use cors_axum::{Config, CorsLayer};
    /// # let policy = || Config::new().allow_origins(["https://example.com"]).build();
    /// # let new_policy = Config::new().allow_origins(["https://app.example.com"]).build()?;
    /// # let app: Router = Router::new().route("/", get(|| async { "hello" }));
    /// let used = CorsLayer::new(policy()?);
    /// let app = app.layer(used.clone());
    /// CorsLayer::new(policy()?).replace(new_policy); // wrong: use `used.replace`
    /// assert_eq!(used.in_force().revision(), 1);
    /// # let _ = app;
    /// # Ok::<(), cors_axum::ConfigError>(())
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
impl<A: 'static> cors_core::watch::Replace for CorsLayer<A> {
    fn in_force(&self) -> InForce {
        self.in_force()
    }

    fn replace(&self, policies: Policies) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        self.replace(policies);
        Ok(())
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
        let path = || request.uri().path();
        match self.layer.policies.act(path, &request, request.headers()) {
            None => ResponseFuture::forward(self.inner.call(request), None),
            Some(Action::Respond(response)) => ResponseFuture::respond(response.map(A::body)),
            Some(Action::Forward(cors)) => {
                ResponseFuture::forward(self.inner.call(request), Some(cors))
            }
        }
    }
}
