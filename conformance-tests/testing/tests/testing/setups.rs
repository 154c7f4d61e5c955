//! Right and wrong set-ups have the same verdict in every framework.

use cors_testing::CorsFailure::{
    AllowCredentials, AllowOrigin, AnyOriginWithCredentials, NoAllowOrigin,
};
use cors_testing::{Blocked, Browser, Fetch, Page, PreflightFailure, Verdict};

use crate::{PAGE, targets, tower};

/// A fetch, and the status that the script can read or why it cannot.
type Setup = (for<'b> fn(&Page<'b>) -> Fetch<'b>, Result<u16, Blocked>);

fn setups() -> Vec<Setup> {
    let cors = Blocked::Cors;
    let preflight = Blocked::Preflight;
    let method = |name: &str| preflight(PreflightFailure::Method(name.to_owned()));
    let header = |name: &str| preflight(PreflightFailure::Header(name.to_owned()));
    vec![
        // Right.
        (|page| page.get("/right"), Ok(200)),
        (|page| page.head("/right").credentials(), Ok(200)),
        (|page| page.post("/right").body("text"), Ok(200)),
        (|page| page.post("/right").json("{}").credentials(), Ok(200)),
        (|page| page.patch("/right").header("X-Trace", "1"), Ok(200)),
        (|page| page.fetch("put", "/right"), Ok(200)),
        (|page| page.post("/right").upload_progress(), Ok(200)),
        (|page| page.delete("/any").header("x-other", "1"), Ok(200)),
        (|page| page.get("/error"), Ok(500)),
        (|page| page.get("/redirect"), Ok(200)),
        // The origin.
        (|page| page.get("/none"), Err(cors(NoAllowOrigin))),
        (
            |page| page.put("/none"),
            Err(preflight(PreflightFailure::Cors(NoAllowOrigin))),
        ),
        (|page| page.put("/bare"), Err(cors(NoAllowOrigin))),
        (
            |page| page.get("/other"),
            Err(cors(AllowOrigin("https://other.example".into()))),
        ),
        (
            |page| page.get("/slash"),
            Err(cors(AllowOrigin(format!("{PAGE}/").into()))),
        ),
        (
            |page| page.get("/twice"),
            Err(cors(AllowOrigin(format!("{PAGE}, {PAGE}").into()))),
        ),
        (|page| page.get("/redirect-bare"), Err(cors(NoAllowOrigin))),
        (
            |page| page.get("/redirect-to-bare"),
            Err(cors(NoAllowOrigin)),
        ),
        // Credentials.
        (
            |page| page.get("/any").credentials(),
            Err(cors(AnyOriginWithCredentials)),
        ),
        (
            |page| page.put("/any").credentials(),
            Err(preflight(PreflightFailure::Cors(AnyOriginWithCredentials))),
        ),
        (
            |page| page.get("/no-credentials").credentials(),
            Err(cors(AllowCredentials)),
        ),
        (
            |page| page.put("/any-list").credentials(),
            Err(method("PUT")),
        ),
        (
            |page| page.get("/any-list").header("x-trace", "1").credentials(),
            Err(header("x-trace")),
        ),
        // Methods and headers.
        (|page| page.delete("/right"), Err(method("DELETE"))),
        (|page| page.fetch("patch", "/right"), Err(method("patch"))),
        (
            |page| page.put("/right").header("x-other", "1"),
            Err(header("x-other")),
        ),
        (
            |page| page.post("/none").json("{}"),
            Err(preflight(PreflightFailure::Cors(NoAllowOrigin))),
        ),
        (
            |page| page.get("/any").header("authorization", "t"),
            Err(header("authorization")),
        ),
        (
            |page| page.put("/not-a-list"),
            Err(preflight(PreflightFailure::MalformedMethods)),
        ),
        // Responses of something else than the CORS middleware.
        (
            |page| page.put("/preflight-404"),
            Err(preflight(PreflightFailure::Cors(NoAllowOrigin))),
        ),
        (
            |page| page.put("/preflight-401"),
            Err(preflight(PreflightFailure::Cors(NoAllowOrigin))),
        ),
        (
            |page| page.put("/preflight-500"),
            Err(preflight(PreflightFailure::Status(500))),
        ),
    ]
}

