//! actix-web, as a service in memory.

use super::{App as InMemory, Subject, Variant, WITH_PEER, app, own_headers, tower};
use crate::response::Response;
use crate::scenario::Setup;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::header::HeaderValue;
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, Error, HttpRequest, HttpResponse, dev::Service as _, web};
use cors_core::Config;
use futures_util::FutureExt as _;

/// The middleware around the application.
pub const SUBJECT: Subject = Subject {
    name: "actix",
    peer: "actix-cors",
    variants: WITH_PEER,
    start,
};

fn start(variant: Variant, setup: Setup) -> Option<Box<dyn InMemory>> {
    match variant {
        Variant::Bare => in_memory(routes()),
        Variant::Peer => in_memory(routes().wrap(peer(setup.config))),
        Variant::Ours => in_memory(routes().wrap(ours(setup))),
        Variant::Floor => None,
    }
}

/// The application without CORS.
pub fn routes() -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse,
        Error = Error,
        InitError = (),
    >,
> {
    App::new()
        .route("/", web::to(async || "ok"))
        .route("/{kind}/{count}", web::to(own))
}

async fn own(request: HttpRequest) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    for line in own_headers(request.path()) {
        response.append_header(line);
    }
    response.body("ok")
}

fn in_memory<T, B>(routes: App<T>) -> Option<Box<dyn InMemory>>
where
    T: ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse<B>,
            Error = Error,
            InitError = (),
        > + 'static,
    B: MessageBody + 'static,
{
    let service = init_service(routes)
        .now_or_never()
        .expect("the result is ready at once");
    app(
        |request| {
            let lines = request.lines();
            let built = TestRequest::with_uri(&request.path);
            let built = built.method(request.method.parse().unwrap());
            let built = lines.fold(built, |built, (name, value)| {
                built.append_header((name, HeaderValue::from_maybe_shared(value).unwrap()))
            });
            built.to_request()
        },
        move |request| {
            let response = service.call(request).now_or_never();
            response.expect("the result is ready at once").unwrap()
        },
        |response| {
            let headers = response.headers().iter();
            Response::new(
                response.status().as_u16(),
                headers.map(|(name, value)| (name.as_str(), value.as_bytes())),
            )
        },
    )
}

/// Our middleware.
pub fn ours(setup: impl Into<Setup>) -> cors_actix::Cors {
    cors_actix::Cors::new(setup.into().policies())
}

/// The existing middleware.
pub fn peer(config: Config) -> actix_cors::Cors {
    let strs = |list: &'_ [String]| -> Vec<String> { list.to_vec() };
    let mut cors = actix_cors::Cors::default()
        .allowed_methods(config.get_allow_methods().iter().map(String::as_str))
        .expose_headers(strs(config.get_expose_headers()))
        .max_age(usize::try_from(config.get_max_age()).unwrap());
    cors = match config.get_allow_headers() {
        [any] if any == "*" => cors.allow_any_header(),
        listed => cors.allowed_headers(strs(listed)),
    };
    if config.get_allow_credentials() {
        cors = cors.supports_credentials();
    }
    if config.get_allow_origins() == ["*"] {
        return cors.allow_any_origin().send_wildcard();
    }
    if config
        .get_allow_origins()
        .iter()
        .any(|origin| origin.contains('*'))
    {
        let patterns = tower::patterns(&config);
        return cors
            .allowed_origin_fn(move |origin, _| tower::matches(&patterns, origin.as_bytes()));
    }
    cors = config
        .get_allow_origins()
        .iter()
        .fold(cors, |cors, origin| cors.allowed_origin(origin));
    if let Some(regex) = config.get_allow_origin_regex() {
        let regex = regex::bytes::Regex::new(&format!("^(?:{regex})$")).unwrap();
        cors = cors.allowed_origin_fn(move |origin, _| regex.is_match(origin.as_bytes()));
    }
    cors
}
