//! Which requests a server of the playground accepts. Another website in the same browser must not be
//! able to change the policy, read the log or use the frame.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};

use crate::server::Names;

/// Accepts only requests to one of these names, and only from the server's own pages. `security` is the
/// `Content-Security-Policy` of every response.
pub(crate) fn guarded(router: Router, names: &Names, security: String) -> Router {
    let names = Arc::new(names.clone());
    router.layer(middleware::from_fn(move |request, next| {
        guard(Arc::clone(&names), security.clone(), request, next)
    }))
}

/// Accepts only requests of the page itself, for routes that no link leads to.
pub(crate) async fn only_the_page(request: Request, next: Next) -> Response {
    let mut sites = request.headers().get_all("sec-fetch-site").iter();
    if sites.any(|site| site != "same-origin" && site != "none") {
        return CROSS_ORIGIN.into_response();
    }
    next.run(request).await
}

async fn guard(names: Arc<Names>, security: String, request: Request, next: Next) -> Response {
    let mut response = match check(&names, request.method(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    };
    let headers = response.headers_mut();
    if let Ok(security) = HeaderValue::from_str(&security) {
        headers.insert(header::CONTENT_SECURITY_POLICY, security);
    }
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        "cross-origin-resource-policy",
        HeaderValue::from_static("same-origin"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

type Refusal = (StatusCode, &'static str);

const CROSS_ORIGIN: Refusal = (
    StatusCode::FORBIDDEN,
    "cross-origin requests are refused; only the playground page can use this address\n",
);

fn check(names: &Names, method: &Method, headers: &HeaderMap) -> Result<(), Refusal> {
    // DNS rebinding: an attacker can point a name of their own at this machine. To the browser, the
    // playground is then same-origin with the attacker's page.
    let host = single(headers, header::HOST).filter(|host| names.contain(host));
    let host = host.ok_or((
        StatusCode::FORBIDDEN,
        "the Host header is not an address of this server; open the playground at the address that it printed\n",
    ))?;
    if headers.contains_key(header::ORIGIN)
        && single(headers, header::ORIGIN) != Some(&format!("http://{host}"))
    {
        return Err(CROSS_ORIGIN);
    }
    // Some other types can be sent to another origin without a preflight.
    let content_type = single(headers, header::CONTENT_TYPE).unwrap_or_default();
    if method == Method::POST && content_type != "application/json" {
        return Err((
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "the content type must be application/json\n",
        ));
    }
    Ok(())
}

/// The value of a header that occurs once.
fn single(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().filter(|_| values.next().is_none())?;
    value.to_str().ok()
}
