//! Configurations as they are in the documentation of the libraries and in applications.

use cors_convert::Library;
use cors_core::Config;

use crate::converted;

/// Checks the configuration, and that the notes have these parts.
fn check(from: Library, text: &str, expected: Config, notes: &[&str]) {
    let converted = converted(from, text);
    assert_eq!(converted.config, expected, "{text}");
    let all: Vec<_> = converted.notes.iter().map(ToString::to_string).collect();
    let all = all.join("\n");
    for note in notes {
        assert!(all.contains(note), "{text}\nhas no note {note:?}:\n{all}");
    }
}

fn config() -> Config {
    Config::new().max_age(5)
}

const READ: [&str; 3] = ["GET", "HEAD", "POST"];
const SEVEN: [&str; 7] = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];
const ALL: [&str; 8] = [
    "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY",
];

// ---- tower-http

#[test]
fn tower_http_documentation() {
    let text = "
        let cors = CorsLayer::new()
            // allow `GET` and `POST` when accessing the resource
            .allow_methods([Method::GET, Method::POST])
            // allow requests from any origin
            .allow_origin(Any);
        let mut service = ServiceBuilder::new().layer(cors).service_fn(handle);";
    let expected = config()
        .allow_origins(["*"])
        .allow_methods(["GET", "POST", "HEAD"]);
    let notes = [
        "line 2: allow_methods also has HEAD",
        "line 2: Content-Type is always allowed here",
        "cache a preflight for 5 seconds",
        "every OPTIONS request ended at the middleware",
    ];
    check(Library::TowerHttp, text, expected, &notes);
}

#[test]
fn tower_http_lists_through_names() {
    let text = r#"
        const HEADERS: [HeaderName; 2] = [AUTHORIZATION, http::header::CONTENT_TYPE];
        fn app() -> Router {
            let origins = vec![
                "https://a.example".parse::<HeaderValue>().unwrap(), // the shop
                HeaderValue::from_static("https://b.example"),
            ];
            Router::new().layer(ServiceBuilder::new().layer(
                tower_http::cors::CorsLayer::new()
                    .allow_origin(origins)
                    .allow_methods(vec![Method::PUT, Method::from_bytes(b"PURGE").unwrap()])
                    .allow_headers(HEADERS)
                    .expose_headers([HeaderName::from_static("x-total")])
                    .allow_credentials(true)
                    .max_age(Duration::from_secs(60) * 10),
            ))
        }"#;
    let expected = config()
        .allow_origins(["https://a.example", "https://b.example"])
        .allow_methods(["PUT", "PURGE", "GET", "HEAD", "POST"])
        .allow_headers(["authorization", "content-type"])
        .expose_headers(["x-total"])
        .allow_credentials(true)
        .max_age(600);
    check(Library::TowerHttp, text, expected, &[]);
}

#[test]
fn tower_http_mapped_texts() {
    let text = r#"fn f() {
        let hosts = ["https://a.example", "https://b.example"];
        CorsLayer::new().allow_origin(hosts.iter().map(|host| host.parse::<HeaderValue>().unwrap()).collect::<Vec<_>>())
    }"#;
    let expected = config()
        .allow_origins(["https://a.example", "https://b.example"])
        .allow_methods(READ);
    check(Library::TowerHttp, text, expected, &[]);
}

#[test]
fn tower_http_through_variables_and_functions() {
    let texts = [
        "NEW;",
        "let cors = NEW; Router::new().layer(cors.clone()).route_layer((trace, cors));",
        "use tower_http::cors::{self, CorsLayer}; fn f() -> Router { app.layer(cors()) } fn cors() -> CorsLayer { return NEW; }",
        "mod cors { pub async fn cors() -> Result<CorsLayer, E> { let cors = NEW; Ok(cors) } } fn f() { let cors = cors::cors().await?; app.layer(cors) }",
        "impl S { fn cors(&self) -> CorsLayer { let cors = { NEW }; cors } fn app(self) { self.app.layer(self.cors()); drop(self.cors) } }",
    ];
    let expected = config().allow_origins(["*"]).allow_methods(READ);
    for text in texts {
        let text = text.replace("NEW", "CorsLayer::new().allow_origin(Any)");
        check(Library::TowerHttp, &text, expected.clone(), &[]);
    }
}

