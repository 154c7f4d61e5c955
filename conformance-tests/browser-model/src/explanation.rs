//! One-line texts that explain why a fetch is blocked.

use std::fmt;

use super::preflight::is_authorization;
use super::{Blocked, CorsFailure, PreflightFailure, RedirectFailure};

impl fmt::Display for Blocked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ForbiddenMethod => {
                f.write_str("scripts cannot use the methods CONNECT, TRACE and TRACK")
            }
            Self::NoHttp => f.write_str(
                "the method or a header name is not a token, or a header value contains a NUL byte \
                 or a line break",
            ),
            Self::Body => f.write_str("requests with method GET or HEAD cannot have a body"),
            Self::Unfetchable => f.write_str(
                "the URL must use http or https, contain no user name or password, and use a port \
                 that browsers do not block",
            ),
            Self::Network => f.write_str("no response"),
            Self::Preflight(failure) => write!(f, "preflight failed: {failure}"),
            Self::Cors(failure) => write!(f, "CORS check failed: {failure}"),
            Self::Redirect(failure) => write!(f, "redirect failed: {failure}"),
        }
    }
}

impl fmt::Display for PreflightFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cors(failure) => failure.fmt(f),
            Self::Status(status) => write!(f, "status {status} is not in the range 200 to 299"),
            Self::MalformedMethods => {
                f.write_str("Access-Control-Allow-Methods is not a list of methods")
            }
            Self::MalformedHeaders => {
                f.write_str("Access-Control-Allow-Headers is not a list of header names")
            }
            Self::Method(method) => {
                write!(f, "Access-Control-Allow-Methods does not include {method}")
            }
            Self::Header(name) if is_authorization(name) => write!(
                f,
                "Access-Control-Allow-Headers does not include {name}, which `*` does not cover"
            ),
            Self::Header(name) => write!(f, "Access-Control-Allow-Headers does not include {name}"),
        }
    }
}

impl fmt::Display for CorsFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAllowOrigin => f.write_str("the response has no Access-Control-Allow-Origin header"),
            Self::AnyOriginWithCredentials => f.write_str(
                "Access-Control-Allow-Origin is `*`, which is not valid for requests with credentials",
            ),
            Self::AllowOrigin(value) => write!(
                f,
                "Access-Control-Allow-Origin is `{}`, which is not the origin of the request",
                value.escape_ascii()
            ),
            Self::AllowCredentials => f.write_str(
                "Access-Control-Allow-Credentials is not `true`, which requests with credentials require",
            ),
        }
    }
}

impl fmt::Display for RedirectFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotWanted => "the script follows no redirects (`redirect: \"error\"`)",
            Self::Malformed => "Location is not a valid URL",
            Self::Scheme => "Location is not an http or https URL",
            Self::TooMany => "there are more than 20 redirects",
            Self::UserInfo => {
                "Location contains a user name or password, which is allowed at most within the page's own \
                 origin"
            },
        })
    }
}
