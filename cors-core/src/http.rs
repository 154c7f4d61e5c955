//! The glue for adapters whose framework speaks `http` 1.x types: axum, tower, warp.

use crate::decision::{Decision, MethodRefusal, OriginRefusal, PreflightRefusal};
use crate::policies::{Policies, ReadyPolicies};
use crate::policy::Policy;
use crate::ready::{ANSWER_CONTENT_TYPE, Answer, Change, Ready, ResponseHeader, vary_names_origin};
use crate::request::{Lines, RequestHead, RequestHeader};
use crate::requested_header_names;
use http::header::{self, HeaderMap, HeaderName, HeaderValue, ValueIter};
use http::{Request, Response, StatusCode};
use std::borrow::Cow;
use std::sync::Arc;

impl<B> RequestHead for Request<B> {
    fn method(&self) -> &[u8] {
        Request::method(self).as_str().as_bytes()
    }

    fn lines(&self, header: RequestHeader) -> impl Iterator<Item = &[u8]> {
        // HTTP/2 has the authority in the target, and RFC 9112, section 3.2.2, prefers it too.
        let authority = match header {
            RequestHeader::Host => self.uri().authority(),
            _ => None,
        };
        let lines = match authority {
            Some(_) => None,
            None => Some(self.headers().get_all(request_header_name(header)).iter()),
        };
        AuthorityOrLines {
            authority: authority.map(|authority| authority.as_str().as_bytes()),
            lines,
        }
    }
}

/// One line, or those of a map. What `chain` and `flatten` give costs three times as much.
struct AuthorityOrLines<'a> {
    authority: Option<&'a [u8]>,
    lines: Option<ValueIter<'a, HeaderValue>>,
}

impl<'a> Iterator for AuthorityOrLines<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        match &mut self.lines {
            Some(lines) => lines.next().map(HeaderValue::as_bytes),
            None => self.authority.take(),
        }
    }
}

impl ReadyPolicies<HttpReady> {
    /// Renders the values of all policies.
    #[must_use]
    pub fn for_http(policies: impl Into<Policies>) -> Self {
        #[expect(clippy::expect_used, reason = "a policy holds tokens and numbers only")]
        Self::new(policies, HttpReady::new).expect("visible ASCII is a header value")
    }
}

/// A policy made ready for `http` types.
#[derive(Clone, Debug)]
pub struct HttpReady {
    ready: Ready<HeaderValue>,
    /// The headers of answers to preflights, but for what is the request's own: to clone a map takes
    /// a third of the time that it takes to fill it.
    granted: HeaderMap,
    refused: HeaderMap,
    origin_refused: HeaderMap,
}

impl HttpReady {
    fn new(policy: Policy) -> Result<Self, header::InvalidHeaderValue> {
        let ready = Ready::new(policy, header_value)?;
        let refusal = PreflightRefusal {
            origin: None,
            method: Some(MethodRefusal::Malformed),
            headers: None,
            explained_by_lists: false,
        };
        let origin_refusal = PreflightRefusal {
            origin: Some(OriginRefusal::Malformed),
            ..refusal
        };
        let headers = |result| {
            let to_come = HeaderValue::from_static("null");
            new_answer_headers(&ready, Decision::Preflight(result), Some(to_come), || None)
        };
        Ok(Self {
            granted: headers(Ok(())),
            refused: headers(Err(refusal)),
            origin_refused: headers(Err(origin_refusal)),
            ready,
        })
    }

    /// The policy.
    pub fn policy(&self) -> &Policy {
        self.ready.policy()
    }

    /// Decides about the request with this head and these headers: an answer to send now, or the
    /// headers for the response to come.
    #[inline]
    pub fn step<R: RequestHead + ?Sized>(self: &Arc<Self>, head: &R, headers: &HeaderMap) -> Step {
        let (decision, origin) = self.decide(head, headers);
        match self.ready.answer(decision) {
            None => Step::Forward(self.forward_of(decision, origin)),
            Some(answer) => {
                let headers = self.answer_headers(decision, answer, origin, head);
                Step::Answer(response(answer, headers))
            }
        }
    }

    /// The headers for a response of the application, to a request that has reached it whatever
    /// [`step`](Self::step) says.
    #[inline]
    pub fn forward<R: RequestHead + ?Sized>(
        self: &Arc<Self>,
        head: &R,
        headers: &HeaderMap,
    ) -> Forward {
        let (decision, origin) = self.decide(head, headers);
        self.forward_of(decision, origin)
    }

    #[inline]
    fn decide<'a, R: RequestHead + ?Sized>(
        &self,
        head: &R,
        headers: &'a HeaderMap,
    ) -> (Decision, Option<&'a HeaderValue>) {
        let lines = Lines::of(headers.get_all(&ORIGIN).iter());
        let decision = self
            .policy()
            .decide_by(lines.map(HeaderValue::as_bytes), head, false);
        let origin = match lines {
            Lines::One(origin) => Some(origin),
            _ => None,
        };
        (decision, origin)
    }

    #[inline]
    fn forward_of(self: &Arc<Self>, decision: Decision, origin: Option<&HeaderValue>) -> Forward {
        let is_allowed = decision == Decision::Actual(Ok(()));
        let is_sent_back = is_allowed && !self.policy().allows_any_origin();
        Forward {
            ready: Arc::clone(self),
            is_allowed,
            origin: origin.filter(|_| is_sent_back).cloned(),
        }
    }

    fn answer_headers<R: RequestHead + ?Sized>(
        &self,
        decision: Decision,
        answer: Answer,
        origin: Option<&HeaderValue>,
        head: &R,
    ) -> HeaderMap {
        let requested = || HeaderValue::from_str(&requested_header_names(head)?).ok();
        let mut headers = match decision {
            Decision::Preflight(Ok(())) => self.granted.clone(),
            Decision::Preflight(Err(refusal)) if refusal.origin.is_some() => {
                return self.origin_refused.clone();
            }
            Decision::Preflight(Err(_)) if answer.status == 400 => self.refused.clone(),
            _ => {
                return new_answer_headers(&self.ready, decision, origin.cloned(), requested);
            }
        };
        if self.ready.allowed_origin() == Change::SetRequestOrigin
            && let Some(origin) = origin
        {
            let mut headers = headers.iter_mut();
            let allow_origin = headers.find(|(name, _)| **name == ALLOW_ORIGIN);
            if let Some((_, to_come)) = allow_origin {
                *to_come = origin.clone();
            }
        }
        if self.ready.sends_names_back()
            && decision == Decision::Preflight(Ok(()))
            && let Some(names) = requested()
        {
            headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, names);
        }
        headers
    }
}

