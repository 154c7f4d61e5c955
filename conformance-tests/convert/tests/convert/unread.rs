//! What cannot be read is named with its line, and never guessed.

use cors_convert::Library;

use crate::problems;

fn check(from: Library, table: &[(&str, &str)]) {
    for (text, expected) in table {
        assert_eq!(problems(from, text), *expected, "{text}");
    }
}

#[test]
fn tower_http() {
    check(
        Library::TowerHttp,
        &[
            (
                "",
                "no CORS configuration of tower-http: `CorsLayer::new()`, `permissive()` or `very_permissive()` was not found",
            ),
            ("fn f( {", "line 1: not valid Rust"),
            (
                "fn f() {\n CorsLayer::new().allow_origin(AllowOrigin::predicate(|origin, _| true)) }",
                "line 2: `allow_origin`: `AllowOrigin::predicate(|origin, _| true)` decides by code, and a policy is data: write the origins that it allows",
            ),
            (
                "fn f() { CorsLayer::new().allow_origin(origins(&settings)).max_age(MaxAge::dynamic(age)).allow_credentials(yes) }",
                "line 1: `allow_origin`: cannot read `origins(&settings)`: only literals, and names that are defined once, are read\n\
             line 1: `max_age`: cannot read `MaxAge::dynamic(age)`: only literals, and names that are defined once, are read\n\
             line 1: `allow_credentials`: `yes` is not defined in this text: write its value in the configuration",
            ),
            (
                "fn f() { CorsLayer::new()\n.allow_headers([X_API_KEY])\n.expose_headers([HeaderName::from_static(NAME)]).allow_everything() }",
                "line 2: `allow_headers`: `X_API_KEY` is not defined in this text: write its value in the configuration\n\
             line 3: `expose_headers`: `NAME` is not defined in this text: write its value in the configuration\n\
             line 3: `allow_everything`: one argument is expected",
            ),
            (
                "fn f() { CorsLayer::new().allow_origin([\"*\".parse().unwrap()]) }",
                "line 1: `allow_origin`: tower-http panics on `*` in a list: write `Any`, or the origins",
            ),
            (
                "fn f() { let mut cors = CorsLayer::new();\n if dev { cors = cors.allow_origin(Any); } }",
                "line 2: the configuration may be changed here: pass only the chain of calls that builds it",
            ),
            (
                "fn f() { CorsLayer::permissive() }\nfn g() { CorsLayer::new() }",
                "line 1: one of several configurations that differ: a policy file has one policy, so pass each alone\n\
             line 2: one of several configurations that differ: a policy file has one policy, so pass each alone",
            ),
            (
                "fn f() { let origins = [A];\n g(&origins);\n CorsLayer::new().allow_origin(origins) }",
                "line 1: `allow_origin`: `A` is not defined in this text: write its value in the configuration\n\
             line 2: `origins` occurs here, too, so its value may change: write the value in the configuration",
            ),
            (
                // The parameter is meant, not the constant of the same name.
                "fn a() { let origins = [\"https://a.example\".parse().unwrap()]; }\nfn f(origins: Vec<HeaderValue>) { CorsLayer::new().allow_origin(origins) }",
                "line 2: `origins` occurs here, too, so its value may change: write the value in the configuration",
            ),
        ],
    );
}

/// The lines where each text may change the builder `NEW`, and the message.
fn check_elsewhere(from: Library, chain: &str, message: &str, table: &[(&str, &[usize])]) {
    for (text, lines) in table {
        let expected: Vec<_> = lines
            .iter()
            .map(|line| format!("line {line}: {message}"))
            .collect();
        let text = text.replace("NEW", chain);
        assert_eq!(problems(from, &text), expected.join("\n"), "{text}");
    }
}

