//! Policies that are replaced while the application runs.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use cors_rocket::{Config, Cors, Policies, Policy, RequestView};
use rocket::http::{Header, Method};
use rocket::local::asynchronous::Client;
use rocket::local::blocking;
use rocket::request::{FromRequest, Outcome, Request};
use rocket::{Build, Rocket, State, get, post, routes};
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};
use support::{
    ORIGIN, client, cors_headers, is_shared, policy, preflight, request, rocket, values,
};

fn any_origin() -> Policy {
    Config::new().allow_origins(["*"]).build().unwrap()
}

fn blocking() -> Policy {
    let config = policy().to_config().block_refused_origins(true);
    config.build().unwrap()
}

#[get("/")]
fn ok() -> &'static str {
    "ok"
}

#[post("/")]
fn posted() -> &'static str {
    "ok"
}

/// Waits until the test lets it respond.
#[get("/wait")]
async fn wait(is_open: &State<Arc<AtomicBool>>) -> &'static str {
    poll_fn(|_| match is_open.load(Ordering::Relaxed) {
        true => Poll::Ready("ok"),
        false => Poll::Pending,
    })
    .await
}

fn app(cors: &Cors) -> Rocket<Build> {
    support::rocket()
        .mount("/", routes![ok, posted])
        .attach(cors.clone())
}

fn allow_origin(client: &blocking::Client, method: Method) -> Vec<String> {
    let response = request(client, method, "/", &[("origin", ORIGIN)]).dispatch();
    let lines = values(&response, "access-control-allow-origin");
    lines.into_iter().map(str::to_owned).collect()
}

#[test]
fn every_application_gets_the_new_policies() {
    let cors = Cors::new(any_origin());
    let clients = [client(app(&cors)), client(app(&cors))];
    for client in &clients {
        assert_eq!(allow_origin(client, Method::Get), ["*"]);
    }
    for client in &clients {
        cors.replace(policy()).unwrap();
        assert!(is_shared(&support::get(client, "/")));
        for method in [Method::Head, Method::Post, Method::Options, Method::Put] {
            assert_eq!(allow_origin(client, method), [ORIGIN], "{method}");
        }
        let response = preflight(client, "/", "PUT");
        assert!(response.status().code == 200 && is_shared(&response));

        cors.replace(Policies::without_default()).unwrap();
        let response = support::get(client, "/");
        assert!(cors_headers(&response).is_empty() && values(&response, "vary").is_empty());
        assert_eq!(preflight(client, "/", "PUT").status().code, 404);
    }
}

fn poll_once<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Before the first replacement, between two, and without a policy.
#[test]
fn a_request_in_flight_ends_by_its_policies() {
    let cors = Cors::new(any_origin());
    let is_open = Arc::new(AtomicBool::new(false));
    let app = app(&cors)
        .mount("/", routes![wait])
        .manage(Arc::clone(&is_open));
    let steps = [
        (Policies::from(policy()), Some("*")),
        (Policies::without_default(), Some(ORIGIN)),
        (Policies::from(any_origin()), None),
        (Policies::from(policy()), Some("*")),
    ];
    rocket::execute(async {
        let client = Client::untracked(app).await.unwrap();
        for (next, expected) in steps {
            is_open.store(false, Ordering::Relaxed);
            let request = client.get("/wait").header(Header::new("origin", ORIGIN));
            let mut response = pin!(request.dispatch());
            assert!(poll_once(response.as_mut()).is_pending());
            cors.replace(next).unwrap();
            is_open.store(true, Ordering::Relaxed);
            let response = response.await;
            let sent = response.headers().get_one("access-control-allow-origin");
            assert_eq!(sent, expected);
        }
    });
}

/// Without a route for its method, a request cannot be refused.
#[test]
fn policies_that_could_not_refuse_requests_are_an_error() {
    let own = any_origin()
        .to_config()
        .own_origins(["https://own.example"]);
    let some = Policies::new(any_origin())
        .at("/admin", blocking())
        .unwrap();
    for refusing in [blocking().into(), own.build().unwrap().into(), some] {
        let cors = Cors::new(any_origin());
        let client = client(app(&cors));
        let error = cors.replace(refusing).unwrap_err().to_string();
        // Those who print it say themselves that the old policies stay in force.
        assert_eq!(
            error,
            "the new policies refuse requests (`block_refused_origins`, `own_origins`), but this fairing has only a \
             route for `OPTIONS`; make it with `Cors::with_routes_for_every_method`"
        );
        assert_eq!(cors.in_force().revision(), 1);
        assert_eq!(allow_origin(&client, Method::Get), ["*"]);
        cors.replace(policy()).unwrap();
        assert_eq!(allow_origin(&client, Method::Get), [ORIGIN]);
    }
}

#[test]
fn a_new_policy_can_refuse_requests() {
    let lax_first = Cors::with_routes_for_every_method(any_origin());
    let strict_first = Cors::new(blocking());
    for cors in [lax_first, strict_first] {
        let client = client(app(&cors));
        let evil = || {
            let headers = [("origin", "https://evil.com"), ("host", "own.example")];
            let response = request(&client, Method::Post, "/", &headers).dispatch();
            response.status().code
        };
        for _ in 0..2 {
            cors.replace(blocking()).unwrap();
            assert_eq!(evil(), 403);
            cors.replace(policy()).unwrap();
            assert_eq!(evil(), 200);
        }
    }
}

#[test]
fn what_is_in_force_can_be_read() {
    let cors = Cors::new(any_origin());
    let first = cors.clone().in_force();
    assert_eq!(**first.policies(), any_origin().into());
    assert_eq!(first.revision(), 1);
    cors.clone().replace(policy()).unwrap();
    let second = cors.in_force();
    assert_eq!(**second.policies(), policy().into());
    assert_eq!(second.revision(), 2);
    assert_eq!(first.revision(), 1);
}

/// What a guard says that checks the origin itself, as for a WebSocket.
struct Check(&'static str);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Check {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        let now = request.rocket().state::<Cors>().unwrap().in_force();
        let head = RequestView::new(request);
        let policy = now.policies().find(request.uri().path().as_str(), &head);
        let is_allowed = policy.is_some_and(|policy| policy.decide(&head).is_allowed());
        Outcome::Success(Self(if is_allowed { "allowed" } else { "refused" }))
    }
}

#[get("/<_..>")]
fn checked(check: Check) -> &'static str {
    check.0
}

#[test]
fn a_guard_asks_the_policies_in_force() {
    let cors = Cors::new(any_origin());
    let app = rocket().mount("/api", routes![checked]);
    let client = client(app.manage(cors.clone()).attach(cors.clone()));
    let ask = |path, headers: &[(&str, &str)]| {
        let response = request(&client, Method::Get, path, headers).dispatch();
        response.into_string().unwrap()
    };
    let evil = ("origin", "https://evil.example");
    let page = ("origin", ORIGIN);
    let api = || Policies::new(any_origin()).at("/api", policy()).unwrap();
    assert_eq!(ask("/api/chat", &[evil]), "allowed");
    cors.replace(api()).unwrap();
    assert_eq!(ask("/api/chat", &[evil]), "refused");
    assert_eq!(ask("/api/chat", &[page]), "allowed");
    assert_eq!(ask("/api/%2E%2E/chat", &[page]), "refused"); // ambiguous
    cors.replace(api().for_host("a.com", any_origin()).unwrap())
        .unwrap();
    assert_eq!(ask("/api/chat", &[evil, ("host", "a.com")]), "allowed");
    assert_eq!(ask("/api/chat", &[page, ("host", "a.com.")]), "refused"); // ambiguous
}
