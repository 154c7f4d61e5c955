//! The filter that [`Cors::wrap`] makes.
//!
//! A log around the routes decides about the headers of their responses. A gate before the routes
//! responds early, and only requests pass through it for which this may be needed: `OPTIONS`, or every
//! request if a policy refuses some. See `handoff` for how logs and filters work together.
//!
//! The log sees a request only when the routes have responded, and not always its host. So the gate also
//! decides about the headers, for every request, if policies have been replaced or depend on the host. Each
//! request then ends by the policy that it began with. For others, the gate would cost 700 instructions.

use crate::handoff::{CORS_HEADERS, EARLY_RESPONSE, GATE, Gate, HAS_EARLY_RESPONSE, HOST};
use crate::rejection::{RouteError, sealed};
use crate::request::{Host, RequestView};
use cors_core::http::{Action, CorsHeaders, HttpPolicy};
use cors_core::{InForce, LivePolicies, Policies, PolicyTable, Revision};
use http::{Method, StatusCode};
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::Arc;
use warp::log::Info;
use warp::reply::Response;
use warp::{Filter, Rejection, Reply};

/// Applies a CORS [`Policy`](crate::Policy), or several by host and path, to the routes of an application.
///
/// A clone costs one reference count. All clones share their policies, so a clone is also the handle that
/// [replaces](Cors::replace) them while the server runs.
#[derive(Clone, Debug)]
pub struct Cors {
    pub(crate) policies: Arc<LivePolicies<HttpPolicy>>,
}

impl Cors {
    /// Applies a [`Policy`](crate::Policy), or several by host and path.
    #[must_use]
    pub fn new(policies: impl Into<Policies>) -> Self {
        Self {
            policies: Arc::new(LivePolicies::new(policies, PolicyTable::for_http)),
        }
    }

    /// Replaces the policies of this value, of all its clones and of every filter that they wrap.
    ///
    /// Every request that begins after this call gets the new policies. A request that began before ends
    /// by the policy that it began with. Only policies that were built are accepted: if
    /// [`build`](crate::Config::build) fails, the old ones stay in force. No request waits for this call,
    /// but browsers keep the responses to preflights for [`max_age`](crate::Config::max_age).
    ///
    /// ```
    /// use cors_warp::{Config, Cors};
    /// use warp::Filter;
    ///
    /// let cors = Cors::new(Config::new().allow_origins(["https://example.com"]).build()?);
    /// let app = cors.wrap(warp::path("hello").map(|| "hello"));
    ///
    /// // Later, for example in the task that reads the policy file:
    /// match Config::new().allow_origins(["https://app.example.com"]).build() {
    ///     Ok(policy) => cors.replace(policy),
    ///     Err(error) => eprintln!("the old policy stays in force: {error}"),
    /// }
    /// assert_eq!(cors.in_force().revision(), 2);
    /// # let _ = app;
    /// # Ok::<(), cors_warp::ConfigError>(())
    /// ```
    ///
    /// Do not make a second `Cors` to replace the policies of the first. It has its own policies, and the
    /// filter does not use them, so nothing changes:
    ///
    /// ```
    /// # use cors_warp::{Config, Cors};
    /// # use warp::Filter;
    /// # let policy = || Config::new().allow_origins(["https://example.com"]).build();
    /// # let new_policy = Config::new().allow_origins(["https://app.example.com"]).build()?;
    /// let used = Cors::new(policy()?);
    /// let app = used.wrap(warp::path("hello").map(|| "hello"));
    /// Cors::new(policy()?).replace(new_policy); // wrong: use `used.replace`
    /// assert_eq!(used.in_force().revision(), 1);
    /// # let _ = app;
    /// # Ok::<(), cors_warp::ConfigError>(())
    /// ```
    pub fn replace(&self, policies: impl Into<Policies>) {
        self.policies.replace(policies);
    }

    /// The policies that are in force, since when, and how often they were replaced.
    pub fn in_force(&self) -> InForce {
        self.policies.in_force()
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
        let passed = Passed(Gate::Closed);
        sealed::Sealed::replies(self.gate(), routes, move |info| {
            CORS_HEADERS.set(passed.headers(&policies, &info));
        })
    }

