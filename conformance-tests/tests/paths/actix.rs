//! actix: `Files`, `{tail:.*}`, scopes.

use std::path::Path as Folder;

use actix_files::Files;
use actix_web::body::to_bytes;
use actix_web::http::{Method, Uri};
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, rt, web};
use cors_actix::Cors;

use crate::area::{Setup, body_for};
use crate::{Answer, Case};

type Routes = fn(&mut web::ServiceConfig, &Folder);

pub(crate) fn files(setup: &Setup, root: &Folder, cases: &[Case]) -> Vec<Option<Answer>> {
    let routes: Routes = |config, root| {
        config.service(Files::new("/", root).index_file("index.html"));
    };
    send(setup, root, routes, cases)
}

pub(crate) fn parameters(setup: &Setup, root: &Folder, cases: &[Case]) -> Vec<Option<Answer>> {
    let routes: Routes = |config, _| {
        let below = |folder: &'static str| {
            web::to(
                move |tail: web::Path<String>| async move { body_for(&format!("{folder}/{tail}")) },
            )
        };
        config
            .route("/admin/open/{name}", below("admin/open"))
            .route("/admin/{name}", below("admin"))
            .route("/{tail:.*}", below(""));
    };
    send(setup, root, routes, cases)
}

pub(crate) fn scopes(setup: &Setup, root: &Folder, cases: &[Case]) -> Vec<Option<Answer>> {
    let routes: Routes = |config, root| {
        let below = |folder: &'static str| {
            web::to(
                move |tail: web::Path<String>| async move { body_for(&format!("{folder}/{tail}")) },
            )
        };
        let pair = |path: web::Path<(String, String)>| async move {
            let (one, two) = path.into_inner();
            body_for(&format!("{one}/{two}"))
        };
        config
            .service(
                web::scope("/admin")
                    .route("/open/{name}", below("admin/open"))
                    .route("/{path:.*}", below("admin")),
            )
            .service(Files::new("/public", root.join("public")))
            .route(
                "/{one}",
                web::to(async |name: web::Path<String>| body_for(&name)),
            )
            .route("/{one}/{two}", web::to(pair))
            .service(Files::new("/", root));
    };
    send(setup, root, routes, cases)
}

fn send(setup: &Setup, root: &Folder, routes: Routes, cases: &[Case]) -> Vec<Option<Answer>> {
    rt::System::new().block_on(async {
        let app = App::new()
            .configure(|config| routes(config, root))
            .wrap(Cors::new(setup.policies()));
        let app = init_service(app).await;
        let mut answers = Vec::new();
        for case in cases {
            if Uri::try_from(case.path.as_str()).is_err() {
                answers.push(None);
                continue;
            }
            let request = TestRequest::with_uri(&case.path)
                .method(Method::from_bytes(case.method.as_bytes()).unwrap())
                .insert_header(("origin", case.origin))
                .insert_header(("host", "api.example"))
                .insert_header(("access-control-request-method", case.method));
            let response = request.send_request(&app).await;
            let allow_origin = response.headers().get("access-control-allow-origin");
            answers.push(Some(Answer {
                status: response.status().as_u16(),
                allow_origin: allow_origin.map(|value| value.to_str().unwrap().to_owned()),
                body: {
                    let bytes = to_bytes(response.into_body()).await.unwrap_or_default();
                    String::from_utf8_lossy(&bytes).into_owned()
                },
            }));
        }
        answers
    })
}
