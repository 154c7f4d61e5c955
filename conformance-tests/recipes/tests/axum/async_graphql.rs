//! async-graphql: queries and mutations with `POST`, subscriptions over a WebSocket.
//!
//! A query has the type `application/json`, so it has a preflight. The policy allows `POST`; `Content-Type` needs no entry.
//!
//! The traps:
//!
//! - **A mutation without a preflight.** async-graphql also reads JSON from a body of the type `text/plain`, which needs no
//!   preflight. So a page of any site can run a mutation, with every cookie of the user that `SameSite` lets through,
//!   although it cannot read the response.
//!   `block_refused_origins` refuses that.
//! - **Subscriptions.** Browsers do not apply CORS to WebSockets: a page of any site can open one, with the same
//!   cookies.
//!   The same key refuses the handshake. Without it, ask the policies in force before the upgrade:
//!   `Policies::find`.
//! - **Only `GET` is allowed by default**: without `allow_methods(["POST"])`, no query is sent.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_graphql::{Context, Object, Schema, Subscription};
use async_graphql_axum::{GraphQL, GraphQLSubscription};
use axum::{Router, routing::post_service};
use cors_axum::{Config, ConfigError, CorsLayer};
use cors_testing::Browser;
use futures_util::{Stream, stream};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const PAGE: &str = "https://app.example.com";
const EVIL: &str = "https://evil.example";

fn config() -> Config {
    Config::new()
        .allow_origins(["https://app.example.com"])
        .allow_methods(["POST"])
        .allow_credentials(true)
}

fn app(config: Config, orders: Orders) -> Result<Router, ConfigError> {
    let schema = Schema::build(Query, Mutation, Ticks).data(orders).finish();
    let router = Router::new()
        .route("/graphql", post_service(GraphQL::new(schema.clone())))
        .route_service("/subscriptions", GraphQLSubscription::new(schema));
    Ok(router.layer(CorsLayer::new(config.build()?)))
}

fn safe() -> Config {
    config().block_refused_origins(true)
}

/// How many orders there are.
type Orders = Arc<AtomicU32>;

struct Query;

#[Object]
impl Query {
    async fn orders(&self, context: &Context<'_>) -> u32 {
        context.data_unchecked::<Orders>().load(Ordering::SeqCst)
    }
}

struct Mutation;

#[Object]
impl Mutation {
    async fn order(&self, context: &Context<'_>) -> u32 {
        context
            .data_unchecked::<Orders>()
            .fetch_add(1, Ordering::SeqCst)
            + 1
    }
}

struct Ticks;

#[Subscription]
impl Ticks {
    async fn ticks(&self) -> impl Stream<Item = u32> {
        stream::iter([1, 2, 3])
    }
}

#[tokio::test]
async fn a_page_sends_queries_and_mutations() {
    let orders = Orders::default();
    let browser = Browser::tower(app(safe(), orders.clone()).unwrap());
    let page = browser.page(PAGE);
    let query = page
        .post("/graphql")
        .json(r#"{"query": "{ orders }"}"#)
        .cookie("session=1")
        .await;
    assert_eq!(query.exchanges().len(), 2, "a preflight and the query");
    query.may_read_status(200);
    let mutation = page
        .post("/graphql")
        .json(r#"{"query": "mutation { order }"}"#);
    mutation.await.may_read_status(200);
    assert_eq!(orders.load(Ordering::SeqCst), 1);

    let wrong = page.post("/graphql").json(r#"{"query": "{ missing }"}"#);
    wrong.await.may_read_status(200); // GraphQL: the error is in the body
    page.post("/graphql").json("{").await.may_read_status(400);
    page.post("/none").json("{}").await.may_read_status(404);
    page.post("/graphql")
        .json("{}")
        .header("x-trace", "1")
        .await
        .is_not_sent();
}

#[tokio::test]
async fn other_sites_cannot_run_mutations() {
    let orders = Orders::default();
    let browser = Browser::tower(app(safe(), orders.clone()).unwrap());
    let evil = browser.page(EVIL);
    let mutation = r#"{"query": "mutation { order }"}"#;
    evil.post("/graphql")
        .json(mutation)
        .cookie("session=1")
        .await
        .is_not_sent();
    evil.post("/graphql")
        .body(mutation)
        .cookie("session=1")
        .await
        .may_not_read();
    assert_eq!(orders.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn trap_a_mutation_as_plain_text_needs_no_preflight() {
    let orders = Orders::default();
    let browser = Browser::tower(app(config(), orders.clone()).unwrap());
    let mutation = r#"{"query": "mutation { order }"}"#;
    let evil = browser
        .page(EVIL)
        .post("/graphql")
        .body(mutation)
        .cookie("session=1")
        .await;
    evil.may_not_read();
    assert_eq!(evil.exchanges().len(), 1, "no preflight");
    assert_eq!(orders.load(Ordering::SeqCst), 1, "but the mutation ran");
}

#[tokio::test]
async fn trap_post_is_not_among_the_defaults() {
    let only_get = Config::new().allow_origins(["https://app.example.com"]);
    let browser = Browser::tower(app(only_get, Orders::default()).unwrap());
    let query = browser
        .page(PAGE)
        .post("/graphql")
        .json(r#"{"query": "{ orders }"}"#);
    query.await.is_not_sent();
}

#[tokio::test]
async fn subscriptions_are_only_for_the_pages_of_the_policy() {
    assert_eq!(
        handshake(safe(), PAGE).await,
        "HTTP/1.1 101 Switching Protocols"
    );
    assert_eq!(handshake(safe(), EVIL).await, "HTTP/1.1 403 Forbidden");
}

#[tokio::test]
async fn trap_without_blocking_every_page_may_subscribe() {
    assert_eq!(
        handshake(config(), EVIL).await,
        "HTTP/1.1 101 Switching Protocols"
    );
}

/// Opens a WebSocket as a page of `origin` does, and returns the first line of the response.
async fn handshake(config: Config, origin: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut client = TcpStream::connect(listener.local_addr().unwrap())
        .await
        .unwrap();
    let app = app(config, Orders::default()).unwrap();
    let request = format!(
        "GET /subscriptions HTTP/1.1\r\nHost: api.test\r\nOrigin: {origin}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
    );
    let line = async {
        client.write_all(request.as_bytes()).await.unwrap();
        let mut line = Vec::new();
        while !line.ends_with(b"\r\n") {
            line.push(client.read_u8().await.unwrap());
        }
        String::from_utf8(line).unwrap().trim_end().to_owned()
    };
    tokio::select! {
        served = async { axum::serve(listener, app).await } => panic!("{served:?}"),
        line = line => line,
    }
}
