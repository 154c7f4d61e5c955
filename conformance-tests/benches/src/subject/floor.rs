//! A hand-written minimum: the lowest cost of a careful tower middleware. It makes the same checks
//! and sends the same responses as ours, but does not validate the configuration and does not
//! explain its decisions.

use super::handler;
use cors_core::Config;
use foldhash::fast::RandomState;
use futures_util::TryFutureExt as _;
use futures_util::future::{Either, ready};
use http::header::{self, HeaderMap, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use std::collections::HashSet;
use std::convert::Infallible;
use std::sync::Arc;
use tower::{Service, service_fn};

/// Returns `None` for a regular expression: a hand-written middleware would not use one.
pub(super) fn around(
    config: Config,
) -> Option<impl Service<Request<()>, Response = Response<&'static str>, Error = Infallible>> {
    let floor = Arc::new(Floor::new(config)?);
    Some(service_fn(move |request: Request<()>| {
        let headers = request.headers();
        let origin = headers.get(header::ORIGIN);
        let allowed = origin.is_some_and(|origin| floor.origins.allow(origin.as_bytes()));
        let method = (request.method() == Method::OPTIONS && origin.is_some())
            .then(|| headers.get(header::ACCESS_CONTROL_REQUEST_METHOD))
            .flatten();
        if let Some(method) = method {
            let response = floor.preflight(origin.filter(|_| allowed), method, headers);
            return Either::Left(ready(Ok(response)));
        }
        let origin = origin.filter(|_| allowed).cloned();
        let floor = Arc::clone(&floor);
        Either::Right(handler::ok(request).map_ok(move |mut response| {
            floor.actual(origin, response.headers_mut());
            response
        }))
    }))
}

struct Floor {
    origins: Origins,
    credentials: bool,
    methods: Vec<String>,
    /// Sorted and in lower case; `None` if any name is allowed.
    names: Option<Vec<String>>,
    /// The maximum length of all lines of requested names in bytes, plus 16 bytes for each line.
    budget: usize,
    allow_methods: HeaderValue,
    allow_headers: HeaderValue,
    max_age: HeaderValue,
    exposed: Option<HeaderValue>,
}

impl Floor {
    fn new(config: Config) -> Option<Self> {
        let value = |text: String| {
            let value = HeaderValue::try_from(text).unwrap();
            drop(value.clone()); // the first clone allocates
            value
        };
        let mut names = vec![
            "accept",
            "accept-language",
            "content-language",
            "content-type",
        ];
        names.extend(config.get_allow_headers().iter().map(String::as_str));
        let mut names: Vec<String> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
        names.sort_unstable();
        names.dedup();
        let any = config.get_allow_headers() == ["*"];
        let allow_headers = if any {
            "*, Authorization".to_owned()
        } else {
            names.join(", ")
        };
        Some(Self {
            credentials: config.get_allow_credentials(),
            allow_methods: value(config.get_allow_methods().join(", ")),
            methods: config.get_allow_methods().to_vec(),
            budget: if any { 4096 } else { 256 + allow_headers.len() },
            allow_headers: value(allow_headers),
            names: (!any).then_some(names),
            max_age: value(config.get_max_age().to_string()),
            exposed: Some(config.get_expose_headers().join(", "))
                .filter(|list| !list.is_empty())
                .map(value),
            origins: Origins::new(config)?,
        })
    }

