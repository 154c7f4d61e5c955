//! A span of OpenTelemetry for each request, with the verdict as an attribute and the events of the middleware.
//!
//! Run `cargo run -p axum-observability --bin axum-opentelemetry`, and send requests:
//!
//! ```text
//! curl -H 'Origin: https://evil.example' http://127.0.0.1:8000/
//! ```

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum_observability::{policy, routes};
use cors_axum::CorsLayer;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData, SpanExporter};
use tracing::Instrument as _;
use tracing_subscriber::layer::SubscriberExt as _;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(Print)
        .build();
    tracing::subscriber::set_global_default(subscriber(&provider))?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
    Ok(axum::serve(listener, app(CorsLayer::new(policy()?))).await?)
}

fn subscriber(provider: &SdkTracerProvider) -> impl tracing::Subscriber + Send + Sync + use<> {
    let tracer = provider.tracer("api");
    // Of the target `cors`, refusals are at the levels INFO and WARN.
    let layer = tracing_opentelemetry::layer().with_tracer(tracer);
    tracing_subscriber::registry()
        .with(tracing_subscriber::filter::LevelFilter::INFO)
        .with(layer)
}

/// The span is outside the layer, so that it is the current one when the layer decides.
fn app(cors: CorsLayer) -> Router {
    routes().layer(cors).layer(from_fn(in_span))
}

async fn in_span(request: Request, next: Next) -> Response {
    // `cors` is the field that the middleware records. Without it, the span has only the events.
    let span = tracing::info_span!(
        "request",
        method = %request.method(),
        cors = tracing::field::Empty,
    );
    next.run(request).instrument(span).await
}

/// Prints spans. An exporter to a collector takes its place.
#[derive(Debug)]
struct Print;

impl SpanExporter for Print {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        for span in batch {
            println!("{} {:?}", span.name, attributes(&span.attributes));
            for event in &span.events.events {
                println!("  {} {:?}", event.name, attributes(&event.attributes));
            }
        }
        Ok(())
    }
}

fn attributes(of: &[opentelemetry::KeyValue]) -> Vec<String> {
    // Where the code is says nothing about the request.
    let of = of.iter().filter(|it| !it.key.as_str().starts_with("code."));
    of.map(|it| format!("{}={}", it.key, it.value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use std::sync::{Arc, Mutex};
    use tower::ServiceExt as _;

    #[derive(Clone, Debug, Default)]
    struct Keep(Arc<Mutex<Vec<SpanData>>>);

    impl SpanExporter for Keep {
        async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
            self.0.lock().unwrap().extend(batch);
            Ok(())
        }
    }

    #[tokio::test]
    async fn the_span_has_the_verdict_and_the_event() {
        let kept = Keep::default();
        let provider = SdkTracerProvider::builder()
            .with_simple_exporter(kept.clone())
            .build();
        let _guard = tracing::subscriber::set_default(subscriber(&provider));
        let request = Request::get("/").header("origin", "https://evil.example");
        let app = app(CorsLayer::new(policy().unwrap()));
        app.oneshot(request.body(Body::empty()).unwrap())
            .await
            .unwrap();

        let spans = kept.0.lock().unwrap();
        let [span] = &spans[..] else {
            panic!("{spans:?}");
        };
        let verdict = "cors=actual-refused".to_owned();
        assert!(attributes(&span.attributes).contains(&verdict), "{span:?}");
        let [event] = &span.events.events[..] else {
            panic!("{span:?}");
        };
        let found = attributes(&event.attributes);
        let origin = "origin=https://evil.example".to_owned();
        assert!(found.contains(&origin), "{found:?}");
    }
}
