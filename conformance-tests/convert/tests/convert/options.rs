//! Random options, written as source text, mean what the options say.
//!
//! The twin maps the options directly to a configuration of this library.

use std::collections::BTreeSet;

use cors_convert::Library;
use cors_core::Config;
use proptest::prelude::*;

use crate::converted;

/// Options that all libraries have.
#[derive(Clone, Debug)]
struct Options {
    /// `None` is any origin.
    origins: Option<Vec<&'static str>>,
    methods: Vec<&'static str>,
    /// `None` is any header.
    headers: Option<Vec<&'static str>>,
    exposed: Vec<&'static str>,
    credentials: bool,
    max_age: Option<u32>,
    /// Whether the origins are in a constant.
    is_named: bool,
}

fn some_of(all: &'static [&'static str]) -> impl Strategy<Value = Vec<&'static str>> {
    prop::sample::subsequence(all, 1..=all.len())
}

fn options() -> impl Strategy<Value = Options> {
    (
        prop::option::of(some_of(&[
            "https://a.example",
            "http://localhost:8080",
            "https://b.example",
        ])),
        some_of(&["GET", "POST", "PUT", "PATCH", "DELETE"]),
        prop::option::of(some_of(&["x-a", "authorization", "content-type"])),
        some_of(&["x-b", "x-c"]),
        any::<bool>(),
        prop::option::of(0..10_000_u32),
        any::<bool>(),
    )
        .prop_map(
            |(origins, methods, headers, exposed, credentials, max_age, is_named)| Options {
                origins,
                methods,
                headers,
                exposed,
                credentials,
                max_age,
                is_named,
            },
        )
}

impl Options {
    /// What a library means that checks preflights itself.
    fn of_server(&self) -> Config {
        let origins = self.origins.clone().unwrap_or(vec!["*"]);
        let headers = self.headers.clone().unwrap_or(vec!["*"]);
        Config::new()
            .allow_origins(origins)
            .allow_methods(self.methods.clone())
            .allow_headers(headers)
            .expose_headers(self.exposed.clone())
            .allow_credentials(self.credentials)
            .max_age(u64::from(self.max_age.unwrap_or(5)))
    }

    /// What a library means that only sends the lists.
    fn of_browser(&self) -> Config {
        let safelisted = ["GET", "HEAD", "POST"];
        let methods = self.methods.iter().copied().chain(safelisted);
        self.of_server().allow_methods(methods)
    }

    fn lists(&self, quote: impl Fn(&[&str]) -> String) -> (String, String, String) {
        (
            quote(&self.methods),
            quote(self.headers.as_deref().unwrap_or_default()),
            quote(&self.exposed),
        )
    }
}

