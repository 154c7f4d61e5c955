//! `cors explain`: what happens to a request under a policy, step by step, without a server.

use std::path::PathBuf;
use std::process::ExitCode;

use browser_model::{Credentials, Fetch, Url};
use clap::{Args, ValueEnum};
use cors_core::Policy;
use cors_explain::{Explanation, text};

use super::arguments::{Header, header, origin, url};
use super::policy_file::{PolicyFile, ReadOptions};
use super::{Failure, print_result};

#[derive(Args)]
pub(crate) struct Options {
    /// The policy file, .json or .toml; `-` reads JSON or TOML from standard input
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,
    #[command(flatten)]
    read: ReadOptions,
    /// The origin of the page, such as `https://app.example.com`, or `null`
    #[arg(long, value_parser = origin)]
    origin: String,
    /// The URL of the request, of which only the origin and the host matter [default: a URL of another origin]
    #[arg(long, value_parser = url)]
    url: Option<Url>,
    /// The method
    #[arg(short = 'X', long, default_value = "GET")]
    method: String,
    /// A header that the script sets; can be repeated. Without a value, the header is empty
    #[arg(short = 'H', long = "header", value_name = "NAME[: VALUE]", value_parser = name_or_header)]
    headers: Vec<Header>,
    /// Apply the rules for `credentials: "include"`, with which browsers send cookies
    #[arg(long)]
    credentials: bool,
    /// Force a preflight, as a script does that listens to upload progress
    #[arg(long)]
    forces_preflight: bool,
    /// The format of the report
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Format {
    /// Sections of text
    #[default]
    Text,
    /// One JSON object
    Json,
}

/// Fails if the script cannot read the response.
pub(crate) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let file = PolicyFile::read_with(&options.policy, &options.read)?;
    let name = file.name.clone();
    let policy = file.build_silently()?;
    let explanation = Explanation::of(&options.fetch(&policy)?, &policy);
    let report = match options.format {
        Format::Text => text(&explanation, &name).map_err(Failure::new)?,
        Format::Json => serde_json::to_string_pretty(&explanation).map_err(Failure::new)?,
    };
    print_result(&report)?;
    Ok(match explanation.is_readable() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

impl Options {
    fn fetch(&self, policy: &Policy) -> Result<Fetch, Failure> {
        let url = self
            .url
            .clone()
            .or_else(|| default_url(&self.origin, policy));
        let url =
            url.ok_or_else(|| Failure::new("the URL of the request is needed: add `--url URL`"))?;
        Ok(Fetch {
            method: self.method.clone(),
            headers: self.headers.clone(),
            credentials: match self.credentials {
                true => Credentials::Include,
                false => Credentials::SameOrigin,
            },
            forces_preflight: self.forces_preflight,
            ..Fetch::new(&self.origin, url)
        })
    }
}

/// A URL of the server that is not of the page's own origin.
fn default_url(origin: &str, policy: &Policy) -> Option<Url> {
    let config = policy.to_config();
    let own = config.get_own_origins().iter().map(String::as_str);
    let mut candidates = own.chain(["https://api.example", "https://server.example"]);
    candidates.find_map(|candidate| {
        let url = Url::parse(candidate).ok()?;
        (url.origin().ascii_serialization() != origin).then_some(url)
    })
}

fn name_or_header(text: &str) -> Result<Header, String> {
    match text.contains(':') {
        true => header(text),
        false => Ok((text.to_owned(), Vec::new())),
    }
}
