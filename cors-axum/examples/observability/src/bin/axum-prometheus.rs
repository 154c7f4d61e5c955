//! The counters in the format of Prometheus, and a shadow policy.
//!
//! Run `cargo run -p axum-observability --bin axum-prometheus`, and send requests:
//!
//! ```text
//! curl -H 'Origin: https://evil.example' http://127.0.0.1:8000/
//! curl -H 'Origin: https://old.example.com' http://127.0.0.1:8000/
//! curl http://127.0.0.1:8000/metrics
//! ```

use axum::{Router, routing::get};
use axum_observability::{policy, routes, stricter};
use cors_axum::CorsLayer;
use cors_axum::observability::Sample;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Before the layer is made, which sets the revision.
    let metrics = PrometheusBuilder::new().install_recorder()?;
    let cors = CorsLayer::new(policy()?);
    // Which requests would fail without the other subdomains? On a busy server, a sample is enough.
    cors.shadow(stricter()?, Sample::ALL);
    let app = with_metrics(metrics).layer(cors);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
    Ok(axum::serve(listener, app).await?)
}

/// A real server has this route on another port, so that not everyone can read it.
fn with_metrics(metrics: PrometheusHandle) -> Router {
    routes().route("/metrics", get(async move || metrics.render()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use http::Request;
    use tower::ServiceExt as _;

    #[tokio::test]
    async fn the_counters_are_shown() {
        let metrics = PrometheusBuilder::new().install_recorder().unwrap();
        let cors = CorsLayer::new(policy().unwrap());
        cors.shadow(stricter().unwrap(), Sample::ALL);
        let app = with_metrics(metrics.clone()).layer(cors);
        for origin in ["https://evil.example", "https://old.example.com"] {
            let request = Request::get("/").header("origin", origin);
            let request = request.body(Body::empty()).unwrap();
            app.clone().oneshot(request).await.unwrap();
        }
        let text = metrics.render();
        for line in [
            "cors_requests_total{verdict=\"actual-refused\"} 1",
            "cors_refusals_total{verdict=\"actual-refused\",reason=\"origin-not-allowed\"} 1",
            "cors_policy_revision 1",
            "cors_shadow_differences_total{change=\"refuse\",reason=\"origin-not-allowed\"} 1",
        ] {
            assert!(text.lines().any(|it| it == line), "{line}\n{text}");
        }
        assert!(!text.contains("evil"), "no origin is a label");
    }
}
