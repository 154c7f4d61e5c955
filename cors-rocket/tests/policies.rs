//! Several policies in one application, by path prefix.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use cors_rocket::{Config, Cors, Policies, Policy};
use rocket::http::{Method, Status};
use rocket::local::blocking::Client;
use rocket::response::{Responder, Result};
use rocket::{Build, Request, Rocket, catch, catchers, get, options, routes};
use support::{ORIGIN, client, cors_headers, is_shared, policy, preflight, request, values};

#[get("/")]
fn ok() -> &'static str {
    "ok"
}

/// A response with its own CORS headers and `Vary`.
struct Own;

impl<'r> Responder<'r, 'static> for Own {
    fn respond_to(self, request: &'r Request<'_>) -> Result<'static> {
        let mut response = "own".respond_to(request)?;
        response.set_raw_header("Access-Control-Allow-Origin", "https://own.example");
        response.set_raw_header("Access-Control-Max-Age", "1");
        response.set_raw_header("Vary", "Accept");
        Ok(response)
    }
}

#[get("/")]
fn own() -> Own {
    Own
}

#[options("/own")]
fn own_options() -> Own {
    Own
}

#[catch(404)]
fn not_found(request: &Request<'_>) -> String {
    format!("no {} {}", request.method(), request.uri())
}

fn app() -> Rocket<Build> {
    support::rocket()
        .mount("/", routes![ok])
        .mount("/api", routes![ok])
        .mount("/internal", routes![own, own_options])
        .register("/", catchers![not_found])
}

fn allow(origin: &str) -> Policy {
    Config::new().allow_origins([origin]).build().unwrap()
}

fn attached(policies: Policies) -> Client {
    client(app().attach(Cors::new(policies)))
}

/// Prefixes are compared with the whole path, including the base path of a mount.
#[test]
fn the_policy_of_the_path_applies() {
    let client = attached(Policies::new(allow("*")).at("/api", policy()).unwrap());
    for (path, status) in [
        ("/api", 200),
        ("/api/", 200),
        ("/api?q", 200),
        ("/api/%6Eone", 404),
        ("/api/none", 404),
    ] {
        let response = support::get(&client, path);
        assert_eq!(response.status().code, status, "{path}");
        assert!(is_shared(&response), "{path}");
        let granted = preflight(&client, path, "PUT");
        assert_eq!(granted.status(), Status::Ok, "{path}");
        assert!(is_shared(&granted), "{path}");
    }
    for path in ["/", "/none", "/apis", "/API", "/x/api", "/?/api"] {
        let open = ["access-control-allow-origin: *"];
        assert_eq!(cors_headers(&support::get(&client, path)), open, "{path}");
        let refused = preflight(&client, path, "PUT");
        assert_eq!(refused.status(), Status::BadRequest, "{path}");
    }
}

#[test]
fn the_longest_prefix_wins() {
    let policies = Policies::new(allow("https://root.example"))
        .at("/a", allow("https://a.example"))
        .and_then(|policies| policies.at("/a/b", allow("https://b.example")));
    let client = attached(policies.unwrap());
    for (path, origin) in [
        ("/", "https://root.example"),
        ("/a", "https://a.example"),
        ("/a/c", "https://a.example"),
        ("/a/b", "https://b.example"),
        ("/a/b/c", "https://b.example"),
    ] {
        let response = request(&client, Method::Get, path, &[("origin", origin)]).dispatch();
        let allowed = values(&response, "access-control-allow-origin");
        assert_eq!(allowed, [origin], "{path}");
    }
}

/// Status, headers and body are the same as without the fairing, even if another policy blocks.
#[test]
fn without_cors_everything_passes_unchanged() {
    let blocking = policy().to_config().block_refused_origins(true);
    let blocking = blocking.build().unwrap();
    let bare = client(app());
    for policies in [
        Policies::new(policy()).without_cors("/internal").unwrap(),
        Policies::new(blocking.clone())
            .without_cors("/internal")
            .unwrap(),
        Policies::without_default().at("/api", policy()).unwrap(),
        Policies::without_default().at("/api", blocking).unwrap(),
        Policies::without_default(),
    ] {
        let with = attached(policies);
        for path in ["/internal", "/internal/own", "/internal/none", "/internal/"] {
            for method in [Method::Get, Method::Head, Method::Options, Method::Delete] {
                for origin in [ORIGIN, "https://evil.example"] {
                    let asked = [("origin", origin), ("access-control-request-method", "PUT")];
                    for headers in [&[][..], &asked[..1], &asked] {
                        let with = request(&with, method, path, headers).dispatch();
                        let bare = request(&bare, method, path, headers).dispatch();
                        assert_eq!(with.status(), bare.status(), "{method} {path}");
                        assert_eq!(with.headers(), bare.headers(), "{method} {path}");
                        assert_eq!(with.into_bytes(), bare.into_bytes(), "{method} {path}");
                    }
                }
            }
        }
    }
    let own = preflight(&bare, "/internal/own", "PUT");
    assert_eq!(own.into_string().unwrap(), "own");
}
