//! One line for each request.

use std::time::Instant;

use axum::http::{Request, Response, header};

use crate::printable;

/// What a line says about a response that is not from the policy.
#[derive(Clone)]
pub(crate) struct Note(pub(crate) Option<String>);

/// The part of a line that is known before the response.
pub(crate) struct Line {
    request: String,
    start: Instant,
}

impl Line {
    pub(crate) fn of<B>(request: &Request<B>) -> Self {
        let method = printable(request.method().as_str().as_bytes());
        let target = printable(request.uri().to_string().as_bytes());
        let origins = request.headers().get_all(header::ORIGIN).iter();
        let origins: String = origins
            .map(|origin| format!(" from {}", printable(origin.as_bytes())))
            .collect();
        Self {
            request: format!("{method} {target}{origins}"),
            start: Instant::now(),
        }
    }

    pub(crate) fn end<B>(self, response: &Response<B>) -> String {
        let status = response.status().as_u16();
        let time = self.start.elapsed().as_millis();
        let note = match response.extensions().get() {
            Some(Note(None)) => String::new(),
            Some(Note(Some(note))) => format!(": {}", printable(note.as_bytes())),
            None => ": by the policy".to_owned(),
        };
        format!("{} {status} in {time} ms{note}", self.request)
    }
}