    /// Rejects requests that the routes must not receive, and stores the early response.
    fn gate(
        &self,
    ) -> impl Filter<Extract = (), Error = Rejection> + Clone + Send + Sync + 'static + use<> {
        let policies = Arc::clone(&self.policies);
        let refuses = policies.in_force().policies().refuses_requests();
        let looks = refuses || policies.first().depends_on_host();
        let others = warp::method().and_then(move |method| {
            let looks = looks
                || method == Method::OPTIONS
                || policies.is_replaced()
                || policies.has_shadow();
            GATE.set(if looks { Gate::Closed } else { Gate::ByFirst });
            pass_unless(looks)
        });
        let unknown = warp::any().map(|| Host::Unknown);
        // It rejects a `Host` line that contradicts the target or is not a host.
        let known = warp::host::optional()
            .map(Host::Known)
            .or_else(|_| ready(Ok::<_, Infallible>((Host::Known(None),))));
        let look = self.look(unknown).or(self.look(known)).unify();
        others.or(look.and_then(pass_unless)).unify().untuple_one()
    }

    /// Whether there is an early response. It is stored, or else the CORS headers are, in [`GATE`]. Rejects if the
    /// result depends on a host that is unknown.
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
            let host = HOST.take();
            let decision = policies.read(|revision| decide(&policies, revision, &info, host));
            HAS_EARLY_RESPONSE.set(decision);
        }))
        .and_then(|_| ready(HAS_EARLY_RESPONSE.get().ok_or_else(warp::reject::not_found)))
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

fn pass_unless(is_rejected: bool) -> Ready<Result<(), Rejection>> {
    ready(if is_rejected {
        Err(warp::reject::not_found())
    } else {
        Ok(())
    })
}

/// Whether there is an early response. It is stored, or else the CORS headers are. `None` if the result
/// depends on a host that is unknown.
fn decide(
    policies: &LivePolicies<HttpPolicy>,
    revision: &Revision<HttpPolicy>,
    info: &Info<'_>,
    host: Host,
) -> Option<bool> {
    if policies.has_shadow() && matches!(host, Host::Unknown) {
        return None;
    }
    let head = RequestView::new(info.method(), info.request_headers()).with(host);
    let policy = revision.find_with(|| info.path(), &head);
    let action = policy.map(|policy| policy.act(&head, info.request_headers()));
    if head.lacks_host() {
        return None;
    }
    let policy = policy.map(|policy| policy.policy());
    policies.observe(revision, policy, || info.path(), &head);
    let cors = match action {
        Some(Action::Respond(response)) => {
            EARLY_RESPONSE.with(|left| left.replace(Some(response.map(Into::into))));
            return Some(true);
        }
        Some(Action::Forward(cors)) => Some(cors),
        None => None,
    };
    GATE.set(Gate::Headers(cors));
    Some(false)
}

/// What the gate has decided about a request.
struct Passed(Gate);

/// warp clones a log for each request, directly after the gate has passed it. So the clone can take what the
/// gate has left. If it were made at another time, the response would have no CORS headers.
impl Clone for Passed {
    fn clone(&self) -> Self {
        Self(GATE.take())
    }
}

impl Passed {
    /// The headers for the response of the routes.
    fn headers(&self, policies: &LivePolicies<HttpPolicy>, info: &Info<'_>) -> Option<CorsHeaders> {
        match &self.0 {
            Gate::Closed => None,
            Gate::ByFirst => headers_by_first(policies, info),
            Gate::Headers(cors) => cors.clone(),
        }
    }
}

/// The gate has decided what is refused, and the host makes no difference to the headers.
fn headers_by_first(policies: &LivePolicies<HttpPolicy>, info: &Info<'_>) -> Option<CorsHeaders> {
    let head = RequestView::new(info.method(), info.request_headers());
    let revision = policies.first();
    let policy = revision.find_with(|| info.path(), &head);
    let cors = policy.map(|policy| policy.forward(&head, info.request_headers()));
    let policy = policy.map(|policy| policy.policy());
    policies.observe(revision, policy, || info.path(), &head);
    cors
}
