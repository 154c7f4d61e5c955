//! The fairing, and the route that responds to preflights.

use crate::request::RequestView;
use crate::response;
use cors_core::{InForce, LivePolicies, Policies, PolicyTable, RenderedPolicy, Revision};
use rocket::fairing::{self, Fairing, Info, Kind};
use rocket::http::{Method, Status};
use rocket::route::{BoxFuture, Outcome};
use rocket::{Build, Data, Request, Response, Rocket, Route};
use std::convert::Infallible;
use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// A [`Fairing`] that applies a CORS [`Policy`](crate::Policy), or several by host and path, to a Rocket
/// application.
///
/// It mounts one route, `OPTIONS /<_..>`, before all others. The route responds to preflights and
/// forwards every other request. If a policy refuses other requests
/// ([`block_refused_origins`](crate::Config::block_refused_origins),
/// [`own_origins`](crate::Config::own_origins)), there is such a route for every method. The fairing adds
/// the headers to every response. Their values are borrowed, not copied.
///
/// A clone costs one reference count. All clones share their policies, so a clone is also the handle that
/// [replaces](Cors::replace) them while the server runs.
#[derive(Clone, Debug)]
pub struct Cors {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    policies: LivePolicies<RenderedPolicy<String>>,
    /// Whether there is a route for every method, so that every request can be refused.
    every_method: bool,
}

impl Cors {
    /// A fairing that applies a policy, or several by host and path.
    #[must_use]
    pub fn new(policies: impl Into<Policies>) -> Self {
        let policies = policies.into();
        let every_method = policies.refuses_requests();
        Self::of(policies, every_method)
    }

    /// Like [`new`](Self::new), but the policies can be [replaced](Self::replace) by others that refuse
    /// requests, even if these do not.
    ///
    /// There is a route for every method from the start. It costs a box for each request that it forwards.
    #[must_use]
    pub fn with_routes_for_every_method(policies: impl Into<Policies>) -> Self {
        Self::of(policies.into(), true)
    }

    fn of(policies: Policies, every_method: bool) -> Self {
        let policies = LivePolicies::new(policies, render);
        Self {
            shared: Arc::new(Shared {
                policies,
                every_method,
            }),
        }
    }

    /// Replaces the policies of this fairing and of all its clones.
    ///
    /// Every request that begins after this call gets the new policies. A request that began before ends
    /// by the policy that it began with. Only policies that were built are accepted: if
    /// [`build`](crate::Config::build) fails, the old ones stay in force. No request waits for this call,
    /// but browsers keep the responses to preflights for [`max_age`](crate::Config::max_age).
    ///
    /// ```
    /// use cors_rocket::{Config, Cors};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let cors = Cors::new(Config::new().allow_origins(["https://example.com"]).build()?);
    /// let rocket = rocket::build().attach(cors.clone());
    ///
    /// // Later, for example in the task that reads the policy file:
    /// match Config::new().allow_origins(["https://app.example.com"]).build() {
    ///     Ok(policy) => cors.replace(policy)?,
    ///     Err(error) => eprintln!("the old policy stays in force: {error}"),
    /// }
    /// assert_eq!(cors.in_force().revision(), 2);
    /// # let _ = rocket;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Do not make a second fairing to replace the policies of the first. It has its own policies, and the
    /// application does not use them, so nothing changes:
    ///
    /// ```
    /// # use cors_rocket::{Config, Cors};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let policy = || Config::new().allow_origins(["https://example.com"]).build();
    /// # let new_policy = Config::new().allow_origins(["https://app.example.com"]).build()?;
    /// let used = Cors::new(policy()?);
    /// let rocket = rocket::build().attach(used.clone());
    /// Cors::new(policy()?).replace(new_policy)?; // wrong: use `used.replace`
    /// assert_eq!(used.in_force().revision(), 1);
    /// # let _ = rocket;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # What it costs
    ///
    /// Rocket borrows header values for as long as the request. So after the first replacement, each
    /// request keeps its policies in its local cache, which costs two allocations. Before, a request costs
    /// none. The policies of [`new`](Self::new) stay in memory as long as the fairing. Later ones are
    /// dropped when the last request that began with them has ended.
    ///
    /// # Errors
    ///
    /// Fails if the new policies refuse requests ([`block_refused_origins`](crate::Config::block_refused_origins),
    /// [`own_origins`](crate::Config::own_origins)), but this fairing has only the route for `OPTIONS`, so
    /// that nothing would be refused. The old policies stay in force. Make the fairing with
    /// [`with_routes_for_every_method`](Self::with_routes_for_every_method).
    pub fn replace(&self, policies: impl Into<Policies>) -> Result<(), ReplaceError> {
        let policies = policies.into();
        if policies.refuses_requests() && !self.shared.every_method {
            return Err(ReplaceError(()));
        }
        self.shared.policies.replace(policies);
        Ok(())
    }

    /// The policies that are in force, since when, and how often they were replaced.
    pub fn in_force(&self) -> InForce {
        self.shared.policies.in_force()
    }

