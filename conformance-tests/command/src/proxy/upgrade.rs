//! WebSocket connections through the proxy.

use axum::body::Body;
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::http::{Method, Request, Response};
use hyper::upgrade::{OnUpgrade, on};
use hyper_util::rt::TokioIo;
use tokio::io::copy_bidirectional;

use super::headers::lists;

/// Takes the browser's end of the connection if the request asks for a WebSocket. No other protocol passes:
/// in HTTP/2 over cleartext, for example, further requests would not be seen.
pub(crate) fn requested<B>(request: &mut Request<B>) -> Option<OnUpgrade> {
    let asks = request.method() == Method::GET && is_websocket(request.headers());
    asks.then(|| on(request))
}

pub(crate) fn is_websocket(headers: &HeaderMap) -> bool {
    lists(headers, &header::CONNECTION, "upgrade") && lists(headers, &header::UPGRADE, "websocket")
}

/// Sets the headers of the connection, which do not pass from one side to the other.
pub(crate) fn set(headers: &mut HeaderMap) {
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
}

/// Copies in both directions after the response to the browser, until both sides are closed or one fails.
pub(crate) fn tunnel(browser: OnUpgrade, response: &mut Response<Body>) {
    let target = on(response);
    tokio::spawn(async move {
        if let Ok((browser, target)) = tokio::try_join!(browser, target) {
            let (mut browser, mut target) = (TokioIo::new(browser), TokioIo::new(target));
            let _ = copy_bidirectional(&mut browser, &mut target).await;
        }
    });
}