#[test]
fn builders_that_are_changed_elsewhere() {
    let chain = "CorsLayer::new().allow_origin([HeaderValue::from_static(\"https://a.example\")])";
    check_elsewhere(
        Library::TowerHttp,
        chain,
        "the configuration may be changed here: pass only the chain of calls that builds it",
        &[
            (
                "fn f() { let cors = NEW; app.layer(\ncors.clone().allow_origin(Any).allow_credentials(true)); }",
                &[2],
            ),
            (
                "fn base() -> CorsLayer { NEW }\nfn f() {\n base().allow_origin(Any) }",
                &[3],
            ),
            (
                "impl A { fn base(&self) -> CorsLayer { return NEW; } }\nfn f() {\n self.base().allow_origin(Any) }",
                &[3],
            ),
            (
                "fn base() -> CorsLayer { NEW }\nfn f() { let cors = x::base();\n app.layer(cors.allow_origin(Any)) }",
                &[3],
            ),
            (
                "fn base() -> CorsLayer { NEW }\nfn f() {\n let make = base;\n make().allow_origin(Any) }",
                &[4],
            ),
            ("use a::base as b;\nfn base() -> CorsLayer { NEW }", &[1]),
            (
                "impl From<A> for CorsLayer {\n fn from(a: A) -> Self {\n NEW } }",
                &[3],
            ),
            (
                "fn f() { let cors = NEW;\n let cors =\n tweak(cors); }",
                &[2, 3],
            ),
            ("fn f() { let cors = NEW;\n tweak(&mut cors); }", &[2]),
            (
                "fn f() { let cors = { NEW };\n cors.allow_origin(Any) }",
                &[2],
            ),
            (
                "fn f() { self.cors =\n NEW;\n self.cors.allow_origin(Any) }",
                &[2],
            ),
            (
                "fn f() { let cors = NEW;\n dbg!(cors.allow_origin(Any)); }",
                &[2],
            ),
            ("fn f() { (NEW).allow_origin(Any) }", &[1]),
            (
                "fn f() { let make = || NEW; make().allow_origin(Any) }",
                &[1],
            ),
            ("fn f() { let state = State { cors: NEW }; }", &[1]),
            ("fn f() { let cors = NEW;\n State { cors } }", &[2]),
            (
                "fn f() { let cors = NEW; app.layer(cors) }\nfn g(cors: CorsLayer) {}",
                &[2],
            ),
            (
                "static CORS: LazyLock<CorsLayer> = LazyLock::new(|| NEW);",
                &[1],
            ),
        ],
    );
    check_elsewhere(
        Library::TowerHttp,
        chain,
        "one of several branches: a policy file has one policy, so pass the chain of calls of each alone",
        &[
            (
                "fn f() { let cors = if dev {\n NEW } else { other() }; cors.allow_origin(Any) }",
                &[2],
            ),
            ("fn f() { if dev { NEW } else {\n NEW } }", &[1, 2]),
            (
                "fn f() { match stage { Dev => NEW, _ =>\n { NEW } } }",
                &[1, 2],
            ),
        ],
    );
    check_elsewhere(
        Library::TowerHttp,
        chain,
        "this is not read: pass only the chain of calls that builds the configuration",
        &[
            (
                "fn f() { app.layer(NEW);\n dbg!(x, cors::CorsLayer::permissive()) }",
                &[2],
            ),
            (
                "fn f() { app.layer(NEW);\n x.map_or_else(CorsLayer::permissive, g) }",
                &[2],
            ),
            (
                "use tower_http::cors::{Any, CorsLayer as Layer};\nfn f() { NEW }",
                &[1],
            ),
            (
                "type Layer = tower_http::cors::CorsLayer;\nfn f() { NEW }",
                &[1],
            ),
            (
                "lazy_static! { static ref CORS: CorsLayer = CorsLayer::new(); }",
                &[1],
            ),
        ],
    );
    check_elsewhere(
        Library::ActixCors,
        "Cors::default().allowed_origin(\"https://a.example\")",
        "the configuration may be changed here: pass only the chain of calls that builds it",
        &[
            ("fn f() { finish(NEW) }", &[1]),
            (
                "fn f() { origins.iter().fold(NEW, |c, o| c.allowed_origin(o)) }",
                &[1],
            ),
        ],
    );
}