async fn compare(name: &str, browser: &Browser) {
    let page = browser.page(PAGE);
    for (fetch, expected) in setups() {
        let verdict = fetch(&page).await;
        let actual = verdict.result().map(|readable| readable.status);
        let actual = actual.map_err(Clone::clone);
        assert_eq!(actual, expected, "{name}: {:?}", fetch(&page));
        if expected.is_ok() {
            verdict.may_read();
        } else if !expected.eq(&Err(Blocked::Preflight(PreflightFailure::Header(
            "authorization".to_owned(),
        )))) {
            verdict.may_not_read();
        }
        if matches!(
            expected,
            Err(Blocked::Preflight(PreflightFailure::Method(_)))
        ) {
            verdict.is_not_sent();
        }
    }
    page.get("/right").await.may_read_header("X-Total");
    page.get("/right").await.may_not_read_header("x-secret");
    page.get("/any").await.may_read_header("x-total");
    page.get("/any-list")
        .credentials()
        .await
        .may_not_read_header("x-total");
    page.get("/error").await.may_read_status(500);
}

#[tokio::test]
async fn tower_services() {
    compare("tower", &tower()).await;
}

#[tokio::test]
async fn actix_applications() {
    compare("actix", &targets::actix().await).await;
}

#[tokio::test]
async fn rocket_applications() {
    compare("rocket", &targets::rocket().await).await;
}

#[tokio::test]
async fn warp_filters() {
    compare("warp", &targets::warp()).await;
}

#[tokio::test]
async fn running_servers() {
    compare("url", &targets::url().await).await;
}

/// Every target receives the request as it is.
#[tokio::test]
async fn requests_arrive_whole() {
    let targets = [
        ("tower", "api.test", tower()),
        ("actix", "api.test", targets::actix().await),
        ("rocket", "api.test", targets::rocket().await),
        ("warp", "api.test", targets::warp()),
    ];
    for (name, host, browser) in &targets {
        arrives_whole(name, host, browser).await;
    }
    let url = targets::serve(targets::router()).await;
    let host = url.strip_prefix("http://").unwrap();
    arrives_whole("url", host, &Browser::url(&url)).await;
}

async fn arrives_whole(name: &str, host: &str, browser: &Browser) {
    let page = browser.page(PAGE);
    let fetch = page.put("/echo?a=%20b").header("x-trace", "1");
    let verdict = fetch.cookie("session=1").body("the body").await;
    let [(preflight, _), _] = verdict.exchanges() else {
        panic!("{name}: {verdict:?}");
    };
    assert!(preflight.is_preflight, "{name}");
    let expected =
        format!("PUT|/echo?a=%20b|{host}|{PAGE}|1|session=1|text/plain;charset=UTF-8|the body");
    assert_eq!(echo(&verdict), expected, "{name}");

    let verdict = page.delete("/echo").json("{}").await;
    let expected = format!("DELETE|/echo|{host}|{PAGE}|-|-|application/json|{{}}");
    assert_eq!(echo(&verdict), expected, "{name}");

    let verdict = page.post("/echo").await;
    assert_eq!(
        echo(&verdict),
        format!("POST|/echo|{host}|{PAGE}|-|-|-|"),
        "{name}"
    );

    // Rocket knows only some methods.
    let verdict = page.fetch("QUERY", "/any").await;
    match name {
        "rocket" => assert_eq!(verdict.result().unwrap_err(), &Blocked::Network),
        _ => drop(verdict.may_read_status(200).clone()),
    }
}

fn echo(verdict: &Verdict) -> String {
    let headers = &verdict.may_read_header("x-echo").result().unwrap().headers;
    let echo = headers.iter().find(|line| line.0 == "x-echo").unwrap();
    String::from_utf8(echo.1.clone()).unwrap()
}

#[tokio::test]
async fn cookies_need_credentials() {
    let browser = tower();
    let page = browser.page(PAGE);
    let verdict = page.put("/echo").cookie("session=1").await;
    let (preflight, _) = &verdict.exchanges()[0];
    assert!(preflight.headers.iter().all(|line| line.0 != "cookie"));
    // Within the origin of the server, credentials are sent without `credentials: "include"`.
    let own = browser.page("https://api.test").get("/echo").await;
    let headers = &own.result().unwrap().headers;
    assert!(
        headers
            .iter()
            .any(|line| line.1 == b"GET|/echo|api.test|-|-|-|-|"),
        "{own:?}"
    );
}
