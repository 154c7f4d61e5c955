//! The arguments of `cors check`.

use std::time::Duration;

use browser_model::{Quirks, Url};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use cors_diagnosis::Stack;

use crate::arguments::{self, Header};

#[derive(Args)]
pub(crate) struct Options {
    /// The http or https URL to fetch
    #[arg(value_parser = arguments::url, required_unless_present = "from_curl", conflicts_with = "from_curl")]
    pub(super) url: Option<Url>,
    /// The origin of the page, such as `https://app.example.com`, or `null` [default: that of the curl command]
    #[arg(long, value_parser = arguments::origin, required_unless_present = "from_curl")]
    pub(super) origin: Option<String>,
    /// The method [default: GET, or POST with a body]
    #[arg(short = 'X', long)]
    pub(super) method: Option<String>,
    /// A header that the script sets; can be repeated
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE", value_parser = arguments::header)]
    pub(super) headers: Vec<Header>,
    /// The request body, as text
    #[arg(long, value_name = "TEXT")]
    pub(super) data: Option<String>,
    /// Apply the rules for `credentials: "include"`
    #[arg(long)]
    pub(super) credentials: bool,
    /// Cookies to send, such as `session=1`; implies `--credentials`. They are never sent with a preflight or to another host
    #[arg(long, value_name = "COOKIES")]
    pub(super) cookie: Option<String>,
    /// Force a preflight, as a script does that listens to upload progress
    #[arg(long)]
    pub(super) forces_preflight: bool,
    /// The name of a response header that the script reads; can be repeated
    #[arg(long = "reads", value_name = "NAME")]
    pub(super) reads: Vec<String>,
    /// A curl command in quotes, such as that of "Copy as cURL (bash)" in a browser; `-` reads it from standard input
    #[arg(long, value_name = "COMMAND")]
    pub(super) from_curl: Option<String>,
    /// The browser engine to imitate, with its deviations from the Fetch standard
    #[arg(long, value_enum, default_value_t)]
    pub(super) browser: Browser,
    /// Another host to which requests may be sent if a redirect leads there; can be repeated
    #[arg(long, value_name = "HOST", value_parser = arguments::host)]
    pub(super) follow_to: Vec<String>,
    /// Accept any certificate. Anyone between this machine and the server can then read and change everything
    #[arg(long)]
    pub(super) insecure: bool,
    /// The time limit for all requests together, in seconds
    #[arg(long, value_name = "SECONDS", value_parser = arguments::seconds, default_value = "30")]
    pub(super) time_limit: Duration,
    /// Print lines of configuration for this server software
    #[arg(long, value_parser = stack())]
    pub(super) stack: Option<Stack>,
    /// The format of the report
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: Format,
    /// Print all header lines, not only those that matter to CORS
    #[arg(short, long)]
    pub(super) verbose: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Browser {
    #[default]
    Standard,
    Chromium,
    Firefox,
    Webkit,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    #[default]
    Text,
    Json,
}

impl Browser {
    pub(super) fn quirks(self) -> Quirks {
        match self {
            Self::Standard => Quirks::NONE,
            Self::Chromium => Quirks::CHROMIUM,
            Self::Firefox => Quirks::FIREFOX,
            Self::Webkit => Quirks::WEBKIT,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::Webkit => "webkit",
        }
    }
}

/// Parses the name of a stack.
fn stack() -> impl TypedValueParser<Value = Stack> {
    let stacks = Stack::ALL.iter();
    let named = |name: String| Stack::ALL.iter().find(|stack| stack.id() == name).copied();
    PossibleValuesParser::new(stacks.map(|stack| stack.id()))
        .try_map(move |name| named(name).ok_or("unknown stack"))
}
