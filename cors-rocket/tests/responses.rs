//! The responses of the middleware, of the application, and of its guards and catchers.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use cors_rocket::{Config, Cors, Policy};
use rocket::form::Form;
use rocket::http::{ContentType, Method, Status};
use rocket::local::blocking::{Client, LocalResponse};
use rocket::request::{FromRequest, Outcome};
use rocket::response::Redirect;
use rocket::response::stream::TextStream;
use rocket::{Build, FromForm, Request, Rocket};
use rocket::{catch, catchers, get, options, post, routes, uri};
use std::sync::atomic::{AtomicUsize, Ordering};
use support::{ORIGIN, cors_headers, is_shared, policy, preflight, request, values};

fn client(policy: Policy) -> Client {
    support::client(app().attach(Cors::new(policy)))
}

fn app() -> Rocket<Build> {
    let app = support::rocket().manage(Runs::default());
    let routes = routes![
        plain,
        options_plain,
        stream,
        redirect,
        guarded,
        form,
        unavailable,
        error,
        panics,
        cached,
        brewing
    ];
    app.mount("/", routes)
        .register("/", catchers![not_found, teapot])
}

/// How often a guard or a catcher ran.
#[derive(Default)]
struct Runs(AtomicUsize);

impl Runs {
    fn add(request: &Request<'_>) {
        let runs: &Self = request.rocket().state().unwrap();
        runs.0.fetch_add(1, Ordering::SeqCst);
    }

    fn of(client: &Client) -> usize {
        let runs: &Self = client.rocket().state().unwrap();
        runs.0.load(Ordering::SeqCst)
    }
}

/// A guard that rejects every request.
struct User;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for User {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        Runs::add(request);
        Outcome::Error((Status::Unauthorized, ()))
    }
}

#[derive(FromForm)]
struct Age {
    age: u8,
}

#[get("/")]
fn plain() -> &'static str {
    "ok"
}

#[options("/<_..>")]
fn options_plain(_user: User) -> &'static str {
    "never"
}

#[get("/stream")]
fn stream() -> TextStream![&'static str] {
    TextStream! {
        yield "one,";
        yield "two";
    }
}

#[get("/redirect")]
fn redirect() -> Redirect {
    Redirect::to(uri!("/"))
}

#[get("/guarded")]
fn guarded(_user: User) -> &'static str {
    "never"
}

#[post("/form", data = "<form>")]
fn form(form: Form<Age>) -> String {
    form.age.to_string()
}

#[get("/unavailable")]
fn unavailable() -> Status {
    Status::ServiceUnavailable
}

#[get("/error")]
fn error() -> Result<&'static str, rocket::response::Debug<std::fmt::Error>> {
    Err(std::fmt::Error.into())
}

#[get("/panic")]
fn panics() -> &'static str {
    std::panic::resume_unwind(Box::new("on purpose"))
}

#[get("/cached")]
fn cached() -> (Status, &'static str) {
    (Status::NotModified, "stripped")
}

#[get("/teapot")]
fn brewing() -> Status {
    Status::ImATeapot
}

#[catch(404)]
fn not_found(request: &Request<'_>) -> &'static str {
    Runs::add(request);
    "nothing here"
}

#[catch(418)]
fn teapot() -> &'static str {
    std::panic::resume_unwind(Box::new("a catcher, too"))
}

#[test]
fn a_preflight_never_reaches_the_application() {
    let client = client(policy());
    for path in ["/", "/guarded", "/form", "/none", "/stream?x=y", "//a/../b"] {
        for (method, status) in [("PUT", 200), ("DELETE", 400), ("", 400)] {
            let response = preflight(&client, path, method);
            assert!(is_shared(&response), "{path}");
            assert_eq!(response.status().code, status, "{path}");
        }
    }
    assert_eq!(Runs::of(&client), 0);

    // Any other `OPTIONS` request does reach it.
    let plain = request(&client, Method::Options, "/", &[("origin", ORIGIN)]).dispatch();
    assert!(is_shared(&plain));
    assert_eq!((plain.status().code, Runs::of(&client)), (401, 1));
}

#[test]
fn the_fairing_adds_only_one_route() {
    let (bare, with) = (support::client(app()), client(policy()));
    let count = |client: &Client| client.rocket().routes().count();
    assert_eq!(count(&with), count(&bare) + 1);
    let catchers = |client: &Client| client.rocket().catchers().count();
    assert_eq!(catchers(&with), catchers(&bare));
}

