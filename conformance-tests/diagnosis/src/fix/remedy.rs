//! What kind of change of a server solves a problem.

use crate::culprit::Culprit;
use crate::observation::{Observation, lines};

pub(super) enum Remedy {
    /// A policy that allows the fetch.
    Policy,
    /// The same, and it must be around everything else: authentication, routing, redirects, errors.
    Outermost,
    /// One of several places that set the headers.
    Once,
    /// `Vary: Origin` on every response.
    Vary,
    /// A cookie with this name that other sites send.
    Cookie(String),
}

impl Remedy {
    pub(super) fn of(culprit: Culprit, seen: &Observation<'_>) -> Option<Self> {
        Some(match culprit {
            Culprit::NoCorsHeaders
            | Culprit::OriginNotAllowed
            | Culprit::OriginSlash
            | Culprit::OriginCase
            | Culprit::OriginPort
            | Culprit::OriginScheme
            | Culprit::OriginWww
            | Culprit::OriginMalformed
            | Culprit::WildcardOrigin
            | Culprit::WildcardMethods
            | Culprit::WildcardHeaders
            | Culprit::WildcardExposed
            | Culprit::WildcardAuthorization
            | Culprit::CredentialsNotAllowed
            | Culprit::CredentialsNotTrue
            | Culprit::MethodNotAllowed
            | Culprit::HeaderNotAllowed
            | Culprit::MalformedMethods
            | Culprit::MalformedHeaders
            | Culprit::MalformedExposed
            | Culprit::HeaderNotExposed
            | Culprit::AnyOriginReflected
            | Culprit::NullAllowed => Self::Policy,
            Culprit::PreflightRefused if seen.is_refused_by_policy() => Self::Policy,
            Culprit::ErrorWithoutHeaders
            | Culprit::ResponseWithoutHeaders
            | Culprit::PreflightUnauthorized
            | Culprit::PreflightRefused
            | Culprit::PreflightNotRouted
            | Culprit::PreflightStatus
            | Culprit::RedirectWithoutHeaders
            | Culprit::PreflightRedirect
            | Culprit::PreflightRedirectToHttps
            | Culprit::PreflightRedirectSlash => Self::Outermost,
            Culprit::DuplicateAllowOrigin => Self::Once,
            Culprit::VaryMissing => Self::Vary,
            Culprit::CookieSameSite => Self::Cookie(cookie(seen)),
            _ => return None,
        })
    }
}

/// The name of the first cookie of the response.
fn cookie(seen: &Observation<'_>) -> String {
    let lines = seen
        .last_response()
        .map(|response| lines(response, "set-cookie"));
    let line = lines.and_then(|lines| lines.into_iter().next());
    let name = line.and_then(|line| Some(line.split_once('=')?.0.trim().to_owned()));
    let is_plain = |name: &String| {
        let is_char = |char: char| char.is_ascii_alphanumeric() || "-_.".contains(char);
        !name.is_empty() && name.chars().all(is_char)
    };
    name.filter(is_plain)
        .unwrap_or_else(|| "session".to_owned())
}