#[test]
fn actix_cors() {
    check(
        Library::ActixCors,
        &[
            (
                "fn f() { Cors::default()\n .allowed_origin_fn(|origin, _| origin.as_bytes().ends_with(b\".rust-lang.org\")) }",
                "line 2: `allowed_origin_fn`: a policy cannot contain a function; write the origins that it allows",
            ),
            (
                "fn f() { Cors::default().allowed_origin(\"*\").max_age(age()).send_wild() }",
                "line 1: `allowed_origin`: actix-cors does not start with `*`: write `allow_any_origin`, or the origins\n\
             line 1: `max_age`: cannot read `age()`: only literals, and names that are defined once, are read\n\
             line 1: `.send_wild(...)` is not an option that is known",
            ),
            (
                "fn f() { Cors::default().allowed_origin(&std::env::var(\"ORIGIN\").unwrap()) }",
                "line 1: `allowed_origin`: cannot read `std::env::var(\"ORIGIN\")`: only literals, and names that are defined once, are read",
            ),
            (
                "fn f() { Cors::new() }",
                "line 1: `Cors`: cannot read `Cors::new()`: only literals, and names that are defined once, are read",
            ),
        ],
    );
}

#[test]
fn rocket_cors() {
    check(
        Library::RocketCors,
        &[
            (
                "fn f() { CorsOptions { allow_credentials: true, ..base } }",
                "line 1: `..`: `base` is not defined in this text: write its value in the configuration",
            ),
            (
                "fn f() { CorsOptions { allow_credentials: true,\n allow_credentials: false, ..Default::default() } }",
                "line 2: `allow_credentials` is given twice: write it once",
            ),
            (
                "fn f() { CorsOptions::default().allowed_origins(AllowedOrigins::some_regex(&[\"https://(\"])) }",
                "line 1: `allowed_origins`: unclosed group",
            ),
            (
                "fn f() { CorsOptions::default().allowed_origins(AllowedOrigins::some_exact(&[\"a.example\"])).allowed_headers(headers()) }",
                "line 1: `allowed_origins`: rocket_cors does not start with `a.example`: an origin has a scheme, as in `https://example.com`\n\
             line 1: `allowed_headers`: cannot read `headers()`: only literals, and names that are defined once, are read",
            ),
        ],
    );
}

#[test]
fn warp() {
    check(
        Library::Warp,
        &[
            (
                "fn f() { warp::cors().allow_origin(\"null\").allow_origins(list.iter()) }",
                "line 1: `allow_origin`: warp panics on `null`: an origin has a scheme, as in `https://example.com`\n\
             line 1: `allow_origins`: `list` is not defined in this text: write its value in the configuration",
            ),
            (
                "fn f() { cors() }",
                "no CORS configuration of warp: `warp::cors()` was not found",
            ),
        ],
    );
}