#[test]
fn tower_http_presets() {
    check(
        Library::TowerHttp,
        "fn f() { CorsLayer::new() }",
        config().allow_methods(READ),
        &[],
    );
    let permissive = config()
        .allow_origins(["*"])
        .allow_methods(["*"])
        .allow_headers(["*"])
        .expose_headers(["*"]);
    let notes = ["list other methods", "includes Authorization here"];
    check(
        Library::TowerHttp,
        "fn f() { CorsLayer::permissive() }",
        permissive,
        &notes,
    );
    let very = config()
        .allow_origins(["*"])
        .allow_methods(ALL)
        .allow_headers(["*"])
        .allow_credentials(true);
    let notes = [
        "any page can act as your users",
        "`mirror_request` allowed every method",
    ];
    check(
        Library::TowerHttp,
        "fn f() { CorsLayer::very_permissive() }",
        very,
        &notes,
    );
}

#[test]
fn tower_http_any_with_credentials() {
    let text = r#"fn f() { CorsLayer::new().allow_credentials(true).allow_origin("https://a.example".parse::<HeaderValue>().unwrap()).allow_methods(Any).allow_headers(Any).expose_headers(Any) }"#;
    let expected = config()
        .allow_origins(["https://a.example"])
        .allow_methods(READ)
        .allow_credentials(true);
    let notes = [
        "tower-http panics on `Any`",
        "the method `*` literally",
        "the header `*` literally",
        "the exposed headers literally",
    ];
    check(Library::TowerHttp, text, expected, &notes);
}

#[test]
fn patterns_that_were_literal_are_left_out() {
    let text = r#"fn f() { CorsLayer::new().allow_origin([HeaderValue::from_static("https://*.a.example"), HeaderValue::from_static("https://b.example")]) }"#;
    let expected = config()
        .allow_origins(["https://b.example"])
        .allow_methods(READ);
    check(
        Library::TowerHttp,
        text,
        expected,
        &["`https://*.a.example` is left out: it was compared literally"],
    );
}

// ---- actix-cors

#[test]
fn actix_cors_documentation() {
    let text = r#"
        let cors = Cors::default()
            .allowed_origin("https://www.rust-lang.org")
            .allowed_methods(vec!["GET", "POST"])
            .allowed_headers(vec![header::AUTHORIZATION, header::ACCEPT])
            .allowed_header(header::CONTENT_TYPE)
            .max_age(3600);"#;
    let expected = config()
        .allow_origins(["https://www.rust-lang.org"])
        .allow_methods(["GET", "POST"])
        .allow_headers(["authorization", "accept", "content-type"])
        .max_age(3600);
    check(Library::ActixCors, text, expected, &[]);
}

#[test]
fn actix_cors_presets() {
    check(
        Library::ActixCors,
        "fn f() { Cors::default() }",
        config().allow_methods(Vec::<String>::new()),
        &[],
    );
    let permissive = Config::new()
        .allow_origins(["*"])
        .allow_methods(SEVEN)
        .allow_headers(["*"])
        .allow_credentials(true)
        .max_age(3600);
    check(
        Library::ActixCors,
        "fn f() { Cors::permissive() }",
        permissive,
        &["list them in expose_headers"],
    );
}

#[test]
fn actix_cors_order_of_calls() {
    let text = r#"fn f() { Cors::permissive().allowed_origin("https://a.example").allowed_header("x-a").block_on_origin_mismatch(true).expose_headers(["x-b"]).max_age(None).disable_preflight() }"#;
    let expected = config()
        .allow_origins(["https://a.example"])
        .allow_methods(SEVEN)
        .allow_headers(["x-a"])
        .expose_headers(["x-b"])
        .allow_credentials(true)
        .block_refused_origins(true);
    check(
        Library::ActixCors,
        text,
        expected,
        &[
            "same-origin requests; the status is 403",
            "`disable_preflight` is left out",
        ],
    );
}

#[test]
fn actix_cors_any_of_each() {
    let text = r#"fn f() { Cors::default().allow_any_origin().allow_any_method().allow_any_header().expose_any_header().send_wildcard().allowed_methods(["*"]) }"#;
    let expected = config()
        .allow_origins(["*"])
        .allow_methods(SEVEN)
        .allow_headers(["*"])
        .expose_headers(["*"]);
    check(
        Library::ActixCors,
        text,
        expected,
        &["`*` in `allowed_methods` is left out"],
    );
}

