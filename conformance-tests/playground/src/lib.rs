//! The playground: an API with a CORS adapter, and a page that calls it from two origins.

mod active;
mod answer;
mod api;
mod code;
mod examples;
mod expectation;
mod frame;
mod guard;
mod page;
mod question;
mod record;
mod server;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use command_support::policy_file::PolicyFile;
use command_support::{Failure, framework, print_line, until_stopped};
use conformance_tests::subject::{FRAMEWORKS, Framework};
use cors_core::Config;

use self::api::Api;
use self::server::Server;

/// The options of the command.
#[derive(Args)]
pub struct Options {
    /// The framework that serves the API
    #[arg(long, value_parser = framework(), default_value = "axum")]
    framework: Framework,
    /// The initial policy, .json or .toml [default: a policy that allows the page]
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        let [axum, ..] = FRAMEWORKS;
        Self {
            framework: axum,
            policy: None,
        }
    }
}

const API_PORT: u16 = 8000;
const PAGE_PORT: u16 = 3000;
const FRAME_PORT: u16 = 3001;

/// Serves until the process receives a signal to stop.
pub fn run(options: &Options) -> Result<ExitCode, Failure> {
    let file = options
        .policy
        .as_deref()
        .map(PolicyFile::read)
        .transpose()?;
    until_stopped(|| async {
        let api = Server::bind("API", API_PORT).await?;
        let page = Server::bind("page", PAGE_PORT).await?;
        let frame = Server::bind("frame", FRAME_PORT).await?;

        let file = match file {
            Some(file) => file,
            None => PolicyFile::from_config("the initial policy", initial_policy(&page.origin))?,
        };
        let text = file.json.clone();
        let policy = file.build()?;
        let allowed = |server: &Server| match policy.is_origin_allowed(server.origin.as_bytes()) {
            true => "allowed by the initial policy",
            false => "not allowed by the initial policy",
        };
        print_line(format_args!("page  {}  ({})", page.origin, allowed(&page)));
        print_line(format_args!(
            "frame {}  ({})",
            frame.origin,
            allowed(&frame)
        ));
        print_line(format_args!(
            "API   {}  ({})",
            api.origin, options.framework.name
        ));
        print_line("open the page in a browser; press Ctrl-C to stop");

        let api_state = Api::start(options.framework, text, policy).await;
        let state = Arc::new(api_state.map_err(Failure::new)?);
        let in_page = page::router(Arc::clone(&state), &page, &frame, &api.origin);
        let in_frame = frame::router(&frame, &page, &api.origin);
        tokio::try_join!(
            api.serve(api::router(state)),
            page.serve(in_page),
            frame.serve(in_frame)
        )?;
        Ok(())
    })
}

/// Allows the page most requests of the table, so that the table shows allowed and refused requests.
fn initial_policy(page: &str) -> Config {
    Config::new()
        .allow_origins([page])
        .allow_methods(["GET", "POST", "PUT"])
        .allow_headers(["Authorization", "X-Requested-With"])
        .allow_credentials(true)
        .expose_headers(["X-Request-Id"])
}
