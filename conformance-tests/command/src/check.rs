//! `cors check`: sends the requests that a browser would send for a script, and reports whether the script could read the
//! response, why not, and what to change.

mod curl;
mod json;
mod options;
mod plan;
mod report;
mod secret;
mod text;
mod visit;

use std::process::ExitCode;

use tokio::runtime;

use self::options::Format;
pub(crate) use self::options::Options;
use self::plan::Plan;
use self::report::Report;
use self::visit::{Visit, visit};
use super::client::{Client, Settings};
use super::{Failure, print_error, print_result};

pub(crate) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let plan = Plan::new(options).map_err(Failure::new)?;
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(Failure::new)?;
    let visit = runtime.block_on(send(options, &plan));
    runtime.shutdown_background();
    let report = Report::new(&plan, &visit);
    print_result(&match options.format {
        Format::Text => text::text(&report, options.stack, options.verbose),
        Format::Json => format!("{:#}", json::json(&report, options)),
    })?;
    if !report.verdict.is_known() {
        print_error(Failure::new(&report.reason));
    }
    Ok(ExitCode::from(report.verdict.exit_status()))
}

async fn send(options: &Options, plan: &Plan) -> Visit {
    let client = Client::new(Settings {
        time_limit: options.time_limit,
        accepts_any_certificate: plan.accepts_any_certificate,
        user_agent: plan
            .user_agent
            .clone()
            .unwrap_or_else(|| USER_AGENT.to_owned()),
        reads_errors: true,
    });
    visit(plan, &client, options.browser.quirks()).await
}

/// Some servers refuse requests without one.
const USER_AGENT: &str = concat!(
    "Mozilla/5.0 (compatible; cors-check/",
    env!("CARGO_PKG_VERSION"),
    ")"
);
