//! Methods (Fetch, ["Methods"]).
//!
//! ["Methods"]: https://fetch.spec.whatwg.org/#methods

/// The methods that `*` in `allow_methods` stands for.
pub(crate) const STANDARD: [&str; 8] = [
    "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY",
];

/// Upper-cases the methods that Fetch normalizes ("normalize a method"). Any other method is unchanged.
pub(crate) fn normalize(method: &str) -> String {
    const NORMALIZED: [&str; 6] = ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"];
    match NORMALIZED
        .iter()
        .find(|known| known.eq_ignore_ascii_case(method))
    {
        Some(known) => (*known).to_owned(),
        None => method.to_owned(),
    }
}

/// "Forbidden method": a script cannot send it.
pub(crate) fn is_forbidden(method: &str) -> bool {
    ["CONNECT", "TRACE", "TRACK"]
        .iter()
        .any(|name| name.eq_ignore_ascii_case(method))
}

/// "CORS-safelisted method": a browser allows it even if the preflight does not.
pub(crate) fn is_safelisted(method: &[u8]) -> bool {
    matches!(method, b"GET" | b"HEAD" | b"POST")
}

/// The standard method that differs from `method` only in case, if Fetch does not normalize it.
pub(crate) fn case_slip(method: &str) -> Option<&'static str> {
    STANDARD
        .into_iter()
        .find(|name| name.eq_ignore_ascii_case(method) && *name != method)
}