    fn actual(&self, origin: Option<HeaderValue>, headers: &mut HeaderMap) {
        let is_allowed = origin.is_some();
        self.allow(origin, headers);
        if let Some(exposed) = self.exposed.as_ref().filter(|_| is_allowed) {
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed.clone());
        }
        if !matches!(self.origins, Origins::Any) {
            headers.append(header::VARY, HeaderValue::from_static("Origin"));
        }
    }

    fn allow(&self, origin: Option<HeaderValue>, headers: &mut HeaderMap) {
        let origin = match self.origins {
            Origins::Any => Some(HeaderValue::from_static("*")),
            _ => origin,
        };
        let Some(origin) = origin else { return };
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        if self.credentials {
            let yes = HeaderValue::from_static("true");
            headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, yes);
        }
    }

    fn preflight(
        &self,
        origin: Option<&HeaderValue>,
        method: &HeaderValue,
        request: &HeaderMap,
    ) -> Response<&'static str> {
        let has_method = self
            .methods
            .iter()
            .any(|name| name.as_bytes() == method.as_bytes());
        let has_headers = self.has_headers(request);
        let is_granted = origin.is_some() && has_method && has_headers;
        let (status, text) = match (origin, has_method) {
            _ if is_granted => (StatusCode::OK, "OK"),
            (None, _) => (StatusCode::BAD_REQUEST, "Disallowed CORS origin"),
            (_, false) => (StatusCode::BAD_REQUEST, "Disallowed CORS method"),
            _ => (StatusCode::BAD_REQUEST, "Disallowed CORS headers"),
        };
        let mut headers = HeaderMap::with_capacity(8);
        let plain = HeaderValue::from_static("text/plain; charset=utf-8");
        headers.insert(header::CONTENT_TYPE, plain);
        self.allow(origin.cloned(), &mut headers);
        if is_granted {
            headers.insert(
                header::ACCESS_CONTROL_ALLOW_METHODS,
                self.allow_methods.clone(),
            );
            headers.insert(
                header::ACCESS_CONTROL_ALLOW_HEADERS,
                self.allow_headers.clone(),
            );
            headers.insert(header::ACCESS_CONTROL_MAX_AGE, self.max_age.clone());
        }
        let vary = HeaderValue::from_static(
            "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
        );
        headers.insert(header::VARY, vary);
        let mut response = Response::new(text);
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        response
    }

    fn has_headers(&self, request: &HeaderMap) -> bool {
        let lines = || {
            let lines = request
                .get_all(header::ACCESS_CONTROL_REQUEST_HEADERS)
                .iter();
            lines.map(HeaderValue::as_bytes)
        };
        let mut budget = self.budget;
        for line in lines() {
            match budget.checked_sub(line.len() + 16) {
                Some(left) => budget = left,
                None => return false,
            }
        }
        // Browsers send the names sorted, so the search continues after the previous match. If a name
        // is out of order, the whole list is searched.
        let mut rest = self.names.as_deref().unwrap_or_default();
        lines()
            .flat_map(|line| line.split(|byte| *byte == b','))
            .all(|name| {
                let name = name.trim_ascii();
                let Some(all) = &self.names else {
                    return name
                        .iter()
                        .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
                };
                let find = |list: &[String]| {
                    list.iter()
                        .position(|known| known.as_bytes().eq_ignore_ascii_case(name))
                };
                if let Some(at) = find(rest) {
                    rest = rest.get(at + 1..).unwrap_or_default();
                    return true;
                }
                name.is_empty() || find(all).is_some()
            })
    }
}

enum Origins {
    Any,
    One(Vec<u8>),
    Listed(HashSet<Vec<u8>, RandomState>),
    /// The suffixes after `https://*`, and the lengths that occur.
    Patterns(HashSet<Vec<u8>, RandomState>, Box<[bool; 256]>),
}

impl Origins {
    fn new(config: Config) -> Option<Self> {
        if config.get_allow_origin_regex().is_some() {
            return None;
        }
        let suffix = |text: &String| Some(text.strip_prefix("https://*")?.as_bytes().to_vec());
        let texts = config.get_allow_origins();
        let is_other = |text: &String| text.contains('*') && text != "*" && suffix(text).is_none();
        if texts.iter().any(is_other) {
            return None;
        }
        Some(match texts {
            [any] if any == "*" => Self::Any,
            [first, ..] if first.contains('*') => Self::patterns(texts.iter().filter_map(suffix)),
            [one] => Self::One(one.as_bytes().to_vec()),
            _ => Self::Listed(texts.iter().map(|text| text.as_bytes().to_vec()).collect()),
        })
    }

    fn patterns(hosts: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let hosts: HashSet<_, _> = hosts.into_iter().collect();
        let mut lengths = Box::new([false; 256]);
        for host in &hosts {
            lengths[host.len()] = true;
        }
        Self::Patterns(hosts, lengths)
    }

    fn allow(&self, origin: &[u8]) -> bool {
        match self {
            Self::Any => true,
            Self::One(one) => one == origin,
            Self::Listed(all) => origin.len() <= 512 && all.contains(origin),
            Self::Patterns(all, lengths) => {
                let host = origin
                    .strip_prefix(b"https://")
                    .filter(|host| host.len() < 256);
                let host = host.unwrap_or_default();
                let dots = host
                    .iter()
                    .enumerate()
                    .skip(1)
                    .filter(|(_, byte)| **byte == b'.');
                dots.map(|(at, _)| &host[at..])
                    .any(|suffix| lengths[suffix.len()] && all.contains(suffix))
            }
        }
    }
}
