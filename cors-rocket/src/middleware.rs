//! The fairing, and the route that responds to preflights.

use crate::request::RequestView;
use crate::response;
use cors_core::{Policies, PolicyTable, RenderedPolicy};
use rocket::fairing::{self, Fairing, Info, Kind};
use rocket::http::{Method, Status};
use rocket::route::{BoxFuture, Outcome};
use rocket::{Build, Data, Request, Response, Rocket, Route};
use std::convert::Infallible;
use std::sync::Arc;

/// A [`Fairing`] that applies a CORS [`Policy`](crate::Policy), or several by host and path, to a Rocket
/// application.
///
/// It mounts one route, `OPTIONS /<_..>`, before all others. The route responds to preflights and
/// forwards every other request. If a policy refuses other requests
/// ([`block_refused_origins`](crate::Config::block_refused_origins),
/// [`own_origins`](crate::Config::own_origins)), there is such a route for every method. The fairing adds the headers to every response. Their values are borrowed, not copied.
#[derive(Clone, Debug)]
pub struct Cors {
    policies: Arc<PolicyTable<RenderedPolicy<String>>>,
}

impl Cors {
    /// A fairing that applies a policy, or several by host and path.
    #[must_use]
    pub fn new(policies: impl Into<Policies>) -> Self {
        let Ok(policies) = PolicyTable::new(policies, |policy| {
            RenderedPolicy::new(policy, |text| Ok::<_, Infallible>(text.into_owned()))
        });
        Self {
            policies: Arc::new(policies),
        }
    }

    fn policy(&self, request: &Request<'_>) -> Option<&RenderedPolicy<String>> {
        let path = request.uri().path().as_str();
        let head = RequestView::new(request);
        self.policies.find(path, &head).map(Arc::as_ref)
    }

    /// The methods of requests that can have an early response.
    fn methods(&self) -> &'static [Method] {
        let mut all = self.policies.iter();
        if all.any(|rendered| rendered.policy().refuses_requests()) {
            &EVERY_METHOD
        } else {
            &[Method::Options]
        }
    }
}

#[rocket::async_trait]
impl Fairing for Cors {
    fn info(&self) -> Info {
        Info {
            name: "CORS",
            kind: Kind::Ignite | Kind::Response | Kind::Singleton,
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

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        // The headers borrow from the policy. Only the managed state of Rocket lives as long as the response;
        // `self` does not.
        if let Some(Attached(cors)) = request.rocket().state()
            && let Some(policy) = cors.policy(request)
        {
            response::apply(policy, request, response);
        }
    }
}

/// The managed state. It has its own type, because the application may manage a [`Cors`], too.
struct Attached(Cors);

/// The handler of the mounted routes. It forwards a request without an early response to the routes of
/// the application.
fn respond<'r>(request: &'r Request<'_>, data: Data<'r>) -> BoxFuture<'r> {
    let early = request.rocket().state().and_then(|Attached(cors)| {
        let policy = cors.policy(request)?;
        policy.early_response(policy.verdict(&RequestView::new(request)))
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
