//! The fairing, and the route that answers preflights.

use crate::convert::{self, Head};
use cors_core::{Policies, Ready, ReadyPolicies};
use rocket::fairing::{self, Fairing, Info, Kind};
use rocket::http::{Method, Status};
use rocket::route::{BoxFuture, Outcome};
use rocket::{Build, Data, Request, Response, Rocket, Route};
use std::convert::Infallible;
use std::sync::Arc;

/// Puts a CORS [`Policy`](crate::Policy), or several by path, around a Rocket application, as a
/// fairing.
///
/// It mounts one route, `OPTIONS /<_..>` before all others, which answers preflights and forwards
/// everything else, and puts the headers on every response; their values are lent to Rocket, not
/// copied. If a policy blocks refused origins
/// ([`block_refused_origins`](crate::Config::block_refused_origins())), there is such a route for
/// every method.
#[derive(Clone, Debug)]
pub struct Cors {
    policies: Arc<ReadyPolicies<Ready<String>>>,
}

impl Cors {
    /// A fairing that enforces a policy, or several by path.
    #[must_use]
    pub fn new(policies: impl Into<Policies>) -> Self {
        let Ok(policies) = ReadyPolicies::new(policies, |policy| {
            Ready::new(policy, |text| Ok::<_, Infallible>(text.into_owned()))
        });
        Self {
            policies: Arc::new(policies),
        }
    }

    fn ready(&self, request: &Request<'_>) -> Option<&Ready<String>> {
        let path = request.uri().path().as_str();
        self.policies.find(path).map(Arc::as_ref)
    }

    /// The methods of which requests may be answered before the application sees them.
    fn methods(&self) -> &'static [Method] {
        let mut all = self.policies.iter();
        if all.any(|ready| ready.policy().blocks_refused_origins()) {
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
            let mut route = Route::ranked(isize::MIN, *method, "/<_..>", answer);
            route.name = Some("CORS".into()); // in Rocket's log
            route
        });
        let routes: Vec<Route> = routes.collect();
        Ok(rocket.mount("/", routes).manage(Attached(self.clone())))
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        // Not `self`: only what Rocket manages lives as long as the response.
        if let Some(Attached(cors)) = request.rocket().state()
            && let Some(ready) = cors.ready(request)
        {
            convert::write(ready, request, response);
        }
    }
}

/// The managed state. A type of its own, since an application may manage a [`Cors`] too.
struct Attached(Cors);

/// The handler of our routes. What has no answer yet is forwarded to the application's own routes.
fn answer<'r>(request: &'r Request<'_>, data: Data<'r>) -> BoxFuture<'r> {
    let answer = request.rocket().state().and_then(|Attached(cors)| {
        let ready = cors.ready(request)?;
        ready.answer(ready.verdict(&Head::new(request)))
    });
    let outcome = match answer {
        Some(answer) => Outcome::Success(convert::response(answer)),
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
