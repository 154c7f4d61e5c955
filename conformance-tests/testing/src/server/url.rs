use std::thread;
use std::time::Duration;

use http::{Request, Response};
use tokio::sync::oneshot;
use ureq::Agent;

use crate::Browser;
use crate::server::{BoxError, Server};

impl Browser {
    /// A browser that reaches running servers over `http`, such as one that the test has started. Paths
    /// are those of this server, such as `http://127.0.0.1:8000`.
    ///
    /// ```
    /// use axum::Router;
    /// use cors_testing::Browser;
    /// use tokio::net::TcpListener;
    /// use tower_http::cors::CorsLayer;
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let app = Router::new().layer(CorsLayer::permissive());
    /// let listener = TcpListener::bind("127.0.0.1:0").await?;
    /// let url = format!("http://{}", listener.local_addr()?);
    /// tokio::spawn(async { axum::serve(listener, app).await });
    ///
    /// let browser = Browser::url(&url);
    /// let page = browser.page("https://app.example.com");
    /// page.put("/").await.may_read_status(404);
    /// page.put("/").credentials().await.is_not_sent();
    /// # Ok::<(), std::io::Error>(())
    /// # }).unwrap();
    /// ```
    ///
    /// A request without a response fails after 30 seconds. For `https`, implement [`Server`] with an HTTP
    /// client of your choice.
    ///
    /// # Panics
    ///
    /// If the URL is not an `http` origin.
    #[track_caller]
    pub fn url(url: &str) -> Self {
        let config = Agent::config_builder()
            .allow_non_standard_methods(true)
            .http_status_as_error(false)
            .max_idle_connections(0)
            .max_redirects(0)
            .proxy(None)
            .timeout_global(Some(Duration::from_secs(30)))
            .build();
        Self::new(Network(config.into())).at(url)
    }
}

struct Network(Agent);

impl Server for Network {
    async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<()>, BoxError> {
        if request.uri().scheme_str() != Some("http") {
            return Err("only `http` URLs are supported".into());
        }
        let agent = self.0.clone();
        let (sender, response) = oneshot::channel();
        // The server may run on the thread of the test, so that thread must not block.
        thread::spawn(move || sender.send(exchange(&agent, request)));
        Ok(response.await??)
    }
}

fn exchange(agent: &Agent, request: Request<Vec<u8>>) -> Result<Response<()>, ureq::Error> {
    let response = match request.body().is_empty() {
        true => agent.run(request.map(drop)),
        false => agent.run(request),
    };
    Ok(response?.map(drop))
}
