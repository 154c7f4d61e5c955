//! The frameworks in memory, each without CORS, with our middleware and with its existing middleware.

pub mod actix;
pub mod axum;
mod decision;
mod floor;
mod handler;
pub mod rocket;
pub mod tower;
pub mod warp;

use super::response::Response;
use super::scenario::{Policy, Request, Role, Scenario, Setup};
use cors_core::Config;
use futures_util::FutureExt as _;
use std::hint::black_box;

pub use decision::SUBJECT as DECISION;
pub use handler::own_headers;

/// A framework, and how the middleware is attached to it.
#[derive(Clone, Copy, Debug)]
pub struct Subject {
    /// The name in the tables.
    pub name: &'static str,
    /// The name of the existing middleware.
    pub peer: &'static str,
    /// The variants that exist for this framework.
    pub variants: &'static [Variant],
    /// Creates an application, with a policy unless it is [`Variant::Bare`]. Returns `None` if the
    /// middleware cannot express the policy. Must be called within a Tokio runtime.
    pub start: fn(Variant, Setup) -> Option<Box<dyn App>>,
}

/// The middleware around the handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Variant {
    /// No middleware.
    Bare,
    /// The existing middleware of the framework.
    Peer,
    /// A hand-written minimum.
    Floor,
    /// Our middleware.
    Ours,
}

/// All subjects. Each handler responds `ok` to every method.
pub const ALL: [Subject; 8] = [
    decision::SUBJECT,
    tower::SUBJECT,
    axum::LAYER,
    axum::AROUND,
    actix::SUBJECT,
    rocket::SUBJECT,
    warp::SUBJECT,
    warp::AROUND,
];

const WITH_PEER: &[Variant] = &[Variant::Bare, Variant::Peer, Variant::Ours];

impl Subject {
    /// The name of a variant in the tables.
    pub fn label(&self, variant: Variant) -> &'static str {
        match variant {
            Variant::Bare => "bare",
            Variant::Peer => self.peer,
            Variant::Floor => "floor",
            Variant::Ours => "ours",
        }
    }

    /// Starts an application; see [`Subject::start`].
    pub fn app(&self, variant: Variant, policy: Policy) -> Option<Box<dyn App>> {
        match (variant, policy) {
            (Variant::Bare, _) => (self.start)(variant, Config::new().into()),
            // No other middleware has rules by path or host.
            (Variant::Peer | Variant::Floor, Policy::Rules(_) | Policy::Hosts(_)) => None,
            _ => (self.start)(variant, policy.setup()),
        }
    }
}

/// Calls `visit` for each scenario, with one new application for each policy.
pub fn each(
    subject: &Subject,
    variant: Variant,
    scenarios: &[Scenario],
    mut visit: impl FnMut(&mut dyn App, &Scenario),
) {
    for same in by_policy(scenarios) {
        if let Some(mut app) = subject.app(variant, same[0].policy) {
            // The minimum has other bounds, so it refuses other requests near them.
            let is_measured = |scenario: &&Scenario| {
                variant != Variant::Floor || !matches!(scenario.role, Role::Twin { .. })
            };
            let measured = same.iter().filter(is_measured);
            measured.for_each(|scenario| visit(&mut *app, scenario));
        }
    }
}

/// Groups adjacent scenarios with the same policy, which one application can serve. No group is empty.
pub fn by_policy(scenarios: &[Scenario]) -> impl Iterator<Item = &[Scenario]> {
    scenarios.chunk_by(|one, other| one.policy == other.policy)
}

/// A running application.
pub trait App {
    /// Prepares requests. This must not be measured.
    fn load(&mut self, request: &Request, count: usize);

    /// Sends one of the prepared requests, and drops the response.
    fn send(&mut self);

    /// Sends a request, and returns the response.
    fn respond(&mut self, request: &Request) -> Response;
}

/// Creates an application from functions that create a request, send it, and read the response.
fn app<Q: 'static, A: 'static>(
    make: impl Fn(&Request) -> Q + 'static,
    call: impl FnMut(Q) -> A + 'static,
    read: impl Fn(A) -> Response + 'static,
) -> Option<Box<dyn App>> {
    Some(Box::new(InMemory {
        waiting: Vec::new(),
        make,
        call,
        read,
    }))
}

struct InMemory<Q, M, C, R> {
    waiting: Vec<Q>,
    make: M,
    call: C,
    read: R,
}

impl<Q, A, M, C, R> App for InMemory<Q, M, C, R>
where
    M: Fn(&Request) -> Q,
    C: FnMut(Q) -> A,
    R: Fn(A) -> Response,
{
    fn load(&mut self, request: &Request, count: usize) {
        self.waiting.clear();
        self.waiting
            .extend((0..count).map(|_| (self.make)(request)));
    }

    fn send(&mut self) {
        if let Some(request) = self.waiting.pop() {
            drop(black_box((self.call)(request)));
        }
    }

    fn respond(&mut self, request: &Request) -> Response {
        let request = (self.make)(request);
        (self.read)((self.call)(request))
    }
}

/// Creates an application from a service of `http` requests.
fn http_app<S, B, R>(mut service: S, body: impl Fn() -> B + 'static) -> Option<Box<dyn App>>
where
    S: ::tower::Service<http::Request<B>, Response = http::Response<R>> + 'static,
    S::Error: std::fmt::Debug,
    B: 'static,
    R: 'static,
{
    app(
        move |request| http_request(request, body()),
        move |request| {
            let response = service.call(request).now_or_never();
            response.expect("the response is ready at once").unwrap()
        },
        |response| Response::of_http(&response),
    )
}

fn http_request<B>(request: &Request, body: B) -> http::Request<B> {
    let mut built = http::Request::new(body);
    *built.method_mut() = request.method.parse().unwrap();
    *built.uri_mut() = request.path.parse().unwrap();
    for (name, value) in request.lines() {
        let value = http::HeaderValue::from_maybe_shared(value).unwrap();
        built.headers_mut().append(name, value);
    }
    built
}