#[test]
fn starlette() {
    check(
        Library::Starlette,
        &[
            ("def f(:", "line 1: not valid Python"),
            (
                "app.add_middleware(CORSMiddleware,\n allow_origins=settings.origins,\n allow_methods=os.getenv('METHODS').split(','))",
                "line 2: `allow_origins`: `settings.origins` is not defined in this text: write its value in the configuration\n\
             line 3: `allow_methods`: cannot read `os.getenv('METHODS').split(',')`: only literals, and names that are defined once, are read",
            ),
            (
                "CORSMiddleware(app, allow_origins=['https://a.example'],\n allow_origins=[])",
                "line 2: `allow_origins` is given twice: write it once",
            ),
            (
                "CORSMiddleware(app, allow_origins='https://a.example')",
                "line 1: `allow_origins`: Starlette searches the text `https://a.example` for a part that equals the value, which is unsafe: write a list",
            ),
            (
                "CORSMiddleware(app, ['https://a.example'], **options)",
                "line 1: `an argument without a name`: cannot read `['https://a.example']`: only literals, and names that are defined once, are read\n\
             line 1: `an argument without a name`: cannot read `**options`: only literals, and names that are defined once, are read",
            ),
            (
                "origins = ['https://a.example']\norigins.append(other)\nCORSMiddleware(app, allow_origins=origins, max_age=-1, allow_all=True)",
                "line 3: `max_age`: cannot read `-1`: only literals, and names that are defined once, are read\n\
             line 3: `allow_all` is not an option that is known\n\
             line 2: `origins` occurs here, too, so its value may change: write the value in the configuration",
            ),
            (
                "CORSMiddleware(app, allow_origins=[f'https://{host}'], allow_origin_regex=r'https://(?!evil).*')",
                "line 1: `allow_origins`: cannot read `f'https://{host}'`: only literals, and names that are defined once, are read\n\
             line 1: `allow_origin_regex`: a group with options, look-around or a reference in a regex: it may mean something else here",
            ),
        ],
    );
}

#[test]
fn express() {
    check(
        Library::Express,
        &[
            ("app.use(cors({ origin: }))", "line 1: not valid JavaScript"),
            (
                "app.use(cors({\n origin: function (origin, callback) { callback(null, true) },\n ...rest\n}))",
                "line 1: `cors`: cannot read `...` and computed names in the options: write them out",
            ),
            (
                "app.use(cors({\n origin(origin, callback) { callback(null, true) },\n credentials: isProduction\n}))",
                "line 2: `origin`: cannot read `origin(origin, callback) { callback(null, true) }`: only literals, and names that are defined once, are read\n\
             line 3: `credentials`: `isProduction` is not defined in this text: write its value in the configuration",
            ),
            (
                "app.use(cors({ origin: process.env.ORIGIN, methods: null, maxAge: 'soon', optionsSuccessStatus: 404, origins: [] }))",
                "line 1: `origin`: `process.env.ORIGIN` is not defined in this text: write its value in the configuration\n\
             line 1: `methods`: Express fails without methods: write a list, or leave the option out\n\
             line 1: `maxAge`: cannot read `'soon'`: only literals, and names that are defined once, are read\n\
             line 1: `optionsSuccessStatus`: browsers refuse a preflight with the status 404\n\
             line 1: `origins` is not an option that is known",
            ),
            (
                "app.use(cors({ origin: [/a\\.example$/g, /^https:\\/\\/(?=a)/, /\\cA/] }))",
                "line 1: `origin`: with `g` or `y`, a regex allows an origin only every second time: remove the flag\n\
             line 1: `origin`: a group with options, look-around or a reference in a regex: it may mean something else here\n\
             line 1: `origin`: `\\c` in a regex: it may mean something else here",
            ),
            (
                "const cors = require('@koa/cors');\napp.use(cors());",
                "line 1: `cors` is `@koa/cors` here, which has other options than the package `cors` of Express",
            ),
            (
                "const options = { origin: 'https://a.example' };\noptions.origin = '*';\napp.use(cors(options));",
                "line 2: `options` occurs here, too, so its value may change: write the value in the configuration",
            ),
            (
                "app.use(cors({ origin: ['https://b.example'],\n 'origin': false }))",
                "line 2: `origin` is given twice: write it once",
            ),
            (
                "import cors from 'cors';\nconst other = require('cors');\napp.use(cors({ origin: 'https://a.example' }));\napp.use(other())",
                "line 3: one of several configurations that differ: a policy file has one policy, so pass each alone\n\
             line 4: one of several configurations that differ: a policy file has one policy, so pass each alone",
            ),
            (
                "app.use(cors(delegate))",
                "line 1: `cors`: `delegate` is not defined in this text: write its value in the configuration",
            ),
        ],
    );
}