fn quoted(names: &[&str]) -> String {
    names
        .iter()
        .map(|name| format!("\"{name}\""))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Everything but the order of lists.
fn check(from: Library, text: &str, expected: &Config) {
    let config = converted(from, text).config;
    let sorted = |config: &Config| {
        let set = |list: &[String]| list.iter().cloned().collect::<BTreeSet<_>>();
        (
            set(config.get_allow_origins()),
            set(config.get_allow_methods()),
            set(config.get_allow_headers()),
            set(config.get_expose_headers()),
            (config.get_allow_credentials(), config.get_max_age()),
            (
                config.get_preflight_status(),
                config.get_block_refused_origins(),
            ),
        )
    };
    assert_eq!(sorted(&config), sorted(expected), "{text}");
}

proptest! {
    #[test]
    fn tower_http(options in options()) {
        let header = |names: &[&str]| names.iter().map(|name| format!("HeaderName::from_static(\"{name}\")")).collect::<Vec<_>>().join(", ");
        let method = |names: &[&str]| names.iter().map(|name| format!("Method::{name}")).collect::<Vec<_>>().join(", ");
        let origins = options.origins.as_ref().map(|list| list.iter().map(|origin| format!("\"{origin}\".parse::<HeaderValue>().unwrap()")).collect::<Vec<_>>().join(", "));
        let origins = origins.map_or("AllowOrigin::mirror_request()".to_owned(), |list| format!("vec![{list}]"));
        let (before, origins) = if options.is_named { (format!("let origins = {origins};"), "origins".to_owned()) } else { (String::new(), origins) };
        let headers = options.headers.as_ref().map_or("AllowHeaders::mirror_request()".to_owned(), |list| format!("[{}]", header(list)));
        let max_age = options.max_age.map_or(String::new(), |age| format!(".max_age(Duration::from_secs({age}))"));
        let text = format!(
            "fn f() {{ {before} CorsLayer::new().allow_origin({origins}).allow_methods([{}]).allow_headers({headers}).expose_headers([{}]).allow_credentials({}){max_age} }}",
            method(&options.methods), header(&options.exposed), options.credentials,
        );
        check(Library::TowerHttp, &text, &options.of_browser());
    }

    #[test]
    fn actix_cors(options in options()) {
        let (methods, headers, exposed) = options.lists(quoted);
        let origins: String = match &options.origins {
            None => ".allow_any_origin()".to_owned(),
            Some(list) => list.iter().map(|origin| format!(".allowed_origin(\"{origin}\")")).collect(),
        };
        let headers = if options.headers.is_none() { ".allow_any_header()".to_owned() } else { format!(".allowed_headers([{headers}])") };
        let credentials = if options.credentials { ".supports_credentials()" } else { "" };
        let max_age = options.max_age.map_or(".max_age(None)".to_owned(), |age| format!(".max_age({age})"));
        let text = format!("fn f() {{ Cors::default(){origins}{headers}.allowed_methods(vec![{methods}]).expose_headers(&[{exposed}]){credentials}{max_age} }}");
        check(Library::ActixCors, &text, &options.of_server());
    }

    #[test]
    fn rocket_cors(options in options()) {
        let (methods, headers, exposed) = options.lists(quoted);
        let origins = options.origins.as_ref().map_or("AllowedOrigins::all()".to_owned(), |list| format!("AllowedOrigins::some_exact(&[{}])", quoted(list)));
        let headers = if options.headers.is_none() { "AllowedHeaders::all()".to_owned() } else { format!("AllowedHeaders::some(&[{headers}])") };
        let max_age = options.max_age.map_or("None".to_owned(), |age| format!("Some({age})"));
        let text = format!(
            "fn f() {{ CorsOptions {{ allowed_origins: {origins}, allowed_headers: {headers}, allowed_methods: [{methods}].iter().map(|m| m.parse().unwrap()).collect(), \
             expose_headers: [{exposed}].iter().map(ToString::to_string).collect(), allow_credentials: {}, max_age: {max_age}, ..Default::default() }} }}",
            options.credentials,
        );
        let expected = options.of_server().preflight_status(204).block_refused_origins(options.origins.is_some());
        check(Library::RocketCors, &text, &expected);
    }

    #[test]
    fn warp(options in options()) {
        // warp has no option for any header.
        let options = Options { headers: Some(options.headers.unwrap_or(vec!["x-a"])), ..options };
        let (methods, headers, exposed) = options.lists(quoted);
        let origins = options.origins.as_ref().map_or(".allow_any_origin()".to_owned(), |list| format!(".allow_origins(vec![{}])", quoted(list)));
        let max_age = options.max_age.map_or(String::new(), |age| format!(".max_age({age})"));
        let text = format!(
            "fn f() {{ warp::cors(){origins}.allow_methods(&[{methods}]).allow_headers(vec![{headers}]).expose_headers([{exposed}]).allow_credentials({}){max_age} }}",
            options.credentials,
        );
        check(Library::Warp, &text, &options.of_server().block_refused_origins(options.origins.is_some()));
    }

    #[test]
    fn starlette(options in options()) {
        let (methods, headers, exposed) = options.lists(quoted);
        let headers = if options.headers.is_none() { "\"*\"".to_owned() } else { headers };
        let origins = format!("[{}]", options.origins.as_ref().map_or("\"*\"".to_owned(), |list| quoted(list)));
        let (before, origins) = if options.is_named { (format!("origins = {origins}\n"), "origins".to_owned()) } else { (String::new(), origins) };
        let credentials = if options.credentials { "True" } else { "False" };
        let max_age = options.max_age.map_or(String::new(), |age| format!(", max_age={age}"));
        let text = format!("{before}app.add_middleware(CORSMiddleware, allow_origins={origins}, allow_methods=({methods},), allow_headers=[{headers}], expose_headers=[{exposed}], allow_credentials={credentials}{max_age})");
        let expected = options.of_server().max_age(options.max_age.map_or(600, u64::from));
        check(Library::Starlette, &text, &expected);
    }

    #[test]
    fn express(options in options()) {
        let (methods, headers, exposed) = options.lists(quoted);
        let origins = options.origins.as_ref().map_or("true".to_owned(), |list| format!("[{}]", quoted(list)));
        let (before, origins) = if options.is_named { (format!("const origin = {origins};\n"), "origin".to_owned()) } else { (String::new(), format!("origin: {origins}")) };
        let headers = if options.headers.is_none() { String::new() } else { format!("allowedHeaders: [{headers}],") };
        let max_age = options.max_age.map_or(String::new(), |age| format!("maxAge: {age},"));
        let text = format!("{before}app.use(cors({{ {origins}, {headers} {max_age} methods: [{methods}], exposedHeaders: [{exposed}], credentials: {} }}))", options.credentials);
        check(Library::Express, &text, &options.of_browser().preflight_status(204));
    }

    #[test]
    fn spring(options in options()) {
        let (methods, headers, exposed) = options.lists(quoted);
        let headers = if options.headers.is_none() { "\"*\"".to_owned() } else { headers };
        let origins = options.origins.as_ref().map_or("allowedOriginPatterns: \"*\"".to_owned(), |list| format!("allowedOrigins: [{}]", quoted(list)));
        let max_age = options.max_age.map_or(String::new(), |age| format!("    max-age: {age}\n"));
        let text = format!(
            "spring.cloud.gateway.globalcors.cors-configurations:\n  '[/**]':\n    {origins}\n    allowedMethods: [{methods}]\n    allowed-headers: [{headers}]\n    exposedHeaders: [{exposed}]\n{max_age}    allowCredentials: {}\n",
            options.credentials,
        );
        check(Library::Spring, &text, &options.of_server().block_refused_origins(options.origins.is_some()));
    }

    #[test]
    fn nginx(options in options()) {
        let (methods, headers, exposed) = options.lists(|names| names.join(", "));
        let headers = if options.headers.is_none() { "$http_access_control_request_headers".to_owned() } else { format!("'{headers}'") };
        let map: String = options.origins.iter().flatten().map(|origin| format!("{origin} $http_origin; ")).collect();
        let origin = if options.origins.is_some() { "$allowed" } else { "$http_origin" };
        let credentials = if options.credentials { "add_header Access-Control-Allow-Credentials true;" } else { "" };
        let max_age = options.max_age.map_or(String::new(), |age| format!("add_header Access-Control-Max-Age {age};"));
        let text = format!(
            "map $http_origin $allowed {{ default ''; {map} }} server {{ location / {{ add_header Access-Control-Allow-Origin {origin}; {credentials} \
             add_header Access-Control-Allow-Methods '{methods}'; add_header Access-Control-Allow-Headers {headers}; \
             add_header Access-Control-Expose-Headers '{exposed}'; {max_age} if ($request_method = OPTIONS) {{ return 204; }} }} }}",
        );
        check(Library::Nginx, &text, &options.of_browser().preflight_status(204));
    }
}
