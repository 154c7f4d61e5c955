//! The start of a body, for a report: it often says why a server refuses a request.

use std::time::Duration;

use http::header::CONTENT_ENCODING;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use tokio::time::{Instant, timeout_at};

/// How many bytes are read.
const MAX_BODY: usize = 1 << 10;

/// The most time for them.
const PATIENCE: Duration = Duration::from_secs(1);

/// The first bytes, as far as they arrive in time. Nothing of a compressed body: its first bytes are no text.
pub(super) async fn start(response: http::Response<Incoming>, deadline: Instant) -> Vec<u8> {
    let mut bytes = Vec::new();
    if response.headers().contains_key(CONTENT_ENCODING) {
        return bytes;
    }
    let mut body = response.into_body();
    let read = async {
        while bytes.len() < MAX_BODY
            && let Some(Ok(frame)) = body.frame().await
        {
            bytes.extend(frame.into_data().unwrap_or_default());
            bytes.truncate(MAX_BODY);
        }
    };
    // Without the rest, the report is still right. So this ends before the time limit of the request is an error.
    let _ = timeout_at(deadline.min(Instant::now() + PATIENCE), read).await;
    bytes
}