#[test]
fn spring() {
    check(
        Library::Spring,
        &[
            (
                "a: [",
                "line 2: not valid YAML: while parsing a node, did not find expected node content",
            ),
            (
                "a: &x 1\nb: *x",
                "line 2: aliases (`*name`) are not read: write the value",
            ),
            (
                "management:\n  endpoints.web.cors.allowed-origins: https://a.example",
                "line 2: `management.endpoints.web.cors.allowedorigins` is not read: only `spring.cloud.gateway` is",
            ),
            (
                "import org.springframework.web.bind.annotation.CrossOrigin;\n",
                "configurations in Java are not read, only application.yml: write the values of the annotation or of the CorsConfiguration in a policy file",
            ),
            (
                "spring.cloud.gateway.globalcors.cors-configurations:\n  '[/**]':\n    allowedOrigins: https://a.example\n    allowed-origins: https://b.example",
                "line 4: `allowed-origins` is given twice: write it once",
            ),
            (
                "spring.cloud.gateway.globalcors.cors-configurations:\n  '[/**]':\n    allowedOrigins: ${ORIGINS}\n    maxAge: 30s\n    allowedMethod: GET\n    allowCredentials:",
                "line 3: `allowedOrigins`: cannot read: write the value itself\n\
             line 4: `maxAge`: cannot read `30s`: write the value itself\n\
             line 5: `allowedMethod` is not an option that is known\n\
             line 6: `allowCredentials`: cannot read: write the value itself",
            ),
        ],
    );
}