#[test]
fn a_preflight_response_has_a_text() {
    let plain = "text/plain; charset=utf-8";
    let text = |status, body: &str| (status, Some(plain.into()), body.into());
    let listed = client(policy());
    let granted = preflight(&listed, "/", "PUT");
    assert_eq!(parts(granted), text(200, "OK"));
    let refused = preflight(&listed, "/", "DELETE");
    assert_eq!(parts(refused), text(400, "Disallowed CORS method"));

    let bare = Config::new()
        .allow_origins([ORIGIN])
        .preflight_status(204)
        .build()
        .unwrap();
    let bare = client(bare);
    let granted = preflight(&bare, "/", "GET");
    let vary = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
    assert_eq!(values(&granted, "vary"), [vary]);
    assert_eq!(values(&granted, "access-control-allow-methods"), ["GET"]);
    assert_eq!(parts(granted), (204, None, String::new()));
}

/// Status, content type, body.
fn parts(response: LocalResponse<'_>) -> (u16, Option<String>, String) {
    let status = response.status().code;
    let content_type = response.headers().get_one("content-type");
    let content_type = content_type.map(str::to_owned);
    let body = response.into_string().unwrap_or_default();
    (status, content_type, body)
}

/// With credentials, browsers do not treat `*` as a wildcard. So the response lists the requested names.
#[test]
fn any_header_with_credentials_is_allowed_by_name() {
    let any = Config::new()
        .allow_origins([ORIGIN])
        .allow_headers(["*"])
        .allow_credentials(true);
    let client = client(any.build().unwrap());
    let granted = |lines: &[&'static str]| {
        let mut headers = vec![("origin", ORIGIN), ("access-control-request-method", "GET")];
        let asked = |line: &&'static str| ("access-control-request-headers", *line);
        headers.extend(lines.iter().map(asked));
        let response = request(&client, Method::Options, "/", &headers).dispatch();
        assert_eq!(response.status(), Status::Ok);
        assert!(is_shared(&response));
        let names = values(&response, "access-control-allow-headers");
        names.into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(granted(&["x-a,authorization"]), ["x-a,authorization"]);
    assert_eq!(granted(&[" X-B ,, x-a", "x-c"]), ["X-B, x-a, x-c"]);
    assert_eq!(granted(&["", ","]), [""; 0]);
    assert_eq!(granted(&[]), [""; 0]);
}

#[test]
fn pages_can_read_errors_and_unusual_responses() {
    let client = client(policy());
    for (method, path, status, body) in [
        (Method::Get, "/", 200, Some("ok")),
        (Method::Head, "/", 200, None),
        (Method::Get, "/stream", 200, Some("one,two")),
        (Method::Get, "/redirect", 303, None),
        (Method::Get, "/cached", 304, None),
        (Method::Get, "/guarded", 401, Some("401")),
        (Method::Get, "/none", 404, Some("nothing here")),
        (Method::Delete, "/", 404, Some("nothing here")), // Rocket has no 405
        (Method::Post, "/form", 422, Some("422")),
        (Method::Get, "/error", 500, Some("500")),
        (Method::Get, "/panic", 500, Some("500")),
        (Method::Get, "/teapot", 500, Some("500")), // its catcher panics
        (Method::Get, "/unavailable", 503, Some("503")),
    ] {
        for (origin, shared) in [(ORIGIN, true), ("https://evil.example", false)] {
            let request = request(&client, method, path, &[("origin", origin)]);
            let response = request.header(ContentType::Form).body("age=x").dispatch();
            assert_eq!(response.status().code, status, "{method} {path}");
            assert_eq!(is_shared(&response), shared, "{method} {path}");
            assert_eq!(cors_headers(&response).is_empty(), !shared);
            assert_eq!(values(&response, "vary"), ["Origin"], "{method} {path}");
            match (response.into_string(), body) {
                (sent, Some(body)) => assert!(sent.unwrap().contains(body), "{method} {path}"),
                (sent, None) => assert_eq!(sent.unwrap_or_default(), "", "{method} {path}"),
            }
        }
    }
}

#[test]
fn head_keeps_its_length() {
    let client = client(policy());
    let response = request(&client, Method::Head, "/", &[("origin", ORIGIN)]).dispatch();
    assert!(is_shared(&response));
    assert_eq!(response.body().preset_size(), Some(2));
}
