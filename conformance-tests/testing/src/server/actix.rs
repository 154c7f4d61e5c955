use actix_web::Error;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::test::TestRequest;
use http::{Request, Response};

use crate::Browser;
use crate::server::{BoxError, Server, target};

impl Browser {
    /// A browser that reaches only this actix-web application, which `actix_web::test::init_service`
    /// returns.
    ///
    /// ```
    /// use actix_web::{App, middleware::DefaultHeaders, test, web};
    /// use cors_testing::Browser;
    ///
    /// #[actix_web::main]
    /// async fn main() {
    ///     let any = DefaultHeaders::new().add(("access-control-allow-origin", "*"));
    ///     let app = App::new().route("/", web::get().to(async || "hello")).wrap(any);
    ///     let browser = Browser::actix(test::init_service(app).await);
    ///     let page = browser.page("https://app.example.com");
    ///     page.get("/").await.may_read_status(200);
    ///     page.get("/").credentials().await.may_not_read();
    ///     page.put("/").await.is_not_sent();
    /// }
    /// ```
    pub fn actix<S, B>(service: S) -> Self
    where
        S: Service<actix_http::Request, Response = ServiceResponse<B>, Error = Error> + 'static,
    {
        Self::in_memory(Actix(service))
    }
}

struct Actix<S>(S);

impl<S, B> Server for Actix<S>
where
    S: Service<actix_http::Request, Response = ServiceResponse<B>, Error = Error>,
{
    async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<()>, BoxError> {
        let method = Method::from_bytes(request.method().as_str().as_bytes())?;
        let mut sent = TestRequest::with_uri(target(request.uri())).method(method);
        for (name, value) in request.headers() {
            let name = HeaderName::from_bytes(name.as_ref())?;
            let value = HeaderValue::from_bytes(value.as_bytes())?;
            sent = sent.append_header((name, value));
        }
        let sent = sent.set_payload(request.into_body()).to_request();
        // As the server does, an error becomes a response.
        let response = match self.0.call(sent).await {
            Ok(response) => response.into_parts().1.drop_body(),
            Err(error) => error.error_response().drop_body(),
        };
        let mut head = Response::builder().status(response.status().as_u16());
        for (name, value) in response.headers() {
            head = head.header(name.as_str(), value.as_bytes());
        }
        Ok(head.body(())?)
    }
}
