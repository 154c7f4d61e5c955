use std::cell::RefCell;
use std::future::poll_fn;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use tower_service::Service;

use crate::Browser;
use crate::server::{BoxError, Server, target};

impl Browser {
    /// A browser that reaches only this tower service, such as an axum `Router`.
    ///
    /// ```
    /// use axum::{Router, routing::get};
    /// use cors_testing::Browser;
    /// use tower_http::cors::CorsLayer;
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let app = Router::new().route("/", get(async || "hello")).layer(CorsLayer::permissive());
    /// let browser = Browser::tower(app);
    /// let page = browser.page("https://app.example.com");
    /// page.get("/").await.may_read_status(200);
    /// page.get("/").credentials().await.may_not_read();
    /// # });
    /// ```
    ///
    /// Most services accept any request body. For one that accepts a single type, convert the body:
    ///
    /// ```
    /// use axum::body::Body;
    /// use bytes::Bytes;
    /// use http::{Request, Response};
    /// use http_body_util::Full;
    /// use tower::ServiceExt as _;
    ///
    /// # use cors_testing::Browser;
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let service = tower::service_fn(async |_: Request<Body>| {
    ///     Ok::<_, std::convert::Infallible>(Response::new(Body::empty()))
    /// });
    /// let service = service.map_request(|request: Request<Full<Bytes>>| request.map(Body::new));
    /// let browser = Browser::tower(service);
    /// browser.page("https://app.example.com").get("/").await.may_not_read();
    /// # });
    /// ```
    pub fn tower<S, B>(service: S) -> Self
    where
        S: Service<Request<Full<Bytes>>, Response = Response<B>, Error: Into<BoxError>> + 'static,
    {
        Self::in_memory(Tower(RefCell::new(service)))
    }
}

struct Tower<S>(RefCell<S>);

impl<S, B> Server for Tower<S>
where
    S: Service<Request<Full<Bytes>>, Response = Response<B>, Error: Into<BoxError>>,
{
    async fn send(&self, mut request: Request<Vec<u8>>) -> Result<Response<()>, BoxError> {
        *request.uri_mut() = target(request.uri()).parse()?;
        let request = request.map(|body| Full::new(body.into()));
        poll_fn(|context| self.0.borrow_mut().poll_ready(context))
            .await
            .map_err(Into::into)?;
        let response = self.0.borrow_mut().call(request);
        Ok(response.await.map_err(Into::into)?.map(drop))
    }
}
