//! What holds for every configuration of a library.

use crate::Library;

/// What is searched in a text.
pub(crate) const fn searched(from: Library) -> &'static str {
    match from {
        Library::TowerHttp => "`CorsLayer::new()`, `permissive()` or `very_permissive()`",
        Library::ActixCors => "`Cors::default()` or `Cors::permissive()`",
        Library::RocketCors => "`CorsOptions`",
        Library::Warp => "`warp::cors()`",
        Library::Starlette => "`CORSMiddleware`",
        Library::Express => "a call of `cors`",
        Library::Spring => "`spring.cloud.gateway` with `globalcors` or a route with `cors`",
        Library::Nginx => "`add_header Access-Control-Allow-Origin`",
    }
}

/// How the library differs from this one, whatever the options are.
pub(crate) const fn differences(from: Library) -> &'static [&'static str] {
    const EVERY_OPTIONS: &str = "every OPTIONS request ended at the middleware; here only preflights do, and the others reach the application";
    const REFUSED_SUCCEEDS: &str = "a refused preflight got a successful status without what the browser needs; here it gets 400";
    const ERRORS: &str = "here, error responses have the CORS headers, too";
    match from {
        Library::TowerHttp => &[EVERY_OPTIONS, REFUSED_SUCCEEDS],
        Library::ActixCors => &[
            "actix-cors also sends Access-Control-Allow-Credentials and -Expose-Headers to refused origins; here they get no Access-Control header",
        ],
        Library::RocketCors => &[
            "rocket_cors runs the route for OPTIONS on a preflight; here the fairing responds to preflights itself",
            ERRORS,
        ],
        Library::Warp => &[
            "warp sends no Vary header; here `Vary: Origin` is sent where the response depends on the origin",
            ERRORS,
        ],
        Library::Starlette => &[
            "this library follows Starlette; section 6 of BEHAVIOUR.md lists where it deviates for safety",
        ],
        Library::Express => &[EVERY_OPTIONS, REFUSED_SUCCEEDS],
        Library::Spring => &[
            "Spring also refuses other requests than preflights for their method; here only preflights are refused for it",
            "Spring compares origins without regard to case; browsers send them in lower case",
        ],
        Library::Nginx => &[REFUSED_SUCCEEDS, ERRORS],
    }
}