    /// Keeps the policies for a request that begins.
    fn pin(&self, request: &Request<'_>) {
        if let Some(policies) = self.shared.policies.later() {
            request.local_cache(|| Pinned(Some(policies)));
        }
    }

    /// The policies that a request began with.
    fn revision<'r>(&'r self, request: &'r Request<'_>) -> &'r Revision<RenderedPolicy<String>> {
        let policies = &self.shared.policies;
        if policies.is_replaced() {
            // Without an entry, the request began before the first replacement.
            match request.local_cache(|| Pinned(None)) {
                Pinned(None) => policies.first(),
                Pinned(Some(later)) => later,
            }
        } else {
            policies.first()
        }
    }

    pub(crate) fn policies(&self) -> &LivePolicies<RenderedPolicy<String>> {
        &self.shared.policies
    }

    /// The methods of requests that can have an early response.
    fn methods(&self) -> &'static [Method] {
        if self.shared.every_method {
            &EVERY_METHOD
        } else {
            &[Method::Options]
        }
    }
}

#[cfg(feature = "watch")]
impl cors_core::watch::Replace for Cors {
    fn in_force(&self) -> InForce {
        self.in_force()
    }

    fn replace(&self, policies: Policies) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        Ok(self.replace(policies)?)
    }
}

fn render(policies: Policies) -> PolicyTable<RenderedPolicy<String>> {
    let Ok(table) = PolicyTable::new(policies, |policy| {
        RenderedPolicy::new(policy, |text| Ok::<_, Infallible>(text.into_owned()))
    });
    table
}

/// The fairing cannot apply these policies: see [`Cors::replace`].
#[derive(Clone, PartialEq, Eq)]
pub struct ReplaceError(());

impl fmt::Display for ReplaceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "the new policies refuse requests (`block_refused_origins`, `own_origins`), but this \
             fairing has only a route for `OPTIONS`; make it with \
             `Cors::with_routes_for_every_method`",
        )
    }
}

/// The text of `Display`, because `main` may return this error.
impl fmt::Debug for ReplaceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for ReplaceError {}

/// What a request keeps in its local cache: the policies that it began with, or `None` if these are the
/// first ones.
struct Pinned(Option<Arc<Revision<RenderedPolicy<String>>>>);

#[rocket::async_trait]
impl Fairing for Cors {
    fn info(&self) -> Info {
        Info {
            name: "CORS",
            kind: Kind::Ignite | Kind::Request | Kind::Response | Kind::Singleton,
        }
    }

    async fn on_ignite(&self, rocket: Rocket<Build>) -> fairing::Result {
        let routes = self.methods().iter().map(|method| {
            let mut route = Route::ranked(isize::MIN, *method, "/<_..>", respond);
            route.name = Some("CORS".into()); // For the log of Rocket.
            route
        });
        let routes: Vec<Route> = routes.collect();
        Ok(rocket.mount("/", routes).manage(Attached(self.clone())))
    }

    // Written as `async_trait` expands it: an `async fn` would allocate its future for each request.
    fn on_request<'s, 'q, 'qi, 'd, 'di, 'f>(
        &'s self,
        request: &'q mut Request<'qi>,
        _: &'d mut Data<'di>,
    ) -> Pin<Box<dyn Future<Output = ()> + Send + 'f>>
    where
        's: 'f,
        'q: 'f,
        'qi: 'f,
        'd: 'f,
        'di: 'f,
    {
        self.pin(request);
        Box::pin(Done)
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        // The headers borrow from the policy. Only what Rocket manages, or keeps for the request, lives as
        // long as the response; `self` does not.
        if let Some(Attached(cors)) = request.rocket().state() {
            let revision = cors.revision(request);
            let path = request.uri().path();
            let head = RequestView::new(request);
            let policy = revision.find_with(|| path.as_str(), &head).map(Arc::as_ref);
            let of = policy.map(RenderedPolicy::policy);
            let path = || path.as_str();
            cors.policies().observe(revision, of, path, &head);
            if let Some(policy) = policy {
                response::apply(policy, request, response);
            }
        }
    }
}

/// A future that is ready. It has no size, so a box of it does not allocate.
struct Done;

impl Future for Done {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }
}

/// The managed state. It has its own type, because the application may manage a [`Cors`], too.
struct Attached(Cors);

/// The handler of the mounted routes. It forwards a request without an early response to the routes of
/// the application.
fn respond<'r>(request: &'r Request<'_>, data: Data<'r>) -> BoxFuture<'r> {
    let early = request.rocket().state().and_then(|Attached(cors)| {
        let path = || request.uri().path().as_str();
        let head = RequestView::new(request);
        let policy = cors.revision(request).find_with(path, &head)?;
        policy.early_response(policy.verdict(&head))
    });
    let outcome = match early {
        Some(early) => Outcome::Success(response::early_response(early)),
        None => Outcome::Forward((data, Status::NotFound)),
    };
    outcome.pin()
}

const EVERY_METHOD: [Method; 9] = [
    Method::Get,
    Method::Put,
    Method::Post,
    Method::Delete,
    Method::Options,
    Method::Head,
    Method::Trace,
    Method::Connect,
    Method::Patch,
];
