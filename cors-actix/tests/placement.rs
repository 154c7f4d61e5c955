//! The placement table of the README, row by row: what a `wrap` covers depends on where it is.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::{Condition, Next, from_fn};
use actix_web::test::init_service;
use actix_web::{App, Error, HttpResponse, Resource, error, guard, put, web};
use support::{cors, is_shared, preflight, request, send};

/// Which responses of an application have the CORS headers.
#[derive(Debug, PartialEq, Eq)]
struct Covered {
    preflight_on_route: bool,
    preflight_on_unknown_path: bool,
    not_found: bool,
    /// With the status of the framework for a wrong method: 404 or 405.
    wrong_method: (u16, bool),
    server_error: bool,
}

const ALL: Covered = Covered {
    preflight_on_route: true,
    preflight_on_unknown_path: true,
    not_found: true,
    wrong_method: (405, true),
    server_error: true,
};

/// Only one path.
const PATH: Covered = Covered {
    preflight_on_unknown_path: false,
    not_found: false,
    ..ALL
};

/// Only the responses of the handler.
const BROKEN: Covered = Covered {
    preflight_on_route: false,
    preflight_on_unknown_path: false,
    not_found: false,
    wrong_method: (405, false),
    server_error: true,
};

async fn covered<B>(app: impl support::App<B>, route: &str, unknown: &str) -> Covered
where
    B: MessageBody + 'static,
{
    let granted = async |path| {
        let response = send(&app, preflight(path, "PUT")).await;
        response.status() == 200 && is_shared(response.headers())
    };
    let shared = async |method, path| {
        let request = request(method, path, &[("origin", support::ORIGIN)]);
        let response = send(&app, request).await;
        (response.status().as_u16(), is_shared(response.headers()))
    };
    let with_status = async |method, path, status| {
        let (actual, shared) = shared(method, path).await;
        assert_eq!(actual, status);
        shared
    };
    Covered {
        preflight_on_route: granted(route).await,
        preflight_on_unknown_path: granted(unknown).await,
        not_found: with_status("GET", unknown, 404).await,
        wrong_method: shared("DELETE", route).await,
        server_error: with_status("PUT", route, 500).await,
    }
}

async fn fails() -> HttpResponse {
    HttpResponse::InternalServerError().finish()
}

fn resource(path: &str) -> Resource {
    web::resource(path).route(web::put().to(fails))
}

#[actix_web::test]
async fn around_the_app() {
    let app = App::new().service(resource("/")).wrap(cors());
    assert_eq!(covered(init_service(app).await, "/", "/none").await, ALL);

    let early = App::new().wrap(cors()).service(resource("/"));
    assert_eq!(covered(init_service(early).await, "/", "/none").await, ALL);

    let nested = web::scope("/api").service(web::scope("/v1").service(resource("/x")));
    let app = App::new()
        .service(nested)
        .default_service(web::to(HttpResponse::NotFound))
        .wrap(Condition::new(true, cors()));
    let app = init_service(app).await;
    assert_eq!(covered(&app, "/api/v1/x", "/api/v1/none").await, ALL);
    assert_eq!(covered(&app, "/api/v1/x", "/none").await, ALL);
}

/// Without a resource, the method is a guard of the path. Then the framework does not send 405.
#[actix_web::test]
async fn around_the_app_without_resources() {
    #[put("/")]
    async fn by_macro() -> HttpResponse {
        fails().await
    }
    let expected = Covered {
        wrong_method: (404, true),
        ..ALL
    };
    let app = App::new().service(by_macro).wrap(cors());
    assert_eq!(
        covered(init_service(app).await, "/", "/none").await,
        expected
    );
    let app = App::new().route("/", web::put().to(fails)).wrap(cors());
    assert_eq!(
        covered(init_service(app).await, "/", "/none").await,
        expected
    );
}

#[actix_web::test]
async fn around_a_scope() {
    let scope = web::scope("/api").service(resource("/x")).wrap(cors());
    let app = App::new().service(scope).service(resource("/other"));
    let app = init_service(app).await;
    assert_eq!(covered(&app, "/api/x", "/api/none").await, ALL);
    assert_eq!(covered(&app, "/api/x", "/none").await, PATH);
    let nothing = Covered {
        server_error: false,
        ..BROKEN
    };
    assert_eq!(covered(&app, "/other", "/none").await, nothing);
}

#[actix_web::test]
async fn around_a_resource() {
    let app = App::new().service(resource("/").wrap(cors()));
    assert_eq!(covered(init_service(app).await, "/", "/none").await, PATH);
}

#[actix_web::test]
async fn around_a_route() {
    let route = web::put().to(fails).wrap(cors());
    let app = App::new().service(web::resource("/").route(route));
    assert_eq!(covered(init_service(app).await, "/", "/none").await, BROKEN);

    let route = web::put().to(fails).wrap(cors());
    let app = App::new().route("/", route);
    let expected = Covered {
        wrong_method: (404, false),
        ..BROKEN
    };
    assert_eq!(
        covered(init_service(app).await, "/", "/none").await,
        expected
    );
}

/// The guard rejects `OPTIONS` before the middleware inside it runs.
#[actix_web::test]
async fn inside_a_method_guard() {
    #[put("/", wrap = "cors()")]
    async fn by_macro() -> HttpResponse {
        fails().await
    }
    let expected = Covered {
        wrong_method: (404, false),
        ..BROKEN
    };
    let app = App::new().service(by_macro);
    assert_eq!(
        covered(init_service(app).await, "/", "/none").await,
        expected
    );

    let guarded = resource("/").guard(guard::Put()).wrap(cors());
    let app = App::new().service(guarded);
    assert_eq!(
        covered(init_service(app).await, "/", "/none").await,
        expected
    );

    let guarded = web::scope("/api").guard(guard::Put()).wrap(cors());
    let app = App::new().service(guarded.service(resource("/x")));
    assert_eq!(
        covered(init_service(app).await, "/api/x", "/api/none").await,
        expected
    );
}

/// A later `wrap` is further out. Requests that it rejects never reach the CORS middleware.
#[actix_web::test]
async fn together_with_another_wrap() {
    async fn authenticate<B: MessageBody>(
        request: ServiceRequest,
        next: Next<B>,
    ) -> Result<ServiceResponse<B>, Error> {
        if !request.headers().contains_key("authorization") {
            return Err(error::ErrorUnauthorized("missing token"));
        }
        next.call(request).await
    }
    let app = || App::new().service(resource("/"));
    let inside = init_service(app().wrap(cors()).wrap(from_fn(authenticate))).await;
    let outside = init_service(app().wrap(from_fn(authenticate)).wrap(cors())).await;

    assert_eq!(send(&inside, preflight("/", "PUT")).await.status(), 401);
    assert_eq!(send(&outside, preflight("/", "PUT")).await.status(), 200);
    for (authorized, path, status) in [(false, "/", 401), (true, "/", 405), (true, "/none", 404)] {
        let request = || {
            let request = support::get(path);
            match authorized {
                true => request.insert_header(("authorization", "Bearer me")),
                false => request,
            }
        };
        for (response, shared) in [
            (send(&inside, request()).await, authorized),
            (send(&outside, request()).await, true),
        ] {
            assert_eq!(response.status(), status);
            assert_eq!(is_shared(response.headers()), shared, "{path}");
        }
    }
}
