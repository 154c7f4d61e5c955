use http::{HeaderMap, Request, Response};
use rocket::http::{Header, Method};
use rocket::local::{asynchronous, blocking};

use crate::Browser;
use crate::server::{BoxError, Server, target};

impl Browser {
    /// A browser that reaches only this Rocket application, through its asynchronous local client.
    ///
    /// The client must be untracked. A tracked client sends its cookies with every request, also with
    /// preflights, which never have cookies. Use [`Fetch::cookie`](crate::Fetch::cookie).
    ///
    /// ```
    /// use cors_testing::Browser;
    /// use rocket::fairing::AdHoc;
    /// use rocket::local::asynchronous::Client;
    ///
    /// #[rocket::get("/")]
    /// fn index() -> &'static str {
    ///     "hello"
    /// }
    ///
    /// # rocket::async_test(async {
    /// let any = AdHoc::on_response("CORS", |_, response| {
    ///     Box::pin(async move {
    ///         response.set_raw_header("access-control-allow-origin", "*");
    ///     })
    /// });
    /// let app = rocket::build().mount("/", rocket::routes![index]).attach(any);
    /// let browser = Browser::rocket(Client::untracked(app).await?);
    /// let page = browser.page("https://app.example.com");
    /// page.get("/").await.may_read_status(200);
    /// page.get("/").credentials().await.may_not_read();
    /// page.put("/").await.is_not_sent();
    /// # Ok::<(), rocket::Error>(())
    /// # })?;
    /// # Ok::<(), rocket::Error>(())
    /// ```
    pub fn rocket(client: asynchronous::Client) -> Self {
        Self::in_memory(client)
    }

    /// A browser that reaches only this Rocket application, through its blocking local client; otherwise
    /// as [`rocket`](Self::rocket). Send its fetches with [`Fetch::wait`](crate::Fetch::wait).
    ///
    /// ```
    /// use cors_testing::Browser;
    /// use rocket::local::blocking::Client;
    ///
    /// let browser = Browser::rocket_blocking(Client::untracked(rocket::build())?);
    /// browser.page("https://app.example.com").get("/").wait().may_not_read();
    /// # Ok::<(), rocket::Error>(())
    /// ```
    pub fn rocket_blocking(client: blocking::Client) -> Self {
        Self::in_memory(client)
    }
}

impl Server for asynchronous::Client {
    async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<()>, BoxError> {
        let mut sent = self.req(method(&request)?, target(request.uri()).to_owned());
        for header in headers(request.headers())? {
            sent.add_header(header);
        }
        sent = sent.cookies(cookies(request.headers()));
        let response = sent.body(request.body()).dispatch().await;
        head(response.status(), response.headers())
    }
}

impl Server for blocking::Client {
    async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<()>, BoxError> {
        let mut sent = self.req(method(&request)?, target(request.uri()).to_owned());
        for header in headers(request.headers())? {
            sent.add_header(header);
        }
        sent = sent.cookies(cookies(request.headers()));
        let response = sent.body(request.body()).dispatch();
        head(response.status(), response.headers())
    }
}

fn method(request: &Request<Vec<u8>>) -> Result<Method, BoxError> {
    let method = request.method().as_str();
    let known = method.parse::<Method>().ok();
    // Rocket parses methods without regard to case, but HTTP does not.
    let known = known.filter(|known| known.as_str() == method);
    known.ok_or_else(|| format!("Rocket has no method `{method}`").into())
}

fn headers(headers: &HeaderMap) -> Result<Vec<Header<'static>>, BoxError> {
    let headers = headers.iter();
    let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        let value = str::from_utf8(value.as_bytes())?;
        Ok(Header::new(name.to_string(), value.to_owned()))
    };
    headers.map(header).collect()
}

/// A local client parses no `Cookie` header.
fn cookies(headers: &HeaderMap) -> Vec<(String, String)> {
    let lines = headers.get_all(http::header::COOKIE).iter();
    let cookies = lines.filter_map(|line| line.to_str().ok());
    let pairs = cookies
        .flat_map(|line| line.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='));
    pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn head(
    status: rocket::http::Status,
    headers: &rocket::http::HeaderMap<'_>,
) -> Result<Response<()>, BoxError> {
    let mut head = Response::builder().status(status.code);
    for header in headers.iter() {
        head = head.header(header.name().as_str(), header.value());
    }
    Ok(head.body(())?)
}
