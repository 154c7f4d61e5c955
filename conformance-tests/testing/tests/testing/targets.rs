//! The scripted application in each framework.

use actix_web::{HttpRequest, HttpResponse, web};
use axum::Router;
use axum::body::Body;
use cors_testing::Browser;
use http::{HeaderMap, Method, Response, Uri};
use rocket::data::ToByteUnit as _;
use rocket::http::Status;
use rocket::route::{Handler, Outcome, Route};
use rocket::{Build, Data, Rocket};
use warp::Filter as _;

use crate::app::{Received, Reply, respond};

pub(crate) fn router() -> Router {
    Router::new().fallback(async |method, uri, headers, body: String| {
        http_reply(received(&method, &uri, &headers, body))
    })
}

pub(crate) fn received(method: &Method, uri: &Uri, headers: &HeaderMap, body: String) -> Received {
    let headers = headers.iter();
    let headers =
        headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    Received {
        method: method.to_string(),
        target: uri.to_string(),
        headers: headers.collect(),
        body,
    }
}

fn http_reply(request: Received) -> Response<Body> {
    let Reply { status, headers } = respond(&request);
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(name, value);
    }
    response.body(Body::empty()).unwrap()
}

pub(crate) async fn actix() -> Browser {
    let app = actix_web::App::new().default_service(web::to(
        async |request: HttpRequest, body: String| {
            let headers = request.headers().iter();
            let headers =
                headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
            let Reply { status, headers } = respond(&Received {
                method: request.method().to_string(),
                target: request.uri().to_string(),
                headers: headers.collect(),
                body,
            });
            let mut response = HttpResponse::build(status.try_into().unwrap());
            for header in headers {
                response.append_header(header);
            }
            response.finish()
        },
    ));
    Browser::actix(actix_web::test::init_service(app).await)
}

pub(crate) async fn rocket() -> Browser {
    let client = rocket::local::asynchronous::Client::untracked(rocket_app());
    Browser::rocket(client.await.unwrap())
}

pub(crate) fn rocket_blocking() -> Browser {
    Browser::rocket_blocking(rocket::local::blocking::Client::untracked(rocket_app()).unwrap())
}

fn rocket_app() -> Rocket<Build> {
    use rocket::http::Method::{Delete, Get, Head, Options, Patch, Post, Put};
    let methods = [Delete, Get, Head, Options, Patch, Post, Put];
    let config = rocket::Config {
        log_level: rocket::config::LogLevel::Off,
        ..rocket::Config::debug_default()
    };
    rocket::custom(config).mount(
        "/",
        methods.map(|method| Route::new(method, "/<_..>", Scripted)),
    )
}

#[derive(Clone)]
struct Scripted;

#[rocket::async_trait]
impl Handler for Scripted {
    async fn handle<'r>(&self, request: &'r rocket::Request<'_>, data: Data<'r>) -> Outcome<'r> {
        let headers = request.headers().iter();
        let headers = headers.filter(|header| header.name() != "cookie");
        let cookies = request.cookies().iter();
        let cookies = cookies.map(|cookie| ("cookie".to_owned(), cookie.to_string()));
        let headers = headers.map(|header| (header.name().to_string(), header.value().to_owned()));
        let Reply { status, headers } = respond(&Received {
            method: request.method().to_string(),
            target: request.uri().to_string(),
            headers: headers.chain(cookies).collect(),
            body: data.open(1.kibibytes()).into_string().await.unwrap().value,
        });
        let mut response = rocket::Response::build();
        response.status(Status::new(status));
        for (name, value) in headers {
            response.raw_header_adjoin(name, value);
        }
        Outcome::Success(response.finalize())
    }
}

pub(crate) fn warp() -> Browser {
    let query = warp::query::raw().map(|query| format!("?{query}"));
    let query = query.or(warp::any().map(String::new)).unify();
    let request = warp::method()
        .and(warp::path::full())
        .and(query)
        .and(warp::header::headers_cloned())
        .and(warp::body::bytes());
    Browser::warp(request.map(
        |method: Method,
         path: warp::path::FullPath,
         query,
         headers: HeaderMap,
         body: bytes::Bytes| {
            let target: Uri = format!("{}{query}", path.as_str()).parse().unwrap();
            let body = String::from_utf8(body.to_vec()).unwrap();
            let Reply { status, headers } = respond(&received(&method, &target, &headers, body));
            let mut response = Response::builder().status(status);
            for (name, value) in headers {
                response = response.header(name, value);
            }
            response.body(String::new()).unwrap()
        },
    ))
}

/// A server on the thread of the test.
pub(crate) async fn url() -> Browser {
    Browser::url(&serve(router()).await)
}

pub(crate) async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async { axum::serve(listener, router).await });
    format!("http://{address}")
}
