//! The filter that [`Cors::wrap`] makes.
//!
//! A log around the routes decides about the headers of their responses. A gate before the routes
//! responds early. Only requests that may need an early response pass through it: `OPTIONS`, or every
//! request if a policy refuses some. With [`Cors::wrap_by_host`], every request passes through it, and it
//! decides about the headers, too, because the log does not see every host. See `handoff` for how logs and
//! filters work together.

use crate::handoff::{CORS_HEADERS, EARLY_RESPONSE, HAS_EARLY_RESPONSE, HEADERS_OF_GATE, HOST};
use crate::rejection::{RouteError, sealed};
use crate::request::{Host, RequestView};
use cors_core::http::{Action, CorsHeaders, HttpPolicy};
use cors_core::{Policies, PolicyTable};
use http::{Method, StatusCode};
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::Arc;
use warp::log::Info;
use warp::reply::Response;
use warp::{Filter, Rejection, Reply};

/// Applies a CORS [`Policy`](crate::Policy), or several by host and path, to the routes of an application.
///
/// A clone costs one reference count.
#[derive(Clone, Debug)]
pub struct Cors {
    policies: Arc<PolicyTable<HttpPolicy>>,
}

impl Cors {
    /// Applies a [`Policy`](crate::Policy), or several by host and path.
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
        let mut policies = self.policies.iter();
        let gate = if policies.any(|policy| policy.policy().refuses_requests()) {
            Gate::EveryRequest
        } else {
            Gate::Options
        };
        let policies = Arc::clone(&self.policies);
        sealed::Sealed::replies(self.gate(gate), routes, move |info| {
            forward(&policies, &info);
        })
    }

    /// Like [`wrap`](Self::wrap), for policies [by host](Policies::for_host).
    ///
    /// `wrap` sees only `Host` lines, and requests in HTTP/2 have none. With `wrap`, their responses have
    /// no CORS headers if policies depend on the host. This method costs each request more.
    ///
    /// ```
    /// # use cors_warp::{Config, Cors, Policies};
    /// # use warp::Filter;
    /// # let tenant = Config::new().allow_origins(["https://example.com"]).build()?;
    /// # let routes = warp::path("a").map(|| "a");
    /// let policies = Policies::without_default().for_host("api.tenant.example", tenant)?;
    /// let app = Cors::new(policies).wrap_by_host(routes);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn wrap_by_host<F>(
        &self,
        routes: F,
    ) -> impl Filter<Extract = (Response,), Error = Infallible> + Clone + Send + Sync + 'static + use<F>
    where
        F: Filter<Extract: Reply, Error: RouteError> + Clone + Send + Sync + 'static,
    {
        let headers = HeadersOfGate(None);
        sealed::Sealed::replies_after_gate(self.gate(Gate::WithHeaders), routes, move |_| {
            headers.store()
        })
    }

    /// Rejects requests that the routes must not receive, and stores the early response.
    fn gate(
        &self,
        gate: Gate,
    ) -> impl Filter<Extract = (), Error = Rejection> + Clone + Send + Sync + 'static + use<> {
        let others = warp::method().and_then(move |method| {
            pass_unless(gate != Gate::Options || method == Method::OPTIONS)
        });
        let unknown = warp::any().map(|| Host::Unknown);
        // It rejects a `Host` line that contradicts the target or is not a host.
        let known = warp::host::optional()
            .map(Host::Known)
            .or_else(|_| ready(Ok::<_, Infallible>((Host::Known(None),))));
        let look = self.look(unknown, gate).or(self.look(known, gate)).unify();
        others.or(look.and_then(pass_unless)).unify().untuple_one()
    }

    /// Whether there is an early response. If there is, it is stored. Rejects if the result depends on a
    /// host that is unknown.
    fn look<H>(
        &self,
        host: H,
        gate: Gate,
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
            HAS_EARLY_RESPONSE.set(respond(&policies, &info, HOST.take(), gate));
        }))
        .and_then(|_| ready(HAS_EARLY_RESPONSE.get().ok_or_else(warp::reject::not_found)))
    }
}

/// What the gate does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gate {
    /// It looks at `OPTIONS` requests only. No policy refuses others.
    Options,
    EveryRequest,
    /// It looks at every request, and also leaves the headers for the response of the routes.
    WithHeaders,
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
fn respond(
    policies: &PolicyTable<HttpPolicy>,
    info: &Info<'_>,
    host: Host,
    gate: Gate,
) -> Option<bool> {
    let head = RequestView::new(info.method(), info.request_headers()).with(host);
    let policy = policies.find(info.path(), &head);
    if head.lacks_host() {
        return None;
    }
    let Some(policy) = policy else {
        return Some(false);
    };
    let action = policy.act(&head, info.request_headers());
    if head.lacks_host() {
        return None;
    }
    Some(match action {
        Action::Respond(response) => {
            EARLY_RESPONSE.with(|left| left.replace(Some(response.map(Into::into))));
            true
        }
        Action::Forward(cors) => {
            if gate == Gate::WithHeaders {
                HEADERS_OF_GATE.set(Some(cors));
            }
            false
        }
    })
}

/// Stores the CORS headers for the response of the routes.
fn forward(policies: &PolicyTable<HttpPolicy>, info: &Info<'_>) {
    if EARLY_RESPONSE.with_borrow(Option::is_some) {
        return; // The gate has rejected the request.
    }
    // The gate has decided what is refused. Only the policy can depend on the host.
    let head = RequestView::new(info.method(), info.request_headers());
    let policy = policies.find(info.path(), &head);
    let cors = |policy: &Arc<HttpPolicy>| policy.forward(&head, info.request_headers());
    CORS_HEADERS.set(policy.map(cors));
}

/// The CORS headers that the gate has chosen for a request.
struct HeadersOfGate(Option<CorsHeaders>);

/// warp clones a log for each request, directly after the gate has passed it. So the clone can take what the
/// gate has left. If it were made at another time, the response would have no CORS headers.
impl Clone for HeadersOfGate {
    fn clone(&self) -> Self {
        Self(HEADERS_OF_GATE.take())
    }
}

impl HeadersOfGate {
    /// Stores them for the response of the routes.
    fn store(&self) {
        CORS_HEADERS.set(self.0.clone());
    }
}
