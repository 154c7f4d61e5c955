//! The filter that [`Cors::wrap`] makes.
//!
//! A log around the routes decides about the headers of their responses. A gate before the routes
//! responds early. Only requests that may need an early response pass through it: `OPTIONS`, or every
//! request if a policy refuses some. See `handoff` for how logs and
//! filters work together.

use crate::handoff::{CORS_HEADERS, EARLY_RESPONSE, HAS_EARLY_RESPONSE, HOST};
use crate::rejection::{RouteError, sealed};
use crate::request::{Host, RequestView};
use cors_core::http::{Action, HttpPolicy};
use cors_core::{Policies, PolicyTable};
use http::{Method, StatusCode};
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::Arc;
use warp::log::Info;
use warp::reply::Response;
use warp::{Filter, Rejection, Reply};

/// Applies a CORS [`Policy`](crate::Policy), or several by path, to the routes of an application.
///
/// A clone costs one reference count.
#[derive(Clone, Debug)]
pub struct Cors {
    policies: Arc<PolicyTable<HttpPolicy>>,
}

impl Cors {
    /// Applies a [`Policy`](crate::Policy), or several by path.
    #[must_use]
    pub fn new(policies: impl Into<Policies>) -> Self {
        Self {
            policies: Arc::new(PolicyTable::for_http(policies)),
        }
    }

    /// Responds to preflights, forwards every other request to `routes`, and adds the CORS headers to
    /// their responses. This includes the response that warp sends for an unhandled rejection.
    ///
    /// The returned filter never rejects, so `or` and `recover` belong inside:
    ///
    /// ```
    /// # use cors_warp::{Config, Cors};
    /// # use warp::Filter;
    /// # let cors = Cors::new(Config::new().allow_origins(["https://example.com"]).build()?);
    /// # let (routes, more) = (warp::path("a").map(|| "a"), warp::path("b").map(|| "b"));
    /// let app = cors.wrap(routes.or(more));
    /// # Ok::<(), cors_warp::ConfigError>(())
    /// ```
    ///
    /// ```compile_fail
    /// # use cors_warp::{Config, Cors};
    /// # use warp::Filter;
    /// # let cors = Cors::new(Config::new().allow_origins(["https://example.com"]).build()?);
    /// # let (routes, more) = (warp::path("a").map(|| "a"), warp::path("b").map(|| "b"));
    /// let app = cors.wrap(routes).or(more);
    /// # Ok::<(), cors_warp::ConfigError>(())
    /// ```
    pub fn wrap<F>(
        &self,
        routes: F,
    ) -> impl Filter<Extract = (Response,), Error = Infallible> + Clone + Send + Sync + 'static + use<F>
    where
        F: Filter<Extract: Reply, Error: RouteError> + Clone + Send + Sync + 'static,
    {
        let policies = Arc::clone(&self.policies);
        sealed::Sealed::replies(self.gate(), routes, move |info| forward(&policies, &info))
    }

    /// Rejects requests that the routes must not receive, and stores the early response.
    fn gate(
        &self,
    ) -> impl Filter<Extract = (), Error = Rejection> + Clone + Send + Sync + 'static + use<> {
        let mut policies = self.policies.iter();
        let refuses = policies.any(|policy| policy.policy().refuses_requests());
        let others = warp::method()
            .and_then(move |method| pass_unless(refuses || method == Method::OPTIONS));
        let unknown = warp::any().map(|| Host::Unknown);
        // It rejects a `Host` line that contradicts the target or is not a host.
        let known = warp::host::optional()
            .map(Host::Known)
            .or_else(|_| ready(Ok::<_, Infallible>((Host::Known(None),))));
        let look = self.look(unknown).or(self.look(known)).unify();
        others.or(look.and_then(pass_unless)).unify().untuple_one()
    }

    /// Whether there is an early response. If there is, it is stored. Rejects if the result depends on a
    /// host that is unknown.
    fn look<H>(
        &self,
        host: H,
    ) -> impl Filter<Extract = (bool,), Error = Rejection> + Clone + Send + Sync + 'static + use<H>
    where
        H: Filter<Extract = (Host,), Error = Infallible> + Clone + Send + Sync + 'static,
    {
        let policies = Arc::clone(&self.policies);
        host.map(|host| {
            HOST.set(host);
            StatusCode::OK // A log needs a reply.
        })
        .with(warp::log::custom(move |info| {
            HAS_EARLY_RESPONSE.set(respond(&policies, &info, HOST.take()));
        }))
        .and_then(|_| ready(HAS_EARLY_RESPONSE.get().ok_or_else(warp::reject::not_found)))
    }
}

fn pass_unless(is_rejected: bool) -> Ready<Result<(), Rejection>> {
    ready(if is_rejected {
        Err(warp::reject::not_found())
    } else {
        Ok(())
    })
}

/// Whether there is an early response. If there is, it is stored. `None` if the result depends on a host
/// that is unknown.
fn respond(policies: &PolicyTable<HttpPolicy>, info: &Info<'_>, host: Host) -> Option<bool> {
    let Some(policy) = policies.find(info.path()) else {
        return Some(false);
    };
    let head = RequestView::new(info.method(), info.request_headers()).with(host);
    let action = policy.act(&head, info.request_headers());
    if head.lacks_host() {
        return None;
    }
    Some(match action {
        Action::Respond(response) => {
            EARLY_RESPONSE.with(|left| left.replace(Some(response.map(Into::into))));
            true
        }
        Action::Forward(_) => false,
    })
}

/// Stores the CORS headers for the response of the routes.
fn forward(policies: &PolicyTable<HttpPolicy>, info: &Info<'_>) {
    if EARLY_RESPONSE.with_borrow(Option::is_some) {
        return; // The gate has rejected the request.
    }
    // The gate has decided what is refused, and nothing else depends on the host.
    let head = RequestView::new(info.method(), info.request_headers());
    let cors = |policy: &Arc<HttpPolicy>| policy.forward(&head, info.request_headers());
    CORS_HEADERS.set(policies.find(info.path()).map(cors));
}
