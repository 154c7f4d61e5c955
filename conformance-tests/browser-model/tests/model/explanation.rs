//! The texts of `Display`.

use browser_model::Blocked::{self, Cors, Preflight};
use browser_model::CorsFailure::{
    AllowCredentials, AllowOrigin, AnyOriginWithCredentials, NoAllowOrigin,
};
use browser_model::{PreflightFailure, RedirectFailure};

#[test]
fn texts() {
    let rows: [(Blocked, &str); 22] = [
        (
            Blocked::ForbiddenMethod,
            "scripts cannot use the methods CONNECT, TRACE and TRACK",
        ),
        (
            Blocked::NoHttp,
            "the method or a header name is not a token, or a header value contains a NUL byte or \
             a line break",
        ),
        (
            Blocked::Body,
            "requests with method GET or HEAD cannot have a body",
        ),
        (
            Blocked::Unfetchable,
            "the URL must use http or https, contain no user name or password, and use a port that \
             browsers do not block",
        ),
        (Blocked::Network, "no response"),
        (
            Cors(NoAllowOrigin),
            "CORS check failed: the response has no Access-Control-Allow-Origin header",
        ),
        (
            Cors(AnyOriginWithCredentials),
            "CORS check failed: Access-Control-Allow-Origin is `*`, which is not valid for requests \
             with credentials",
        ),
        (
            Cors(AllowOrigin(b"https://b.example.com".into())),
            "CORS check failed: Access-Control-Allow-Origin is `https://b.example.com`, which is \
             not the origin of the request",
        ),
        (
            Cors(AllowOrigin(b"\x1b[31m\xff".into())),
            "CORS check failed: Access-Control-Allow-Origin is `\\x1b[31m\\xff`, which is not the \
             origin of the request",
        ),
        (
            Cors(AllowCredentials),
            "CORS check failed: Access-Control-Allow-Credentials is not `true`, which requests with \
             credentials require",
        ),
        (
            Preflight(PreflightFailure::Cors(NoAllowOrigin)),
            "preflight failed: the response has no Access-Control-Allow-Origin header",
        ),
        (
            Preflight(PreflightFailure::Status(400)),
            "preflight failed: status 400 is not in the range 200 to 299",
        ),
        (
            Preflight(PreflightFailure::MalformedMethods),
            "preflight failed: Access-Control-Allow-Methods is not a list of methods",
        ),
        (
            Preflight(PreflightFailure::MalformedHeaders),
            "preflight failed: Access-Control-Allow-Headers is not a list of header names",
        ),
        (
            Preflight(PreflightFailure::Method("PUT".into())),
            "preflight failed: Access-Control-Allow-Methods does not include PUT",
        ),
        (
            Preflight(PreflightFailure::Header("x-a".into())),
            "preflight failed: Access-Control-Allow-Headers does not include x-a",
        ),
        (
            Preflight(PreflightFailure::Header("authorization".into())),
            "preflight failed: Access-Control-Allow-Headers does not include authorization, which \
             `*` does not cover",
        ),
        (
            Blocked::Redirect(RedirectFailure::NotWanted),
            "redirect failed: the script follows no redirects (`redirect: \"error\"`)",
        ),
        (
            Blocked::Redirect(RedirectFailure::Malformed),
            "redirect failed: Location is not a valid URL",
        ),
        (
            Blocked::Redirect(RedirectFailure::Scheme),
            "redirect failed: Location is not an http or https URL",
        ),
        (
            Blocked::Redirect(RedirectFailure::TooMany),
            "redirect failed: there are more than 20 redirects",
        ),
        (
            Blocked::Redirect(RedirectFailure::UserInfo),
            "redirect failed: Location contains a user name or password, which is allowed at most \
             within the page's own origin",
        ),
    ];
    for (blocked, text) in rows {
        assert_eq!(blocked.to_string(), text);
    }
}
