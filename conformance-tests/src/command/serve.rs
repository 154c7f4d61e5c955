//! `cors serve`: the test application behind an adapter, for any client.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use conformance_tests::app;
use tokio::net::TcpListener;

use super::policy_file::PolicyFile;
use super::stop::until_stopped;
use super::{Failure, Framework, say};

#[derive(Args)]
pub(crate) struct Options {
    /// The framework whose adapter answers
    #[arg(long, value_enum, default_value_t)]
    framework: Framework,
    /// A policy file, .json or .toml
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8000")]
    listen: SocketAddr,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let policy = PolicyFile::read(&options.policy)?.build()?;
    until_stopped(|| async {
        let at = options.listen;
        let busy = |error| Failure::new(format_args!("cannot listen on {at}: {error}"));
        let listener = TcpListener::bind(at).await.map_err(busy)?;
        say(format_args!(
            "listening on http://{}",
            listener.local_addr().map_err(Failure::new)?
        ));
        match options.framework {
            Framework::Axum => axum::serve(listener, app::axum::behind(policy))
                .await
                .map_err(Failure::new),
        }
    })
}
