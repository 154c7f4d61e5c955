//! The handler of a trivial tower service.

use http::header::{self, HeaderValue};
use http::{Request, Response};
use std::convert::Infallible;

/// Returns a response with one header, because almost every real response has headers.
pub(super) async fn ok(_: Request<()>) -> Result<Response<&'static str>, Infallible> {
    let mut response = Response::new("ok");
    let text = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, text);
    Ok(response)
}
