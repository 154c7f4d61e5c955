//! Constants for methods and headers.

use crate::draft::read::literal;
use crate::value::{Kind, Value, last_part};

/// A method: a literal, `Method::GET` or, in Rocket, `Method::Get`.
pub(super) fn method(value: &Value) -> Option<String> {
    const METHODS: [&str; 10] = [
        "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE",
    ];
    let Kind::Name(name) = &value.kind else {
        return literal(value);
    };
    let (path, last) = name.rsplit_once("::")?;
    let method = last.to_ascii_uppercase();
    (last_part(path) == Some("Method") && METHODS.contains(&method.as_str())).then_some(method)
}

/// A header name: a literal, or a constant of the crate `http`.
pub(super) fn header(value: &Value) -> Option<String> {
    let Kind::Name(name) = &value.kind else {
        return literal(value);
    };
    let constant = last_part(name).filter(|name| CONSTANTS.contains(name))?;
    Some(constant.to_ascii_lowercase().replace('_', "-"))
}

/// The constants of `http::header`. Each is its header in upper case.
const CONSTANTS: &[&str] = &[
    "ACCEPT",
    "ACCEPT_CHARSET",
    "ACCEPT_ENCODING",
    "ACCEPT_LANGUAGE",
    "ACCEPT_RANGES",
    "ACCESS_CONTROL_ALLOW_CREDENTIALS",
    "ACCESS_CONTROL_ALLOW_HEADERS",
    "ACCESS_CONTROL_ALLOW_METHODS",
    "ACCESS_CONTROL_ALLOW_ORIGIN",
    "ACCESS_CONTROL_EXPOSE_HEADERS",
    "ACCESS_CONTROL_MAX_AGE",
    "ACCESS_CONTROL_REQUEST_HEADERS",
    "ACCESS_CONTROL_REQUEST_METHOD",
    "AGE",
    "ALLOW",
    "ALT_SVC",
    "AUTHORIZATION",
    "CACHE_CONTROL",
    "CACHE_STATUS",
    "CDN_CACHE_CONTROL",
    "CONNECTION",
    "CONTENT_DISPOSITION",
    "CONTENT_ENCODING",
    "CONTENT_LANGUAGE",
    "CONTENT_LENGTH",
    "CONTENT_LOCATION",
    "CONTENT_RANGE",
    "CONTENT_SECURITY_POLICY",
    "CONTENT_SECURITY_POLICY_REPORT_ONLY",
    "CONTENT_TYPE",
    "COOKIE",
    "DATE",
    "DNT",
    "ETAG",
    "EXPECT",
    "EXPIRES",
    "FORWARDED",
    "FROM",
    "HOST",
    "IF_MATCH",
    "IF_MODIFIED_SINCE",
    "IF_NONE_MATCH",
    "IF_RANGE",
    "IF_UNMODIFIED_SINCE",
    "LAST_MODIFIED",
    "LINK",
    "LOCATION",
    "MAX_FORWARDS",
    "ORIGIN",
    "PRAGMA",
    "PROXY_AUTHENTICATE",
    "PROXY_AUTHORIZATION",
    "PUBLIC_KEY_PINS",
    "PUBLIC_KEY_PINS_REPORT_ONLY",
    "RANGE",
    "REFERER",
    "REFERRER_POLICY",
    "REFRESH",
    "RETRY_AFTER",
    "SEC_WEBSOCKET_ACCEPT",
    "SEC_WEBSOCKET_EXTENSIONS",
    "SEC_WEBSOCKET_KEY",
    "SEC_WEBSOCKET_PROTOCOL",
    "SEC_WEBSOCKET_VERSION",
    "SERVER",
    "SET_COOKIE",
    "STRICT_TRANSPORT_SECURITY",
    "TE",
    "TRAILER",
    "TRANSFER_ENCODING",
    "UPGRADE",
    "UPGRADE_INSECURE_REQUESTS",
    "USER_AGENT",
    "VARY",
    "VIA",
    "WARNING",
    "WWW_AUTHENTICATE",
    "X_CONTENT_TYPE_OPTIONS",
    "X_DNS_PREFETCH_CONTROL",
    "X_FRAME_OPTIONS",
    "X_XSS_PROTECTION",
];
