//! The filter that [`Cors::wrap`] makes of another.
//!
//! warp lets nobody else write a filter, and lends the head of a request to `warp::log` only. So a
//! log puts what it finds there into a thread-local, and the filter behind it takes it out. Between
//! the two there is no await and no code of others: filters that are ready at once are polled one
//! right after the other, in one poll of the whole. The plain way, `warp::header::headers_cloned`,
//! would copy every header of every request.

use crate::convert::{Host, Next, next};
use crate::rejection::{RouteError, sealed};
use cors_core::http::HttpReady;
use cors_core::{Policies, ReadyPolicies};
use http::StatusCode;
use std::cell::Cell;
use std::convert::Infallible;
use std::future::ready;
use std::sync::Arc;
use warp::reply::Response;
use warp::{Filter, Rejection, Reply};

/// A CORS [`Policy`](crate::Policy), or several by path, to put around the routes of an application.
///
/// A clone costs one reference count.
#[derive(Clone, Debug)]
pub struct Cors {
    policies: Arc<ReadyPolicies<HttpReady>>,
}

impl Cors {
    /// Of a [`Policy`](crate::Policy), or of several by path.
    #[must_use]
    pub fn new(policies: impl Into<Policies>) -> Self {
        Self {
            policies: Arc::new(ReadyPolicies::for_http(policies)),
        }
    }

    /// Answers preflights, lets every other request go on to `routes`, and puts the CORS headers on
    /// their replies, and on the answer that warp gives to a rejection which they leave unhandled.
    ///
    /// What comes out never rejects, so that `or` and `recover` belong inside:
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
        let reply = warp::any()
            .map(|| NEXT.take())
            .and(sealed::Sealed::caught(routes))
            .map(finish);
        self.answer().or(reply).unify()
    }

    /// Answers what the routes shall not see, and rejects the rest, with what comes next in [`NEXT`].
    fn answer(
        &self,
    ) -> impl Filter<Extract = (Response,), Error = Rejection> + Clone + Send + Sync + 'static + use<>
    {
        let unknown = warp::any().map(|| Host::Unknown);
        // It rejects a `Host` line that contradicts the target, or is none.
        let known = warp::host::optional()
            .map(Host::Known)
            .or_else(|_| ready(Ok::<_, Infallible>((Host::Known(None),))));
        let next = self.look(unknown).or(self.look(known)).unify();
        next.and_then(|next| {
            ready(match next {
                Next::Answer(answer) => Ok(answer.into_response()),
                Next::Forward(_) => {
                    NEXT.set(Some(next));
                    Err(warp::reject::not_found())
                }
            })
        })
    }

    /// What to do with the request; rejects if that depends on a host that is unknown.
    fn look<H>(
        &self,
        host: H,
    ) -> impl Filter<Extract = (Next,), Error = Rejection> + Clone + Send + Sync + 'static + use<H>
    where
        H: Filter<Extract = (Host,), Error = Infallible> + Clone + Send + Sync + 'static,
    {
        let policies = Arc::clone(&self.policies);
        host.map(|host| {
            HOST.set(host);
            StatusCode::OK // a log asks for a reply
        })
        .with(warp::log::custom(move |info| {
            NEXT.set(next(&policies, &info, HOST.take()));
        }))
        .and_then(|_| ready(NEXT.take().ok_or_else(warp::reject::not_found)))
    }
}

fn finish(next: Option<Next>, mut response: Response) -> Response {
    if let Some(Next::Forward(Some(forward))) = next {
        forward.finish(response.headers_mut());
    }
    response
}

thread_local! {
    static HOST: Cell<Host> = const { Cell::new(Host::Unknown) };
    static NEXT: Cell<Option<Next>> = const { Cell::new(None) };
}