fn header_value(text: Cow<'static, str>) -> Result<HeaderValue, header::InvalidHeaderValue> {
    match text {
        Cow::Borrowed(text) => Ok(HeaderValue::from_static(text)),
        Cow::Owned(text) => HeaderValue::try_from(text),
    }
}

fn response(answer: Answer, headers: HeaderMap) -> Response<&'static str> {
    let mut response = Response::new(answer.body);
    *response.status_mut() =
        StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    *response.headers_mut() = headers;
    response
}

fn new_answer_headers(
    ready: &Ready<HeaderValue>,
    decision: Decision,
    mut origin: Option<HeaderValue>,
    requested: impl Fn() -> Option<HeaderValue>,
) -> HeaderMap {
    // The framework adds its own length and date.
    let mut headers = HeaderMap::with_capacity(8);
    ready.write(decision, |header, change| {
        let value = match change {
            Change::Set(value) | Change::Merge(value) => Some(value.clone()),
            Change::SetRequestOrigin => origin.take(),
            Change::SetRequestedHeaders => requested(),
        };
        if let Some(value) = value {
            headers.insert(response_header_name(header), value);
        }
    });
    if ready
        .answer(decision)
        .is_some_and(|answer| !answer.body.is_empty())
    {
        let text = HeaderValue::from_static(ANSWER_CONTENT_TYPE);
        headers.insert(header::CONTENT_TYPE, text);
    }
    headers
}

/// What to do with a request.
#[derive(Debug)]
pub enum Step {
    /// Send this; the application is not called.
    Answer(Response<&'static str>),
    /// Call the application, then [`finish`](Forward::finish) its response.
    Forward(Forward),
}

/// What is kept of a request while the application answers it.
#[derive(Clone, Debug)]
pub struct Forward {
    ready: Arc<HttpReady>,
    is_allowed: bool,
    origin: Option<HeaderValue>,
}

impl Forward {
    /// Puts the CORS headers on the application's response, in place of its own.
    pub fn finish(self, headers: &mut HeaderMap) {
        let (mut has_cors, mut has_vary) = (false, false);
        for name in headers.keys() {
            has_cors |= ResponseHeader::is_cors(name.as_str());
            has_vary |= *name == VARY;
        }
        if has_cors {
            for header in ResponseHeader::CORS {
                headers.remove(response_header_name(header));
            }
        }
        let own = self.ready.ready.actual(self.is_allowed);
        let allow_origin = match own.allow_origin {
            Some(Change::Set(value)) => Some(value.clone()),
            Some(_) => self.origin,
            None => None,
        };
        if let Some(value) = allow_origin {
            headers.insert(&ALLOW_ORIGIN, value);
        }
        if let Some(value) = own.allow_credentials {
            headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, value.clone());
        }
        if let Some(value) = own.expose_headers {
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, value.clone());
        }
        if let Some(value) = own.vary {
            let lines = || headers.get_all(&VARY).iter().map(HeaderValue::as_bytes);
            if !has_vary || !vary_names_origin(lines()) {
                headers.append(header::VARY, value.clone());
            }
        }
    }
}

// A constant would be made, and dropped, for every look-up.
static ORIGIN: HeaderName = header::ORIGIN;
static REQUEST_METHOD: HeaderName = header::ACCESS_CONTROL_REQUEST_METHOD;
static REQUEST_HEADERS: HeaderName = header::ACCESS_CONTROL_REQUEST_HEADERS;
static HOST: HeaderName = header::HOST;
static SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
static ALLOW_ORIGIN: HeaderName = header::ACCESS_CONTROL_ALLOW_ORIGIN;
static VARY: HeaderName = header::VARY;

/// The name as `http` knows it, which saves a look-up the parsing of a text.
pub fn request_header_name(header: RequestHeader) -> &'static HeaderName {
    match header {
        RequestHeader::Origin => &ORIGIN,
        RequestHeader::AccessControlRequestMethod => &REQUEST_METHOD,
        RequestHeader::AccessControlRequestHeaders => &REQUEST_HEADERS,
        RequestHeader::Host => &HOST,
        RequestHeader::SecFetchSite => &SEC_FETCH_SITE,
    }
}

fn response_header_name(header: ResponseHeader) -> HeaderName {
    match header {
        ResponseHeader::AllowOrigin => header::ACCESS_CONTROL_ALLOW_ORIGIN,
        ResponseHeader::AllowCredentials => header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
        ResponseHeader::AllowMethods => header::ACCESS_CONTROL_ALLOW_METHODS,
        ResponseHeader::AllowHeaders => header::ACCESS_CONTROL_ALLOW_HEADERS,
        ResponseHeader::MaxAge => header::ACCESS_CONTROL_MAX_AGE,
        ResponseHeader::ExposeHeaders => header::ACCESS_CONTROL_EXPOSE_HEADERS,
        ResponseHeader::Vary => header::VARY,
    }
}
