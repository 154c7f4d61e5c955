//! The filter that [`Cors::wrap`] makes.
//!
//! A log around the routes decides about the headers of their responses. A gate before the routes
//! responds early. Only requests that may need an early response, or whose policy depends on the host, pass
//! through it: `OPTIONS`, or every request if a policy refuses some or applies to a host. The gate has then
//! decided about the headers, too. See `handoff` for how logs and filters work together.

use crate::handoff::{CORS_HEADERS, EARLY_RESPONSE, HOST, LOOK, Look};
use crate::rejection::{RouteError, sealed};
use crate::request::{Host, RequestView};
use cors_core::http::{Action, CorsHeaders, HttpPolicy};
use cors_core::{Policies, PolicyTable};
use http::{Method, StatusCode};
use std::cell::RefCell;
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
        let policies = Arc::clone(&self.policies);
        let responses = sealed::Sealed::responses(routes, move |info| forward(&policies, &info));
        self.gate().and(responses).map(apply).or_else(respond_early)
    }

    /// Rejects requests that the routes must not receive, and stores the early response. Extracts the CORS
    /// headers, if it has looked at the request.
    fn gate(
        &self,
    ) -> impl Filter<Extract = (Option<CorsHeaders>,), Error = Rejection>
    + Clone
    + Send
    + Sync
    + 'static
    + use<> {
        let mut policies = self.policies.iter();
        let looks = self.policies.depends_on_host()
            || policies.any(|policy| policy.policy().refuses_requests());
        let others = warp::method().and_then(move |method| {
            ready(if looks || method == Method::OPTIONS {
                Err(warp::reject::not_found())
            } else {
                Ok(None)
            })
        });
        let unknown = warp::any().map(|| Host::Unknown);
        // It rejects a `Host` line that contradicts the target or is not a host.
        let known = warp::host::optional()
            .map(Host::Known)
            .or_else(|_| ready(Ok::<_, Infallible>((Host::Known(None),))));
        let look = self.look(unknown).or(self.look(known)).unify();
        others.or(look.and_then(pass)).unify()
    }

    /// The result of [`look`]. Rejects if it depends on a host that is unknown.
    fn look<H>(
        &self,
        host: H,
    ) -> impl Filter<Extract = (Look,), Error = Rejection> + Clone + Send + Sync + 'static + use<H>
    where
        H: Filter<Extract = (Host,), Error = Infallible> + Clone + Send + Sync + 'static,
    {
        let policies = Arc::clone(&self.policies);
        host.map(|host| {
            HOST.set(host);
            StatusCode::OK // A log needs a reply.
        })
        .with(warp::log::custom(move |info| {
            LOOK.set(look(&policies, &info, HOST.take()));
        }))
        .and_then(|_| ready(LOOK.take().ok_or_else(warp::reject::not_found)))
    }
}

/// Rejects if there is an early response.
fn pass(look: Look) -> Ready<Result<Option<CorsHeaders>, Rejection>> {
    ready(match look {
        Look::Respond => Err(warp::reject::not_found()),
        Look::Forward(cors) => Ok(cors),
    })
}

/// Decides about a request. `None` if the result depends on a host that is unknown. An early response is
/// stored.
fn look(policies: &PolicyTable<HttpPolicy>, info: &Info<'_>, host: Host) -> Option<Look> {
    let head = RequestView::new(info.method(), info.request_headers()).with(host);
    let policy = policies.find(info.path(), &head);
    if head.lacks_host() {
        return None;
    }
    let Some(policy) = policy else {
        return Some(Look::Forward(None));
    };
    let action = policy.act(&head, info.request_headers());
    if head.lacks_host() {
        return None;
    }
    Some(match action {
        Action::Respond(response) => {
            EARLY_RESPONSE.with(|left| left.replace(Some(response.map(Into::into))));
            Look::Respond
        }
        Action::Forward(cors) => Look::Forward(Some(cors)),
    })
}

/// Stores the CORS headers for the response of the routes, unless the policy depends on the host. The gate
/// has decided about these requests.
fn forward(policies: &PolicyTable<HttpPolicy>, info: &Info<'_>) {
    // The gate has decided what is refused. Otherwise, the host makes no difference to the headers.
    let head = RequestView::new(info.method(), info.request_headers());
    let policy = policies.find(info.path(), &head);
    let policy = policy.filter(|_| !head.lacks_host());
    CORS_HEADERS.set(policy.map(|policy| policy.forward(&head, info.request_headers())));
}

/// Applies the CORS headers of the gate, or those that [`forward`] has stored.
fn apply(of_gate: Option<CorsHeaders>, mut response: Response) -> Response {
    let stored = CORS_HEADERS.take();
    if let Some(cors) = of_gate.or(stored) {
        cors.apply(response.headers_mut());
    }
    response
}

/// The response to a request that the gate has rejected.
fn respond_early(_rejection: Rejection) -> Ready<Result<(Response,), Infallible>> {
    let response = EARLY_RESPONSE.with(RefCell::take);
    ready(Ok((response.unwrap_or_default(),)))
}