// ---- rocket_cors

#[test]
fn rocket_cors_documentation() {
    let text = r#"
        fn main() -> Result<(), Error> {
            let allowed_origins = AllowedOrigins::some_exact(&["https://www.acme.com"]);
            let cors = rocket_cors::CorsOptions {
                allowed_origins,
                allowed_methods: vec![Method::Get].into_iter().map(From::from).collect(),
                allowed_headers: AllowedHeaders::some(&["Authorization", "Accept"]),
                allow_credentials: true,
                ..Default::default()
            }
            .to_cors()?;
        }"#;
    let expected = config()
        .allow_origins(["https://www.acme.com"])
        .allow_methods(["GET"])
        .allow_headers(["Authorization", "Accept"])
        .allow_credentials(true)
        .preflight_status(204)
        .block_refused_origins(true);
    check(
        Library::RocketCors,
        text,
        expected,
        &["rocket_cors blocks every request of a refused origin"],
    );
}

#[test]
fn rocket_cors_builder() {
    let text = r#"fn f() {
        CorsOptions::default()
            .allowed_origins(AllowedOrigins::some(&["https://a.example"], &["^https://(.+)\\.acme\\.com$", r"acme\.org"]))
            .allowed_methods(["Get", "Post"].iter().map(|s| FromStr::from_str(s).unwrap()).collect())
            .expose_headers(["X-A"].iter().map(ToString::to_string).collect())
            .max_age(Some(60))
            .to_cors()
            .expect("valid")
    }"#;
    let expected = Config::new()
        .allow_origins(["https://a.example"])
        .allow_origin_regex(r"(?:^https://(.+)\.acme\.com$)|(?:.*(?:acme\.org).*)")
        .allow_methods(["GET", "POST"])
        .allow_headers(["*"])
        .expose_headers(["X-A"])
        .max_age(60)
        .preflight_status(204)
        .block_refused_origins(true);
    check(
        Library::RocketCors,
        text,
        expected,
        &[r"`acme\.org` matches anywhere in an origin"],
    );
}

#[test]
fn rocket_cors_default() {
    let expected = config()
        .allow_origins(["*"])
        .allow_methods(SEVEN)
        .allow_headers(["*"])
        .preflight_status(204);
    check(
        Library::RocketCors,
        "fn f() { CorsOptions::default() }",
        expected,
        &["repeats the origin"],
    );
}

// ---- warp

#[test]
fn warp_documentation() {
    let text = r#"
        let cors = warp::cors()
            .allow_origin("https://hyper.rs")
            .allow_methods(vec!["GET", "POST", "DELETE"]);
        let route = warp::any().map(warp::reply).with(cors);"#;
    let expected = config()
        .allow_origins(["https://hyper.rs"])
        .allow_methods(["GET", "POST", "DELETE"])
        .block_refused_origins(true);
    check(
        Library::Warp,
        text,
        expected,
        &["warp sends no Vary header"],
    );
}

#[test]
fn warp_every_option() {
    let text = r#"fn f() {
        warp::cors()
            .allow_any_origin()
            .allow_headers(vec!["*", "x-a"])
            .allow_header(header::RANGE)
            .allow_method(&Method::PUT)
            .expose_headers(&["x-b"])
            .max_age(30)
            .max_age(Duration::from_mins(2))
            .build()
    }"#;
    let expected = config()
        .allow_origins(["*"])
        .allow_methods(["PUT"])
        .allow_headers(["x-a", "range"])
        .expose_headers(["x-b"])
        .max_age(120);
    check(
        Library::Warp,
        text,
        expected,
        &["`*` in `allow_headers` is left out"],
    );
}

// ---- Starlette

#[test]
fn starlette_documentation() {
    let text = r#"
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

routes = ...

middleware = [
    Middleware(CORSMiddleware, allow_origins=['https://example.org'], allow_origin_regex=r'https://.*\.example\.org')
]

app = Starlette(routes=routes, middleware=middleware)
"#;
    let expected = Config::new()
        .allow_origins(["https://example.org"])
        .allow_origin_regex(r"https://.*\.example\.org");
    check(Library::Starlette, text, expected, &[]);
}

