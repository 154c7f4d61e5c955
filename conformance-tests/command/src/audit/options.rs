//! The arguments of `cors audit`.

use std::time::Duration;

use browser_model::Url;
use clap::{Args, ValueEnum};

use super::rule::Severity;
use super::target::Target;
use crate::arguments::{self, Header};

#[derive(Args)]
pub(crate) struct Options {
    /// The http or https URL to send requests to. Audit only servers that are yours
    #[arg(value_parser = arguments::url)]
    url: Url,
    /// An origin that the server should allow. The audit tries similar origins; can be repeated
    #[arg(long = "origin", value_name = "ORIGIN", value_parser = arguments::origin)]
    origins: Vec<String>,
    /// The method of the requests
    #[arg(short = 'X', long, default_value = "GET", value_parser = ["GET", "HEAD"])]
    method: String,
    /// A header for every request except preflights, such as `Authorization: Bearer ...`; can be repeated
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE", value_parser = header)]
    headers: Vec<Header>,
    /// Cookies for every request except preflights, such as `session=1`
    #[arg(long, value_name = "COOKIES")]
    pub(super) cookie: Option<String>,
    /// Print the requests as curl commands, and send nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    /// The maximum number of requests in a second
    #[arg(long, value_name = "NUMBER", default_value = "10", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(super) rate: u32,
    /// Exit with status 1 if a finding has this severity or a higher one
    #[arg(long, value_enum, value_name = "SEVERITY", default_value = "low")]
    pub(super) fail_on: Severity,
    /// Accept any certificate. Anyone between this machine and the server can then read and change everything
    #[arg(long)]
    pub(super) insecure: bool,
    /// The time limit for each request, in seconds
    #[arg(long, value_name = "SECONDS", value_parser = arguments::seconds, default_value = "10")]
    pub(super) time_limit: Duration,
    /// The format of the report. SARIF is for code hosts
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: Format,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    #[default]
    Text,
    Json,
    Sarif,
}

impl Options {
    pub(super) fn target(&self) -> Target {
        let mut url = self.url.clone();
        url.set_fragment(None);
        Target {
            url,
            method: self.method.clone(),
            headers: self.headers.clone(),
            origins: self.origins.clone(),
        }
    }
}

/// Parses a header line. The audit sets some headers itself.
fn header(text: &str) -> Result<Header, String> {
    const ITS_OWN: [&str; 6] = [
        "connection",
        "content-length",
        "cookie",
        "host",
        "origin",
        "transfer-encoding",
    ];
    let (name, value) = arguments::header(text)?;
    let lower = name.to_ascii_lowercase();
    let is_prefixed = ["access-control-", "sec-fetch-"]
        .iter()
        .any(|prefix| lower.starts_with(prefix));
    if ITS_OWN.contains(&lower.as_str()) || is_prefixed {
        let instead = match lower.as_str() {
            "cookie" => "use `--cookie`",
            "origin" => "name an origin that the server should allow with `--origin`",
            _ => "leave it out",
        };
        return Err(format!("the audit sets `{lower}` itself; {instead}"));
    }
    Ok((name, value))
}
