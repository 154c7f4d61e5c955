use warp::{Filter, Reply};

use crate::Browser;

impl Browser {
    /// A browser that reaches only this warp filter.
    ///
    /// ```
    /// use cors_testing::Browser;
    /// use warp::Filter;
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let cors = warp::cors().allow_origin("https://app.example.com").allow_method("GET");
    /// let app = warp::path!("items").and(warp::get()).map(|| "hello").with(cors);
    /// let browser = Browser::warp(app);
    /// let page = browser.page("https://app.example.com");
    /// page.get("/items").await.may_read_status(200);
    /// page.put("/items").await.is_not_sent();
    /// browser.page("https://evil.example").get("/items").await.may_not_read();
    /// # });
    /// ```
    pub fn warp<F>(filter: F) -> Self
    where
        F: Filter<Extract: Reply> + Clone + Send + Sync + 'static,
    {
        Self::tower(warp::service(filter))
    }
}