#[test]
fn fastapi_documentation() {
    let text = r#"
origins = [
    "http://localhost.tiangolo.com",
    "https://localhost.tiangolo.com",
    "http://localhost",
    "http://localhost:8080",
]

app.add_middleware(
    CORSMiddleware,
    allow_origins=origins,
    allow_credentials=True,
    allow_methods=["*"],
    allow_headers=["*"],
)
"#;
    let expected = Config::new()
        .allow_origins([
            "http://localhost.tiangolo.com",
            "https://localhost.tiangolo.com",
            "http://localhost",
            "http://localhost:8080",
        ])
        .allow_credentials(true)
        .allow_methods(["*"])
        .allow_headers(["*"]);
    check(Library::Starlette, text, expected, &[]);
}

#[test]
fn starlette_any_origin_with_credentials() {
    let text = r#"app = CORSMiddleware(app, allow_origins=("*", "https://a.example"), allow_credentials=True, allow_private_network=True, max_age=60 * 60)"#;
    let expected = Config::new()
        .allow_origins(["*"])
        .allow_credentials(true)
        .max_age(3600);
    assert!(expected.clone().build().is_err());
    check(
        Library::Starlette,
        text,
        expected,
        &[
            "Starlette repeats every origin",
            "allow_private_network is left out",
        ],
    );
}

// ---- Express

#[test]
fn express_documentation() {
    let text = "
        var express = require('express')
        var cors = require('cors')
        var app = express()

        app.use(cors())";
    let expected = config()
        .allow_origins(["*"])
        .allow_methods(["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"])
        .allow_headers(["*"])
        .preflight_status(204);
    check(
        Library::Express,
        text,
        expected,
        &["every OPTIONS request ended"],
    );
}

#[test]
fn express_options_through_a_name() {
    let text = "
        import cors from 'cors';
        const corsOptions = {
          origin: 'http://example.com',
          optionsSuccessStatus: 200, // some legacy browsers choke on 204
        };
        app.get('/products/:id', cors(corsOptions), (req, res) => res.json({}));
        app.options('*', cors(corsOptions));";
    let expected = config()
        .allow_origins(["http://example.com"])
        .allow_methods(["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"])
        .allow_headers(["*"]);
    check(Library::Express, text, expected, &[]);
}

#[test]
fn express_every_option() {
    let text = r#"
        app.use(require("cors")({
            origin: ["https://a.example", /^https:\/\/(.+\.)?b\.example$/i, "*"],
            methods: "get,PUT",
            allowedHeaders: "X-A, Content-Type",
            headers: ["x-old"],
            exposedHeaders: ["x-b", "x-c"],
            credentials: true,
            maxAge: 60 * 60,
            preflightContinue: true,
            optionsSuccessStatus: 204
        }));"#;
    let expected = Config::new()
        .allow_origins(["https://a.example"])
        .allow_origin_regex(r"(?i)^https:\/\/(.+\.)?b\.example$")
        .allow_methods(["get", "PUT", "GET", "HEAD", "POST"])
        .allow_headers(["X-A", "Content-Type"])
        .expose_headers(["x-b", "x-c"])
        .allow_credentials(true)
        .max_age(3600)
        .preflight_status(204);
    let notes = [
        "`*` is left out",
        "`get` is in lower case",
        "`headers` is left out",
        "`preflightContinue` is left out",
    ];
    check(Library::Express, text, expected, &notes);
}

#[test]
fn express_origin_true_reflects_all() {
    let text = "app.use(cors({ origin: true, credentials: true }))";
    let expected = config()
        .allow_origins(["*"])
        .allow_methods(["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"])
        .allow_headers(["*"])
        .allow_credentials(true)
        .preflight_status(204);
    assert!(expected.clone().build().is_err());
    check(
        Library::Express,
        text,
        expected,
        &["list the origins in allow_origins"],
    );
}

