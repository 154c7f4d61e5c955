//! The texts for people.

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
            "scripts cannot use CONNECT, TRACE or TRACK",
        ),
        (
            Blocked::NoHttp,
            "methods and header names are tokens, and header values have no line ends",
        ),
        (Blocked::Body, "GET and HEAD have no body"),
        (
            Blocked::Unfetchable,
            "scripts fetch only http and https URLs, without a user or password, and not from ports \
             of other protocols",
        ),
        (Blocked::Network, "no answer"),
        (
            Cors(NoAllowOrigin),
            "the answer: no Access-Control-Allow-Origin",
        ),
        (
            Cors(AnyOriginWithCredentials),
            "the answer: Access-Control-Allow-Origin is `*`, which does not count with credentials",
        ),
        (
            Cors(AllowOrigin(b"https://b.example.com".into())),
            "the answer: Access-Control-Allow-Origin is `https://b.example.com`, not the Origin of \
             the request",
        ),
        (
            Cors(AllowOrigin(b"\x1b[31m\xff".into())),
            "the answer: Access-Control-Allow-Origin is `\\x1b[31m\\xff`, not the Origin of the \
             request",
        ),
        (
            Cors(AllowCredentials),
            "the answer: Access-Control-Allow-Credentials is not `true`, which credentials need",
        ),
        (
            Preflight(PreflightFailure::Cors(NoAllowOrigin)),
            "the preflight's answer: no Access-Control-Allow-Origin",
        ),
        (
            Preflight(PreflightFailure::Status(400)),
            "the preflight's answer: status 400, not 200 to 299",
        ),
        (
            Preflight(PreflightFailure::MalformedMethods),
            "the preflight's answer: Access-Control-Allow-Methods is no list of methods",
        ),
        (
            Preflight(PreflightFailure::MalformedHeaders),
            "the preflight's answer: Access-Control-Allow-Headers is no list of header names",
        ),
        (
            Preflight(PreflightFailure::Method("PUT".into())),
            "the preflight's answer: Access-Control-Allow-Methods lacks PUT",
        ),
        (
            Preflight(PreflightFailure::Header("x-a".into())),
            "the preflight's answer: Access-Control-Allow-Headers lacks x-a",
        ),
        (
            Preflight(PreflightFailure::Header("authorization".into())),
            "the preflight's answer: Access-Control-Allow-Headers lacks authorization, which `*` \
             does not cover",
        ),
        (
            Blocked::Redirect(RedirectFailure::NotWanted),
            "the redirect: the script wants none",
        ),
        (
            Blocked::Redirect(RedirectFailure::Malformed),
            "the redirect: Location is no URL",
        ),
        (
            Blocked::Redirect(RedirectFailure::Scheme),
            "the redirect: Location is neither http nor https",
        ),
        (
            Blocked::Redirect(RedirectFailure::TooMany),
            "the redirect: it is the 21st, and 20 are followed",
        ),
        (
            Blocked::Redirect(RedirectFailure::UserInfo),
            "the redirect: Location has a user or password, and leads to another origin",
        ),
    ];
    for (blocked, text) in rows {
        assert_eq!(blocked.to_string(), text);
    }
}
