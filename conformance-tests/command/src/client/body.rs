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

/// The start of a body. Empty if it was not read.
#[derive(Default)]
pub(crate) struct BodyStart {
    pub(crate) bytes: Vec<u8>,
    /// Whether the body is known to end here.
    pub(crate) is_whole: bool,
}

/// The first bytes, as far as they arrive in time. Nothing of a compressed body: its first bytes are not text.
pub(super) async fn start(response: http::Response<Incoming>, deadline: Instant) -> BodyStart {
    let mut start = BodyStart::default();
    if response.headers().contains_key(CONTENT_ENCODING) {
        return start;
    }
    let mut body = response.into_body();
    let read = async {
        while start.bytes.len() < MAX_BODY {
            let Some(frame) = body.frame().await else {
                start.is_whole = true;
                break;
            };
            let Ok(frame) = frame else { break };
            start.bytes.extend(frame.into_data().unwrap_or_default());
            start.bytes.truncate(MAX_BODY);
        }
    };
    // Without the rest, the report is still right. The time limit of the request is an error, so reading ends before it.
    let _ = timeout_at(deadline.min(Instant::now() + PATIENCE), read).await;
    start
}