#[test]
fn express_open_regex_and_no_origin() {
    let text = r"app.use(cors({ origin: /example\.com$/ }))";
    let expected = config()
        .allow_origin_regex(r".*(?:example\.com$)")
        .allow_methods(["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"])
        .allow_headers(["*"])
        .preflight_status(204);
    check(
        Library::Express,
        text,
        expected,
        &["so other sites may match it"],
    );
    let text = "app.use(cors({ origin: false, allowedHeaders: ['*'], methods: ['*'] }))";
    let expected = config()
        .allow_methods(["*"])
        .allow_headers(["*"])
        .preflight_status(204);
    check(
        Library::Express,
        text,
        expected,
        &[
            "Express sends no CORS header",
            "includes Authorization here",
        ],
    );
}

// ---- Spring

#[test]
fn spring_documentation() {
    let text = r#"
spring:
  cloud:
    gateway:
      globalcors:
        cors-configurations:
          '[/**]':
            allowedOrigins: "https://docs.spring.io"
            allowedMethods:
            - GET
"#;
    let expected = config()
        .allow_origins(["https://docs.spring.io"])
        .allow_methods(["GET"])
        .block_refused_origins(true);
    check(
        Library::Spring,
        text,
        expected,
        &["Spring also refuses other requests"],
    );
}