#[test]
fn nginx() {
    check(
        Library::Nginx,
        &[
            (
                "server { listen 80;",
                "line 1: not valid nginx: the block has no end",
            ),
            ("server }", "line 1: not valid nginx: unexpected `}`"),
            (
                "add_header X \"a",
                "line 1: not valid nginx: the quote has no end",
            ),
            (
                "listen 80",
                "line 1: not valid nginx: a directive ends with `;` or a block",
            ),
            (
                "server { listen 80; }",
                "no CORS configuration of nginx: `add_header Access-Control-Allow-Origin` was not found",
            ),
            (
                "location / {\n add_header Access-Control-Allow-Origin https://a.example;\n if ($request_method = OPTIONS) {\n add_header Access-Control-Max-Age 60; return 204; } }",
                "line 2: `access-control-allow-origin` is no value on preflights and `https://a.example` on other responses; add_header in an `if` replaces those around it: write the same in both",
            ),
            (
                "location / { if ($http_origin ~ a) {\n add_header Access-Control-Allow-Origin $http_origin; } }",
                "line 1: CORS headers in `if ($http_origin ~ a)` are not read: use a `map` of `$http_origin`",
            ),
            (
                "add_header Access-Control-Allow-Origin $cors;",
                "line 1: `$cors`: its value is not from one `map $http_origin` in this text",
            ),
            (
                "map $http_origin $cors { hostnames; default https://a.example; https://b.example 1; }\nadd_header Access-Control-Allow-Origin $cors;",
                "line 1: `hostnames` in a `map` is not read\nline 1: `1` is not the origin `https://b.example`",
            ),
            (
                "map $http_origin $cors { default $http_origin; https://evil.example ''; }\nadd_header Access-Control-Allow-Origin $cors;",
                "line 1: an origin that is refused while all others are allowed has no counterpart here",
            ),
            (
                "more_set_headers 'Access-Control-Allow-Origin: *';",
                "line 1: `more_set_headers` with a CORS header is not read: only `add_header` is",
            ),
            (
                "add_header Access-Control-Allow-Origin https://a.example;\nadd_header Access-Control-Allow-Origin https://b.example;",
                "line 2: `access-control-allow-origin` is added twice, which browsers refuse or join: add it once",
            ),
            (
                "map $http_origin $cors { \"https://evil.example.com\" \"\";\n \"~^https://[a-z]+\\.example\\.com$\" $http_origin; }\nadd_header Access-Control-Allow-Origin $cors;",
                "line 1: an origin that is refused although a regex may allow it has no counterpart here: write regexes that do not match it",
            ),
            (
                "map $http_origin $cors { default '';\n '~^https://dev\\.' ''; '~\\.example$' $http_origin; }\nadd_header Access-Control-Allow-Origin $cors;",
                "line 2: an origin that is refused although a regex may allow it has no counterpart here: write regexes that do not match it",
            ),
            (
                "map $http_origin $cors { default $http_origin;\n include refused.map; }\nadd_header Access-Control-Allow-Origin $cors;",
                "line 2: `include` in a `map` is not read: write the entries",
            ),
            (
                "location /public {\n set $cors $http_origin; }\nlocation /private { if ($http_origin = https://a.example) { set $cors $http_origin; }\n add_header Access-Control-Allow-Origin $cors; }",
                "line 2: `$cors` is also set here, outside of the blocks around the header: pass each block alone",
            ),
            (
                "server { if ($http_origin = https://a.example) { set $cors $http_origin; } }\nserver { if ($http_origin = https://b.example) { set $cors $http_origin; }\n add_header Access-Control-Allow-Origin $cors; add_header Access-Control-Allow-Credentials true; }",
                "line 1: `$cors` is also set here, outside of the blocks around the header: pass each block alone",
            ),
            (
                "server { set $cors $http_origin; add_header Access-Control-Allow-Origin $cors;\n location /private { set $cors ''; } }",
                "line 2: `$cors` is also set here, outside of the blocks around the header: pass each block alone",
            ),
            (
                "if ($uri = /a) {\n break; }\nif ($http_origin = https://a.example) { set $cors $http_origin; } add_header Access-Control-Allow-Origin $cors;",
                "line 2: `break` ends the `set` directives, which is not read: write it after them",
            ),
            (
                "add_header Access-Control-Allow-Origin $http_origin; if ($http_origin !~ ^https://a\\.example$) {\n return 403; }",
                "line 2: `return` in `if ($http_origin !~ ^https://a\\.example$)` is not read, because it depends on the origin: use a `map` of `$http_origin`",
            ),
            (
                "add_header Access-Control-Allow-Origin *; if ($http_origin = https://evil.example) {\n add_header X-A 1; }",
                "line 2: `add_header` in `if ($http_origin = https://evil.example)` is not read, because it depends on the origin: use a `map` of `$http_origin`",
            ),
            (
                "map \"x${http_origin}\" $bad { default 1; xhttps://a.example 0; }\nserver { add_header Access-Control-Allow-Origin *; set $deny 0;\n if ($bad) { set $deny 1; }\n if ($deny) { rewrite ^ /refused last; } }",
                "line 4: `rewrite` in `if ($deny)` is not read, because it depends on the origin: use a `map` of `$http_origin`",
            ),
            (
                "http { include mime.types; include conf.d/*.conf;\n server { include cors.conf; location / { include /etc/nginx/fastcgi_params; add_header Access-Control-Allow-Origin *;\n include a; } } upstream u { include servers; } }",
                "line 1: `include conf.d/*.conf` is not read: write the content of the file here\n\
             line 2: `include cors.conf` is not read: write the content of the file here\n\
             line 3: `include a` is not read: write the content of the file here",
            ),
            (
                "server { if ($request_method = OPTIONS) { return 204; }\n location / { add_header Access-Control-Allow-Origin *; } }",
                "line 1: the response to OPTIONS here does not have the CORS headers of the blocks inside",
            ),
        ],
    );
}

#[test]
fn control_characters_of_the_text_are_escaped() {
    check(
        Library::Nginx,
        &[(
            "more_set_headers\u{1b}[31m\u{202e} \"Access-Control-Allow-Origin: 'a'\";",
            "line 1: `more_set_headers\\u{1b}[31m\\u{202e}` with a CORS header is not read: only `add_header` is",
        )],
    );
}
