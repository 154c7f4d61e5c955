//! Fetch, "CORS-preflight fetch": the preflight request, and whether its response grants it.

use std::time::Duration;

use super::check::check;
use super::fields::{Lines, tokens, values};
use super::quirks::Quirks;
use super::safelist::is_safe_method;
use super::{Credentials, PreflightFailure, Request, Response, Url};

/// What a request needs the server to allow.
pub(super) struct Preflight<'a> {
    /// The serialized origin of the request.
    pub(super) origin: &'a str,
    pub(super) url: &'a Url,
    pub(super) method: &'a str,
    /// The names that are not safelisted: in lower case, sorted, each once.
    pub(super) names: &'a [&'a str],
    pub(super) credentials: Credentials,
    /// The use-CORS-preflight flag.
    pub(super) is_forced: bool,
}

/// The methods and header names that a preflight response grants, and for how long.
pub(super) struct Grant<'a> {
    pub(super) methods: Vec<&'a str>,
    pub(super) names: Vec<&'a str>,
    pub(super) max_age: Duration,
}

impl Preflight<'_> {
    pub(super) fn request(&self) -> Request {
        let mut headers = vec![
            ("accept", "*/*".to_owned()),
            ("access-control-request-method", self.method.to_owned()),
        ];
        if !self.names.is_empty() {
            headers.push(("access-control-request-headers", self.names.join(",")));
        }
        headers.push(("origin", self.origin.to_owned()));
        let headers = headers.into_iter();
        Request {
            url: self.url.clone(),
            method: "OPTIONS".to_owned(),
            headers: headers
                .map(|(name, value)| (name.to_owned(), value.into_bytes()))
                .collect(),
            body: None,
            with_credentials: false,
            is_preflight: true,
        }
    }

    /// Evaluates the response to the preflight. Returns what it grants, if that covers the request.
    pub(super) fn evaluate<'a>(
        &'a self,
        response: &'a Response,
        quirks: &Quirks,
    ) -> Result<Grant<'a>, PreflightFailure> {
        let headers = &response.headers;
        check(self.origin, self.credentials, headers, quirks).map_err(PreflightFailure::Cors)?;
        if !(200..=299).contains(&response.status) {
            return Err(PreflightFailure::Status(response.status));
        }
        let methods = tokens(headers, "access-control-allow-methods");
        let mut methods = methods.ok_or(PreflightFailure::MalformedMethods)?;
        let names = tokens(headers, "access-control-allow-headers");
        let mut names = names.ok_or(PreflightFailure::MalformedHeaders)?;
        if self.is_forced
            && values(headers, "access-control-allow-methods")
                .next()
                .is_none()
        {
            methods.push(self.method);
        }

        // With credentials, `*` is not a wildcard, but a method or header name.
        let any = |list: &[&str]| self.credentials != Credentials::Include && list.contains(&"*");
        if !methods.contains(&self.method) && !is_safe_method(self.method) && !any(&methods) {
            return Err(PreflightFailure::Method(self.method.to_owned()));
        }
        let is_granted = |name: &str, under_any: bool| {
            under_any && any(&names)
                || names
                    .iter()
                    .any(|granted| granted.eq_ignore_ascii_case(name))
        };
        // Authorization is checked before all other names.
        let (first, others): (Vec<&str>, Vec<_>) =
            self.names.iter().partition(|name| is_authorization(name));
        for name in first.into_iter().chain(others) {
            if !is_granted(
                name,
                !is_authorization(name) || quirks.authorization_under_any,
            ) {
                return Err(PreflightFailure::Header(name.to_owned()));
            }
        }
        if quirks.any_is_not_remembered {
            methods.retain(|method| *method != "*");
            names.retain(|name| *name != "*");
        }
        Ok(Grant {
            methods,
            names,
            max_age: max_age(headers, quirks),
        })
    }
}

/// Fetch, "CORS non-wildcard request-header name".
pub(super) fn is_authorization(name: &str) -> bool {
    name.eq_ignore_ascii_case("authorization")
}

fn max_age(headers: &Lines, quirks: &Quirks) -> Duration {
    const DEFAULT: Duration = Duration::from_secs(5);
    let lines: Vec<_> = values(headers, "access-control-max-age").collect();
    let max_age = match lines.as_slice() {
        [] | [b""] => DEFAULT,
        [line] if line.iter().all(u8::is_ascii_digit) => {
            let digit = |byte: &u8| u64::from(byte - b'0');
            let seconds = line.iter().map(digit);
            let seconds = seconds.fold(0, |sum: u64, digit| {
                sum.saturating_mul(10).saturating_add(digit)
            });
            Duration::from_secs(seconds)
        }
        [[b'-', digits @ ..]]
            if quirks.negative_max_age_is_zero
                && !digits.is_empty()
                && digits.iter().all(u8::is_ascii_digit) =>
        {
            Duration::ZERO
        }
        _ if quirks.malformed_max_age_is_zero => Duration::ZERO,
        _ => DEFAULT,
    };
    max_age.min(quirks.max_age_cap.unwrap_or(Duration::MAX))
}
