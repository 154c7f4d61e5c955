//! A server of the user's own.

use cors_testing::{Blocked, BoxError, Browser, Server};
use http::{Request, Response};

use crate::PAGE;

/// Two servers: one redirects to the other.
struct Two;

impl Server for Two {
    async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<()>, BoxError> {
        let origin = request.headers().get("origin").unwrap().clone();
        let response = Response::builder().header("access-control-allow-origin", origin);
        Ok(match request.uri().host() {
            Some("a.example") => response
                .status(302)
                .header("location", "https://b.example/"),
            Some("b.example") => response,
            _ => return Err("unknown host".into()),
        }
        .body(())?)
    }
}

#[test]
fn redirects_to_another_server() {
    let browser = Browser::new(Two).at("https://a.example");
    let page = browser.page(PAGE);
    let verdict = page.get("/").wait();
    let hosts = verdict.may_read().exchanges().iter();
    let hosts = hosts.map(|(request, _)| request.url.host_str().unwrap());
    assert_eq!(hosts.collect::<Vec<_>>(), ["a.example", "b.example"]);
}

#[test]
fn no_response() {
    let browser = Browser::new(Two).at("https://c.example");
    let verdict = browser.page(PAGE).get("/").wait();
    assert_eq!(verdict.result().unwrap_err(), &Blocked::Network);
    assert!(
        verdict.to_string().ends_with("change: unknown host\n"),
        "{verdict}"
    );
}
