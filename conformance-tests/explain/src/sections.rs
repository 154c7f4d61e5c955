//! The steps of the standards that let a request pass. `cors_diagnosis::standard` has those that block one.

pub(crate) fn cross_origin() -> String {
    fetch("main fetch, mode \"cors\"", "main-fetch")
}

pub(crate) fn needs_preflight() -> String {
    fetch(
        "main fetch, CORS-unsafe method or header names",
        "main-fetch",
    )
}

pub(crate) fn after_preflight() -> String {
    fetch("HTTP fetch", "concept-http-fetch")
}

pub(crate) fn forbidden_headers() -> String {
    fetch("forbidden request-header", "forbidden-request-header")
}

/// A step of "CORS-preflight fetch".
pub(crate) fn preflight(step: &str) -> String {
    let step = format!("CORS-preflight fetch, step {step}");
    fetch(&step, "cors-preflight-fetch")
}

pub(crate) fn cors_requests() -> String {
    fetch("CORS protocol, CORS-preflight request", "http-requests")
}

pub(crate) fn cors_responses() -> String {
    fetch("CORS protocol, HTTP responses", "http-responses")
}

pub(crate) fn forbidden() -> String {
    "RFC 9110, section 15.5.4 (https://www.rfc-editor.org/rfc/rfc9110#status.403)".to_owned()
}

pub(crate) fn misdirected() -> String {
    "RFC 9110, section 15.5.20 (https://www.rfc-editor.org/rfc/rfc9110#status.421)".to_owned()
}

fn fetch(step: &str, anchor: &str) -> String {
    format!("{step} (https://fetch.spec.whatwg.org/#{anchor})")
}
