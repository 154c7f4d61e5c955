//! The steps of the Fetch standard.

use browser_model::{Blocked, CorsFailure, PreflightFailure, RedirectFailure};

/// The step that blocks a fetch.
pub fn step(blocked: &Blocked) -> String {
    match blocked {
        Blocked::ForbiddenMethod => named("fetch(), forbidden method", "forbidden-method"),
        Blocked::NoHttp | Blocked::Body => named("new Request()", "dom-request"),
        Blocked::Unfetchable => named("main fetch, bad port", "port-blocking"),
        Blocked::Network => named("network error", "concept-network-error"),
        Blocked::Cors(failure) => cors_check(failure),
        Blocked::Preflight(PreflightFailure::Cors(failure)) => {
            let check = cors_check(failure);
            let step = named("CORS-preflight fetch, step 7", "cors-preflight-fetch");
            format!("{step}: {check}")
        }
        Blocked::Preflight(failure) => preflight(failure),
        Blocked::Redirect(failure) => redirect(failure),
        _ => named("fetching", "fetching"),
    }
}

/// The part of the standard that decides which headers of a response a script can read.
pub fn readable_headers() -> String {
    named("CORS filtered response", "concept-filtered-response-cors")
}

/// The part of the standard by which a script can read a response.
pub fn success() -> String {
    named("CORS check, success", "concept-cors-check")
}

/// The part of the standard by which CORS does not apply within an origin.
pub fn same_origin() -> String {
    named("main fetch, same origin", "main-fetch")
}

/// The part of the standard by which a request needs no preflight.
pub fn no_preflight() -> String {
    named(
        "main fetch, CORS-safelisted method and headers",
        "main-fetch",
    )
}

/// The part of the standard about caches of responses.
pub(crate) fn caches() -> String {
    named(
        "CORS protocol and HTTP caches",
        "cors-protocol-and-http-caches",
    )
}

/// The part of the standard about a safe policy.
pub(crate) fn safe_setup() -> String {
    named(
        "Basic safe CORS protocol setup",
        "basic-safe-cors-protocol-setup",
    )
}

pub(crate) fn mixed_content() -> String {
    "Mixed Content, should fetching request be blocked as mixed content? \
     (https://w3c.github.io/webappsec-mixed-content/#should-block-fetch)"
        .to_owned()
}

pub(crate) fn local_network() -> String {
    "Local Network Access (https://wicg.github.io/local-network-access/)".to_owned()
}

pub(crate) fn same_site() -> String {
    "RFC 6265bis, the SameSite attribute \
     (https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html)"
        .to_owned()
}

pub(crate) fn null() -> String {
    "CORS for developers, avoid returning Access-Control-Allow-Origin: \"null\" \
     (https://w3c.github.io/webappsec-cors-for-developers/#avoid-returning-access-control-allow-origin-null)"
        .to_owned()
}

fn cors_check(failure: &CorsFailure) -> String {
    let step = match failure {
        CorsFailure::NoAllowOrigin => 2,
        CorsFailure::AllowCredentials => 8,
        _ => 4,
    };
    named(&format!("CORS check, step {step}"), "concept-cors-check")
}

fn preflight(failure: &PreflightFailure) -> String {
    let step = match failure {
        PreflightFailure::MalformedMethods | PreflightFailure::MalformedHeaders => "7.3",
        PreflightFailure::Method(_) => "7.5",
        PreflightFailure::Header(name) if name.eq_ignore_ascii_case("authorization") => "7.6",
        PreflightFailure::Header(_) => "7.7",
        _ => "7",
    };
    let step = format!("CORS-preflight fetch, step {step}");
    named(&step, "cors-preflight-fetch")
}

fn redirect(failure: &RedirectFailure) -> String {
    let step = match failure {
        RedirectFailure::NotWanted => {
            return named("HTTP fetch, redirect mode \"error\"", "concept-http-fetch");
        }
        RedirectFailure::Malformed => 5,
        RedirectFailure::Scheme => 6,
        RedirectFailure::TooMany => 7,
        _ => 9,
    };
    let step = format!("HTTP-redirect fetch, step {step}");
    named(&step, "concept-http-redirect-fetch")
}

fn named(step: &str, anchor: &str) -> String {
    format!("{step} (https://fetch.spec.whatwg.org/#{anchor})")
}
