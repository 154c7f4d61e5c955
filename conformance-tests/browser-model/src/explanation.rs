//! Why a script reads nothing, in one line for people.

use std::fmt;

use super::preflight::is_authorization;
use super::{Blocked, CorsFailure, PreflightFailure, RedirectFailure};

impl fmt::Display for Blocked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ForbiddenMethod => f.write_str("scripts cannot use CONNECT, TRACE or TRACK"),
            Self::NoHttp => f.write_str(
                "methods and header names are tokens, and header values have no line ends",
            ),
            Self::Body => f.write_str("GET and HEAD have no body"),
            Self::Unfetchable => f.write_str(
                "scripts fetch only http and https URLs, without a user or password, and not from \
                 ports of other protocols",
            ),
            Self::Network => f.write_str("no answer"),
            Self::Preflight(failure) => write!(f, "the preflight's answer: {failure}"),
            Self::Cors(failure) => write!(f, "the answer: {failure}"),
            Self::Redirect(failure) => write!(f, "the redirect: {failure}"),
        }
    }
}

impl fmt::Display for PreflightFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cors(failure) => failure.fmt(f),
            Self::Status(status) => write!(f, "status {status}, not 200 to 299"),
            Self::MalformedMethods => {
                f.write_str("Access-Control-Allow-Methods is no list of methods")
            }
            Self::MalformedHeaders => {
                f.write_str("Access-Control-Allow-Headers is no list of header names")
            }
            Self::Method(method) => write!(f, "Access-Control-Allow-Methods lacks {method}"),
            Self::Header(name) if is_authorization(name) => write!(
                f,
                "Access-Control-Allow-Headers lacks {name}, which `*` does not cover"
            ),
            Self::Header(name) => write!(f, "Access-Control-Allow-Headers lacks {name}"),
        }
    }
}

impl fmt::Display for CorsFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAllowOrigin => f.write_str("no Access-Control-Allow-Origin"),
            Self::AnyOriginWithCredentials => f.write_str(
                "Access-Control-Allow-Origin is `*`, which does not count with credentials",
            ),
            Self::AllowOrigin(value) => write!(
                f,
                "Access-Control-Allow-Origin is `{}`, not the Origin of the request",
                value.escape_ascii()
            ),
            Self::AllowCredentials => f.write_str(
                "Access-Control-Allow-Credentials is not `true`, which credentials need",
            ),
        }
    }
}

impl fmt::Display for RedirectFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotWanted => "the script wants none",
            Self::Malformed => "Location is no URL",
            Self::Scheme => "Location is neither http nor https",
            Self::TooMany => "it is the 21st, and 20 are followed",
            Self::UserInfo => "Location has a user or password, and leads to another origin",
        })
    }
}
