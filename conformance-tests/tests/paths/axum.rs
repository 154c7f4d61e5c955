//! axum: `ServeDir`, `{*path}`, `nest`.

use std::path::Path as Folder;

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::routing::any;
use cors_axum::CorsLayer;
use tower_http::services::ServeDir;

use crate::area::{Area, Setup, body_for, body_in};
use crate::{Answer, Case, service};

pub(crate) fn files(setup: &Setup, root: &Folder, cases: &[Case]) -> Vec<Option<Answer>> {
    send(
        setup,
        Router::new().fallback_service(ServeDir::new(root)),
        cases,
    )
}

pub(crate) fn parameters(setup: &Setup, _: &Folder, cases: &[Case]) -> Vec<Option<Answer>> {
    let below = |area: Area| {
        any(async move |Path(rest): Path<String>| {
            body_in(area, &format!("{}/{rest}", area.folder()))
        })
    };
    let app = Router::new()
        .route("/admin/{*rest}", below(Area::Admin))
        .route(
            "/admin/open",
            any(async || body_in(Area::Open, "admin/open")),
        )
        .route(
            "/admin/open/",
            any(async || body_in(Area::Open, "admin/open")),
        )
        .route("/admin/open/{*rest}", below(Area::Open))
        .route(
            "/{*path}",
            any(async |Path(path): Path<String>| body_for(&path)),
        );
    send(setup, app, cases)
}

pub(crate) fn nested(setup: &Setup, root: &Folder, cases: &[Case]) -> Vec<Option<Answer>> {
    let below = async |Path(path): Path<String>| body_for(&format!("admin/{path}"));
    let admin = Router::new()
        .route(
            "/open/{name}",
            any(async |Path(name): Path<String>| body_for(&format!("admin/open/{name}"))),
        )
        .route("/{*path}", any(below));
    let pair = async |Path((one, two)): Path<(String, String)>| body_for(&format!("{one}/{two}"));
    let app = Router::new()
        .nest("/admin", admin)
        .nest_service("/public", ServeDir::new(root.join("public")))
        .route(
            "/{one}",
            any(async |Path(name): Path<String>| body_for(&name)),
        )
        .route("/{one}/{two}", any(pair))
        .fallback_service(ServeDir::new(root));
    send(setup, app, cases)
}

fn send(setup: &Setup, app: Router, cases: &[Case]) -> Vec<Option<Answer>> {
    let app = app.layer(CorsLayer::new(setup.policies()));
    service::send::<_, Body, _>(&app, cases)
}
