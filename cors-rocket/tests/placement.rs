//! The placement table of the README, row by row.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

mod support;

use cors_rocket::{Config, Cors};
use rocket::error::ErrorKind;
use rocket::fairing::AdHoc;
use rocket::http::{Method, Status};
use rocket::local::blocking::Client;
use rocket::route::{self, Outcome};
use rocket::{Build, Data, Request, Rocket, Route, catch, catchers, get, options, put, routes};
use support::{ORIGIN, client, is_shared, policy, preflight, request, rocket, values};

#[get("/")]
fn ok() -> &'static str {
    "ok"
}

#[put("/")]
fn fails() -> Status {
    Status::InternalServerError
}

#[catch(404)]
fn not_found() -> &'static str {
    "nothing here"
}

/// Which responses of an application have the CORS headers.
#[derive(Debug, PartialEq, Eq)]
struct Covered {
    preflight_on_route: bool,
    preflight_on_unknown_path: bool,
    success: bool,
    not_found: bool,
    server_error: bool,
}

const ALL: Covered = Covered {
    preflight_on_route: true,
    preflight_on_unknown_path: true,
    success: true,
    not_found: true,
    server_error: true,
};

fn covered(rocket: Rocket<Build>) -> Covered {
    let client = client(rocket);
    let granted = |path| {
        let response = preflight(&client, path, "PUT");
        response.status() == Status::Ok && is_shared(&response)
    };
    let shared = |method, path, status| {
        let response = request(&client, method, path, &[("origin", ORIGIN)]).dispatch();
        assert_eq!(response.status(), status);
        is_shared(&response)
    };
    Covered {
        preflight_on_route: granted("/"),
        preflight_on_unknown_path: granted("/none"),
        success: shared(Method::Get, "/", Status::Ok),
        not_found: shared(Method::Get, "/none", Status::NotFound),
        server_error: shared(Method::Put, "/", Status::InternalServerError),
    }
}

fn app() -> Rocket<Build> {
    rocket()
        .mount("/", routes![ok, fails])
        .register("/", catchers![not_found])
}

#[test]
fn attached_before_or_after_the_routes() {
    assert_eq!(covered(app().attach(Cors::new(policy()))), ALL);

    let first = rocket().attach(Cors::new(policy()));
    let first = first.mount("/", routes![ok, fails]);
    assert_eq!(covered(first.register("/", catchers![not_found])), ALL);
}

#[test]
fn attached_by_another_fairing() {
    let attaches = AdHoc::on_ignite("attaches", async |rocket| {
        rocket.attach(Cors::new(policy()))
    });
    assert_eq!(covered(app().attach(attaches)), ALL);
}

#[test]
fn attached_twice() {
    let other = Config::new().allow_origins(["https://other.example"]);
    let app = app().attach(Cors::new(other.build().unwrap()));
    assert_eq!(covered(app.attach(Cors::new(policy()))), ALL);
}

#[test]
fn attached_again_during_ignition() {
    let again = AdHoc::on_ignite("again", async |rocket| rocket.attach(Cors::new(policy())));
    let app = app().attach(Cors::new(policy())).attach(again);
    let error = Client::untracked(app).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::FailedFairings(_)));
}

#[test]
fn with_an_options_route_of_the_application() {
    #[options("/<_..>")]
    fn own() -> &'static str {
        "own"
    }
    for rank in [isize::MIN + 1, -1, isize::MAX] {
        let app = || {
            let mut route = routes![own];
            route[0].rank = rank;
            app().mount("/", route).attach(Cors::new(policy()))
        };
        assert_eq!(covered(app()), ALL);

        let client = client(app());
        let plain = request(&client, Method::Options, "/x", &[("origin", ORIGIN)]).dispatch();
        assert!(is_shared(&plain));
        assert_eq!(plain.into_string().unwrap(), "own");
    }
}

#[test]
fn with_an_options_route_at_the_lowest_rank() {
    fn own<'r>(request: &'r Request<'_>, _: Data<'r>) -> route::BoxFuture<'r> {
        Outcome::from(request, "own").pin()
    }
    let own = Route::ranked(isize::MIN, Method::Options, "/own", own);
    let app = app().mount("/", vec![own]).attach(Cors::new(policy()));
    let error = Client::untracked(app).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Collisions(_)));
}

#[test]
fn before_and_after_a_fairing_that_sets_headers() {
    let language = || {
        AdHoc::on_response("Language", |_, response| {
            Box::pin(async move {
                response.set_raw_header("Vary", "Accept-Language");
                response.set_raw_header("Access-Control-Allow-Origin", "*");
            })
        })
    };
    let before = client(app().attach(language()).attach(Cors::new(policy())));
    let response = support::get(&before, "/");
    assert!(is_shared(&response));
    assert_eq!(values(&response, "vary"), ["Accept-Language", "Origin"]);

    let after = client(app().attach(Cors::new(policy())).attach(language()));
    for response in [support::get(&after, "/"), preflight(&after, "/", "PUT")] {
        assert_eq!(values(&response, "vary"), ["Accept-Language"]);
        assert!(!is_shared(&response));
    }
}
