//! What the compiler says if the policy is not built, or if the body of a service does not fit the layer.
//!
//! Only the sentences that this crate writes are compared. The rest of the message differs between
//! versions of the compiler.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::Path;
use std::process::Command;

/// A service whose body has a default, but cannot be made from a text.
const PROGRAM: &str = r#"
use cors_axum::{Config, CorsLayer};
use http::{Request, Response};
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::{Context, Poll};
use tower_layer::Layer;
use tower_service::Service;

#[derive(Default)]
struct Binary;

struct App;

impl Service<Request<()>> for App {
    type Response = Response<Binary>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<()>) -> Self::Future {
        ready(Ok(Response::new(Binary)))
    }
}

fn serve(_: impl Service<Request<()>>) {}

fn main() {
    let policy = Config::new().build().unwrap();
    serve(CorsLayer::new(policy).layer(App));
}
"#;

#[test]
fn a_body_that_is_not_made_from_a_text() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let message = compile("body", PROGRAM, folder.path()).unwrap_err();
    for sentence in [
        "error[E0277]: `CorsLayer` cannot make the body `Binary` for its own responses, such as those to preflights\n",
        "the layers and the service inside `CorsLayer` respond with the body `Binary`\n",
        "note: if a body cannot be made from a text, use `CorsLayer::with_empty_body` instead of `CorsLayer::new`; \
         the body then needs only `Default`\n",
        "note: with axum, it also helps to add each layer with `Router::layer`, or to put \
         `tower_http::map_response_body::MapResponseBodyLayer::new(axum::body::Body::new)` directly inside `CorsLayer`\n",
    ] {
        assert!(message.contains(sentence), "{sentence}\n{message}");
    }
    let advised = PROGRAM.replace("CorsLayer::new", "CorsLayer::with_empty_body");
    compile("body", &advised, folder.path()).unwrap();

    let no_default = advised.replace("#[derive(Default)]", "");
    let message = compile("body", &no_default, folder.path()).unwrap_err();
    let sentence = "the body then needs only `Default`";
    assert!(message.contains(sentence), "{message}");
}

/// The conversion is that of the core, so every adapter has this message.
#[test]
fn a_configuration_that_is_not_built() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let program = |policies: &str| {
        format!(
            "use cors_axum::{{Config, ConfigError, CorsLayer, Policies}};\n\
             struct Own;\n\
             impl From<Own> for Policies {{ fn from(_: Own) -> Self {{ Self::without_default() }} }}\n\
             fn main() -> Result<(), ConfigError> {{ let _: CorsLayer = CorsLayer::new({policies}); Ok(()) }}\n"
        )
    };
    for (policies, kind) in [
        ("Config::new()", "Config"),
        ("Config::new().build()", "Result<Policy, ConfigError>"),
    ] {
        let message = compile("policies", &program(policies), folder.path()).unwrap_err();
        for sentence in [
            &format!("error[E0277]: `{kind}` is neither a `Policy` nor `Policies`\n"),
            "write `.build()?` after a `Config`, and `?` after the result of `build`\n",
        ] {
            assert!(message.contains(sentence), "{sentence}\n{message}");
        }
    }
    for policies in [
        "Config::new().build()?",
        "Policies::new(Config::new().build()?)",
        "Own",
    ] {
        compile("policies", &program(policies), folder.path()).unwrap();
    }
}

/// Checks a program that depends on this crate. The error is the message of the compiler. Programs that are checked at
/// once have different names: cargo would take them for one, because they share a target folder.
fn compile(name: &str, program: &str, folder: &Path) -> Result<(), String> {
    let this = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = format!(
        "[package]\nname = '{name}'\nedition = '2024'\n[workspace]\n[dependencies]\n\
         cors-axum = {{ path = '{}', default-features = false }}\n\
         http = '1'\ntower-layer = '0.3'\ntower-service = '0.3'\n",
        this.display()
    );
    fs::create_dir_all(folder.join("src")).unwrap();
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    fs::write(folder.join("src/main.rs"), program).unwrap();
    // The versions that this workspace has downloaded already.
    fs::copy(this.join("../Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--offline", "--color=never"])
        .current_dir(folder)
        // The dependencies stay compiled for the next run.
        .env(
            "CARGO_TARGET_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("compile-errors"),
        )
        .output()
        .unwrap();
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8(output.stderr).unwrap()),
    }
}
