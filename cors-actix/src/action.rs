//! From a request to an early response, or to the CORS headers for the response of the application.

use crate::headers::Headers;
use crate::request::RequestView;
use actix_web::HttpResponse;
use actix_web::body::BoxBody;
use actix_web::dev::ServiceRequest;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use cors_core::{Echo, RenderedPolicy, Verdict, requested_header_names};
use std::sync::Arc;

/// What to do with a request.
pub(crate) enum Action {
    /// Send this response. The application is not called.
    Respond(HttpResponse),
    /// Call the application, then [apply](CorsHeaders::apply) the CORS headers to its response.
    Forward(CorsHeaders),
}

/// The CORS headers for the response of the application. This does not hold the request, because the
/// routing of actix-web requires the only reference to it.
#[derive(Clone)]
pub(crate) struct CorsHeaders {
    policy: Arc<RenderedPolicy<HeaderValue>>,
    verdict: Verdict,
    /// The request's `Origin`, if the response repeats it.
    origin: Option<HeaderValue>,
}

impl Action {
    pub(crate) fn new(request: &ServiceRequest, policy: &Arc<RenderedPolicy<HeaderValue>>) -> Self {
        let head = RequestView::new(request.request());
        let verdict = policy.verdict(&head);
        let is_echoed = policy.echoes_origin(verdict);
        let origin = head.origin().filter(|_| is_echoed).cloned();
        let Some(early) = policy.early_response(verdict) else {
            return Self::Forward(CorsHeaders {
                policy: Arc::clone(policy),
                verdict,
                origin,
            });
        };
        let status =
            StatusCode::from_u16(early.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = HttpResponse::with_body(status, BoxBody::new(early.body));
        if let Some(text) = early.content_type() {
            let text = HeaderValue::from_static(text);
            response.headers_mut().append(CONTENT_TYPE, text);
        }
        let echo = Echo {
            origin: || origin,
            requested_headers: || HeaderValue::from_str(&requested_header_names(&head)?).ok(),
        };
        policy.apply(verdict, &mut Headers(response.headers_mut()), echo);
        Self::Respond(response)
    }
}

impl CorsHeaders {
    /// Replaces the CORS headers of a response, and adds `Origin` to its `Vary`.
    pub(crate) fn apply(self, headers: &mut HeaderMap) {
        let echo = Echo {
            origin: || self.origin,
            requested_headers: || None,
        };
        self.policy.apply(self.verdict, &mut Headers(headers), echo);
    }
}
