//! `actix_files::Files`: fonts, downloads in parts, and files that the page revalidates.
//!
//! Browsers apply CORS to fonts, module scripts and `fetch` of another origin. `Cors` is a `wrap` of the `App`, so
//! that it
//! covers the files, too. The page needs `Content-Range` to know which part it has, and `ETag` to revalidate: they are exposed.
//! A script may set `If-None-Match` only if `allow_headers` has an entry for it.
//!
//! The traps: around the scope of the API only, files have no CORS headers, so fonts do not load. Without the entry, a request
//! with `If-None-Match` is not sent.

use std::path::Path;

use actix_files::Files;
use actix_web::{App, test, web};
use cors_actix::{Config, ConfigError, Cors};
use cors_testing::Browser;
use recipes::header;

const PAGE: &str = "https://app.example.com";

fn cors() -> Result<Cors, ConfigError> {
    let policy = Config::new()
        .allow_origins(["https://app.example.com"])
        .allow_headers(["If-None-Match", "Range"])
        .expose_headers(["Accept-Ranges", "Content-Range", "ETag"])
        .build()?;
    Ok(Cors::new(policy))
}

async fn browser(folder: &Path, cors: Cors) -> Browser {
    let app = App::new().service(Files::new("/files", folder)).wrap(cors);
    Browser::actix(test::init_service(app).await)
}

/// A folder with a font of ten bytes.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("icons.woff2"), "0123456789").unwrap();
    folder
}

#[actix_web::test]
async fn the_page_reads_files_parts_and_304() {
    let folder = folder();
    let browser = browser(folder.path(), cors().unwrap()).await;
    let page = browser.page(PAGE);
    let file = page.get("/files/icons.woff2").await;
    file.may_read_status(200).may_read_header("etag");

    let part = page
        .get("/files/icons.woff2")
        .header("range", "bytes=0-3")
        .await;
    part.may_read_status(206).may_read_header("content-range");
    assert_eq!(header(&part, "content-range"), "bytes 0-3/10");
    let beyond = page.get("/files/icons.woff2").header("range", "bytes=99-");
    beyond.await.may_read_status(416);

    let tag = header(&file, "etag");
    let again = page
        .get("/files/icons.woff2")
        .header("if-none-match", tag)
        .await;
    assert_eq!(again.exchanges().len(), 2, "a preflight and the request");
    again.may_read_status(304);
    assert_eq!(header(&again, "vary"), "Origin");

    page.get("/files/none.woff2").await.may_read_status(404);
    page.put("/files/icons.woff2").await.is_not_sent();
    browser
        .page("https://evil.example")
        .get("/files/icons.woff2")
        .await
        .may_not_read();
}

#[actix_web::test]
async fn trap_around_the_api_only() {
    let folder = folder();
    let api = web::scope("/api").route("/items", web::get().to(async || "items"));
    let app = App::new()
        .service(api.wrap(cors().unwrap()))
        .service(Files::new("/files", folder.path()));
    let browser = Browser::actix(test::init_service(app).await);
    browser
        .page(PAGE)
        .get("/api/items")
        .await
        .may_read_status(200);
    browser
        .page(PAGE)
        .get("/files/icons.woff2")
        .await
        .may_not_read();
}

#[actix_web::test]
async fn trap_if_none_match_without_an_entry() {
    let folder = folder();
    let policy = Config::new().allow_origins(["https://app.example.com"]);
    let browser = browser(folder.path(), Cors::new(policy.build().unwrap())).await;
    let again = browser
        .page(PAGE)
        .get("/files/icons.woff2")
        .header("if-none-match", "\"1\"");
    again.await.is_not_sent();
}
