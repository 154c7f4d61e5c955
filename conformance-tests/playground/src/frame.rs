//! The frame on the other origin. It only sends requests to the API, so its server has no controls.

use axum::Router;
use axum::http::StatusCode;

use crate::guard::guarded;
use crate::page::{CSS, HTML, JAVASCRIPT, asset};
use crate::server::Server;

/// The routes of the frame for this page.
pub(crate) fn router(frame: &Server, page: &Server, api_origin: &str) -> Router {
    let pages = page.names.origins();
    let html = include_str!("../assets/frame.html").replace("PAGE_ORIGINS", &pages);
    let problem = format!(
        "there is only a frame here; the playground is at {}\n",
        page.origin
    );
    let router = Router::new()
        .route("/frame", asset(HTML, html))
        .route(
            "/frame.js",
            asset(JAVASCRIPT, include_str!("../assets/frame.js")),
        )
        .route(
            "/probe.js",
            asset(JAVASCRIPT, include_str!("../assets/probe.js")),
        )
        .route(
            "/dom.js",
            asset(JAVASCRIPT, include_str!("../assets/dom.js")),
        )
        .route("/base.css", asset(CSS, include_str!("../assets/base.css")))
        .fallback(async move || (StatusCode::NOT_FOUND, problem));
    let security = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; \
         connect-src {api_origin}; form-action 'none'; base-uri 'none'; frame-ancestors {pages}"
    );
    guarded(router, &frame.names, security)
}