#[test]
fn spring_route() {
    let text = r"
spring.cloud.gateway.server.webflux:
  routes:
  - id: cors_route
    uri: https://example.org
    predicates:
    - Path=/service/**
    metadata:
      cors:
        allowedOrigins: '*'
        allowedMethods:
        - GET
        - POST
        allowedHeaders: '*'
        maxAge: 30
";
    let expected = Config::new()
        .allow_origins(["*"])
        .allow_methods(["GET", "POST"])
        .allow_headers(["*"])
        .max_age(30);
    check(Library::Spring, text, expected, &[]);
}

#[test]
fn spring_patterns_and_relaxed_names() {
    let text = r#"
server: {port: 80}
spring.cloud.gateway.globalcors:
  add-to-simple-url-handler-mapping: true
  corsConfigurations:
    '[/api/**]':
      allowed-origin-patterns:
        - https://*.a.example
        - https://*.b.example:[8080,8081]
        - "http://localhost:[*]"
        - "https://pr-*.c.example"
      allowed-origins: https://D.example/, https://e.example
      allowed-methods: "*"
      exposed-headers: "X-A,X-B"
      allow-credentials: true
      max-age: 0
"#;
    let expected = Config::new()
        .allow_origins([
            "https://*.a.example",
            "https://*.b.example:8080",
            "https://*.b.example:8081",
            "http://localhost:*",
            "https://d.example",
            "https://e.example",
        ])
        .allow_origin_regex(r"https://pr\-.*\.c\.example")
        .allow_methods(["*"])
        .expose_headers(["X-A", "X-B"])
        .allow_credentials(true)
        .max_age(0)
        .block_refused_origins(true);
    check(
        Library::Spring,
        text,
        expected,
        &[
            "the configuration is for `/api/**`",
            "`*` stands for any text, dots included",
        ],
    );
}

#[test]
fn spring_default_methods() {
    let text = "spring: {cloud: {gateway: {globalcors: {cors-configurations: {'[/**]': {allowedOriginPatterns: '*', allowCredentials: true}}}}}}";
    let expected = config()
        .allow_origins(["*"])
        .allow_methods(["GET", "HEAD"])
        .allow_credentials(true);
    assert!(expected.clone().build().is_err());
    check(Library::Spring, text, expected, &[]);
}

// ---- nginx

#[test]
fn nginx_map() {
    let text = r#"
map $http_origin $cors_origin {
    default "";
    "~^https?://(dev\.anuary\.com|api\.anuary\.com)$" $http_origin;
    "https://App.example" "$http_origin";
    https://b.example https://b.example;
}
server {
    location / {
        add_header Access-Control-Allow-Origin $cors_origin always;
        add_header Access-Control-Allow-Credentials "true" always;
        add_header Access-Control-Expose-Headers 'Content-Range, X-A' always;
        add_header Vary Origin always;
        if ($request_method = 'OPTIONS') {
            add_header Access-Control-Allow-Origin $cors_origin;
            add_header Access-Control-Allow-Credentials true;
            add_header Access-Control-Allow-Methods 'GET, POST, OPTIONS';
            add_header Access-Control-Allow-Headers 'Authorization,Content-Type';
            add_header Access-Control-Max-Age 1728000;
            return 204;
        }
        proxy_pass http://backend;
    }
}"#;
    let expected = Config::new()
        .allow_origins(["https://app.example", "https://b.example"])
        .allow_origin_regex(r"^https?://(dev\.anuary\.com|api\.anuary\.com)$")
        .allow_methods(["GET", "POST", "OPTIONS", "HEAD"])
        .allow_headers(["Authorization", "Content-Type"])
        .expose_headers(["Content-Range", "X-A"])
        .allow_credentials(true)
        .max_age(1_728_000)
        .preflight_status(204);
    check(
        Library::Nginx,
        text,
        expected,
        &["error responses have the CORS headers"],
    );
}

#[test]
fn nginx_one_origin_without_options() {
    let text = "
location /api {
    add_header 'Access-Control-Allow-Origin' 'https://example.com' always;
    add_header 'Access-Control-Allow-Methods' 'GET, PUT' always;
    add_header 'Access-Control-Allow-Headers' $http_access_control_request_headers always;
}";
    let expected = config()
        .allow_origins(["https://example.com"])
        .allow_methods(["GET", "PUT", "HEAD", "POST"])
        .allow_headers(["*"]);
    check(
        Library::Nginx,
        text,
        expected,
        &["line 3: nginx does not respond to OPTIONS here"],
    );
}

#[test]
fn nginx_set_in_if() {
    let text = r#"
server {
    set $cors "";
    if ($http_origin ~* ^https://(www\.)?example\.com$) { set $cors $http_origin; }
    if ($http_origin = https://b.example) { set $cors $http_origin; }
    add_header Access-Control-Allow-Origin $cors always;
    location / { if ($request_method = OPTIONS) { return 200; } }
}"#;
    let expected = config()
        .allow_origins(["https://b.example"])
        .allow_origin_regex(r"(?i)^https://(www\.)?example\.com$")
        .allow_methods(READ);
    check(Library::Nginx, text, expected, &[]);
}

#[test]
fn nginx_last_set_without_a_condition_counts() {
    let text = r#"
server {
    set $cors $http_origin;
    location / {
        if ($http_origin = https://a.example) { set $cors $http_origin; }
        set $cors "";
        if ($http_origin = https://b.example) { set $cors $http_origin; }
        rewrite ^/old/(.*) /$1 break;
        add_header Access-Control-Allow-Origin $cors;
    }
}"#;
    let expected = config()
        .allow_origins(["https://b.example"])
        .allow_methods(READ);
    check(Library::Nginx, text, expected, &[]);
}

#[test]
fn nginx_add_header_in_if_replaces_those_around_it() {
    let text = "add_header Access-Control-Allow-Origin *;\nif ($uri = /a) { add_header X-A 1; }";
    let expected = config().allow_origins(["*"]).allow_methods(READ);
    let notes = ["line 2: add_header here replaces those of the block around it"];
    check(Library::Nginx, text, expected, &notes);
}

#[test]
fn nginx_headers_by_method() {
    // The recipe of enable-cors.org.
    let text = "
location / {
     if ($request_method = 'OPTIONS') {
        add_header 'Access-Control-Allow-Origin' '*';
        add_header 'Access-Control-Allow-Methods' 'GET, POST, OPTIONS';
        add_header 'Access-Control-Allow-Headers' 'DNT,User-Agent';
        add_header 'Access-Control-Max-Age' 1728000;
        add_header 'Content-Type' 'text/plain; charset=utf-8';
        return 204;
     }
     if ($request_method = 'POST') {
        add_header 'Access-Control-Allow-Origin' '*' always;
        add_header 'Access-Control-Expose-Headers' 'Content-Length' always;
     }
     if ($request_method = 'GET') {
        add_header 'Access-Control-Allow-Origin' '*' always;
        add_header 'Access-Control-Expose-Headers' 'Content-Length' always;
     }
}";
    let expected = Config::new()
        .allow_origins(["*"])
        .allow_methods(["GET", "POST", "OPTIONS", "HEAD"])
        .allow_headers(["DNT", "User-Agent"])
        .expose_headers(["Content-Length"])
        .max_age(1_728_000)
        .preflight_status(204);
    check(
        Library::Nginx,
        text,
        expected,
        &["only responses to some methods have CORS headers"],
    );
}
