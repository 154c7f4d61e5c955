//! The filter that [`Cors::wrap`] makes of another.
//!
//! warp lets nobody else write a filter, and lends the head of a request to `warp::log` only. So a
//! log puts what it finds there into a thread-local, and the filter behind it takes it out. Between
//! the two there is no await and no code of others: filters that are ready at once are polled one
//! right after the other, in one poll of the whole. The plain way, `warp::header::headers_cloned`,
//! would copy every header of every request.
//!
//! One such log is around the routes, and finds the headers for what they reply. Another is in front
//! of them, where only those requests come along that may have to be answered there.

use crate::convert::{Head, Host};
use crate::rejection::{RouteError, sealed};
use cors_core::http::{Forward, HttpReady, Step};
use cors_core::{Policies, ReadyPolicies};
use http::{Method, StatusCode};
use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::Arc;
use warp::log::Info;
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
        let policies = Arc::clone(&self.policies);
        sealed::Sealed::replies(self.gate(), routes, move |info| find(&policies, &info))
    }

    /// Rejects what the routes shall not see, and leaves its answer in [`ANSWER`].
    fn gate(
        &self,
    ) -> impl Filter<Extract = (), Error = Rejection> + Clone + Send + Sync + 'static + use<> {
        let mut policies = self.policies.iter();
        let blocks = policies.any(|ready| ready.policy().blocks_refused_origins());
        let others =
            warp::method().and_then(move |method| pass_unless(blocks || method == Method::OPTIONS));
        let unknown = warp::any().map(|| Host::Unknown);
        // It rejects a `Host` line that contradicts the target, or is none.
        let known = warp::host::optional()
            .map(Host::Known)
            .or_else(|_| ready(Ok::<_, Infallible>((Host::Known(None),))));
        let look = self.look(unknown).or(self.look(known)).unify();
        others.or(look.and_then(pass_unless)).unify().untuple_one()
    }

    /// Whether there is an answer, which is left in [`ANSWER`]; rejects if that depends on a host
    /// that is unknown.
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
            StatusCode::OK // a log asks for a reply
        })
        .with(warp::log::custom(move |info| {
            IS_ANSWERED.set(answer(&policies, &info, HOST.take()));
        }))
        .and_then(|_| ready(IS_ANSWERED.get().ok_or_else(warp::reject::not_found)))
    }
}

fn pass_unless(is_rejected: bool) -> Ready<Result<(), Rejection>> {
    ready(if is_rejected {
        Err(warp::reject::not_found())
    } else {
        Ok(())
    })
}

/// Whether there is an answer, which is left in [`ANSWER`]; `None` if that depends on a host that is
/// unknown.
fn answer(policies: &ReadyPolicies<HttpReady>, info: &Info<'_>, host: Host) -> Option<bool> {
    let Some(ready) = policies.find(info.path()) else {
        return Some(false);
    };
    let head = Head::new(info, host);
    let step = ready.step(&head, info.request_headers());
    if head.lacks_host() {
        return None;
    }
    Some(match step {
        Step::Answer(answer) => {
            ANSWER.with(|left| left.replace(Some(answer.map(Into::into))));
            true
        }
        Step::Forward(_) => false,
    })
}

/// Finds the headers for what the routes reply, and leaves them in [`FORWARD`].
fn find(policies: &ReadyPolicies<HttpReady>, info: &Info<'_>) {
    if ANSWER.with_borrow(Option::is_some) {
        return; // the gate has rejected the request
    }
    // Behind the gate it has been decided who is blocked, which is all that the host is good for.
    let head = Head::new(info, Host::Unknown);
    let forward = |ready: &Arc<HttpReady>| ready.forward(&head, info.request_headers());
    let forward = policies.find(info.path()).map(forward);
    FORWARD.with(|left| left.set(forward));
}

/// What the gate has left; it has rejected the request.
pub(crate) fn take_answer() -> Option<Response> {
    ANSWER.with(RefCell::take)
}

/// Puts the headers on a reply.
pub(crate) fn finish(mut response: Response) -> Response {
    if let Some(forward) = FORWARD.with(Cell::take) {
        forward.finish(response.headers_mut());
    }
    response
}

thread_local! {
    static HOST: Cell<Host> = const { Cell::new(Host::Unknown) };
    static IS_ANSWERED: Cell<Option<bool>> = const { Cell::new(None) };
    static ANSWER: RefCell<Option<Response>> = const { RefCell::new(None) };
    static FORWARD: Cell<Option<Forward>> = const { Cell::new(None) };
}
