//! `cors fetch`: sends the requests that a browser would send for a script, and reports whether the
//! script could read the response.

use std::process::ExitCode;

use anyhow::{Context as _, Result, anyhow};
use browser_model::{
    Blocked, Browser, Credentials, Fetch, Outcome, PreflightFailure, Quirks, Readable, Request,
    Response, ResponseKind, Url,
};
use clap::{Args, ValueEnum};
use conformance_tests::vector::{self, Line};
use conformance_tests::wire::{self, Connection};

use super::arguments::{header, origin};
use super::{Failure, print_line};

#[derive(Args)]
pub(crate) struct Options {
    /// The URL to fetch; only http is supported
    #[arg(value_parser = http_url)]
    url: Url,
    /// The origin of the page, such as `https://app.example.com`, or `null`
    #[arg(long, value_parser = origin)]
    origin: String,
    /// The method [default: GET, or POST with a body]
    #[arg(short = 'X', long)]
    method: Option<String>,
    /// A header that the script sets; can be repeated
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE", value_parser = header)]
    headers: Vec<(String, Vec<u8>)>,
    /// The request body, as text
    #[arg(long, value_name = "TEXT")]
    body: Option<String>,
    /// Apply the rules for `credentials: "include"`; no actual credentials are sent
    #[arg(long)]
    credentials: bool,
    /// Force a preflight, like a script that listens to upload progress
    #[arg(long)]
    forces_preflight: bool,
    /// The browser engine whose deviations from the Fetch standard to apply
    #[arg(long, value_enum, default_value_t)]
    browser: Engine,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Engine {
    #[default]
    Standard,
    Chromium,
    Firefox,
    Webkit,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let mut unsupported = None;
    let mut browser = Browser::new(options.browser.quirks());
    let outcome = browser.fetch(&options.fetch(), |request| {
        show_request(request);
        if request.url.scheme() != "http" {
            unsupported = Some(request.url.clone());
            return None;
        }
        let response = send(request);
        show_response(&response);
        response.ok()
    });
    if let Some(url) = unsupported {
        let problem = format_args!("cannot follow the redirect to {url}: only http is supported");
        return Err(Failure::new(problem));
    }
    match &outcome.result {
        Ok(readable) => {
            print_line(format_args!("readable: {}", description(readable)));
            Ok(ExitCode::SUCCESS)
        }
        Err(blocked) => {
            let hint = hint(blocked, &outcome, options.credentials);
            print_line(format_args!("blocked: {blocked}{hint}"));
            Ok(ExitCode::FAILURE)
        }
    }
}

impl Options {
    fn fetch(&self) -> Fetch {
        let mut headers = self.headers.clone();
        let is_type = |line: &(String, _)| line.0.eq_ignore_ascii_case("content-type");
        if self.body.is_some() && !headers.iter().any(is_type) {
            // The type that a browser sets for a string.
            let text = b"text/plain;charset=UTF-8".to_vec();
            headers.push(("content-type".to_owned(), text));
        }
        let usual = if self.body.is_some() { "POST" } else { "GET" };
        Fetch {
            method: self.method.as_deref().unwrap_or(usual).to_owned(),
            headers,
            body: self.body.clone().map(String::into_bytes),
            credentials: match self.credentials {
                true => Credentials::Include,
                false => Credentials::SameOrigin,
            },
            forces_preflight: self.forces_preflight,
            ..Fetch::new(&self.origin, self.url.clone())
        }
    }
}

impl Engine {
    fn quirks(self) -> Quirks {
        match self {
            Self::Standard => Quirks::NONE,
            Self::Chromium => Quirks::CHROMIUM,
            Self::Firefox => Quirks::FIREFOX,
            Self::Webkit => Quirks::WEBKIT,
        }
    }
}

// ---- arguments

fn http_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    match url.scheme() {
        "http" => Ok(url),
        "https" => Err("https is not supported; use the http address of the server".to_owned()),
        _ => Err("only http URLs are supported".to_owned()),
    }
}

// ---- the network

fn send(request: &Request) -> Result<Response> {
    let mut connection = connect(&request.url)?;
    connection.send(&wire::bytes(&on_the_wire(request)?))?;
    loop {
        let head = connection.read_head()?;
        let head = head.context("the server closed the connection")?;
        // Skip informational responses, such as 103 Early Hints.
        if head.status >= 200 {
            return Ok(Response {
                status: head.status,
                headers: head.headers,
            });
        }
    }
}

/// Connects to the first reachable address: `localhost` can have two.
fn connect(url: &Url) -> Result<Connection> {
    let mut result = Err(anyhow!(
        "{} does not resolve to an address",
        url.authority()
    ));
    for address in url.socket_addrs(|| None)? {
        result = Connection::open(address).map_err(Into::into);
        if result.is_ok() {
            break;
        }
    }
    result
}

fn on_the_wire(request: &Request) -> Result<vector::Request> {
    let url = &request.url;
    let mut lines = vec![Line::new(format!("Host: {}", url.authority()))?];
    for (name, value) in &request.headers {
        lines.push(Line::new([name.as_bytes(), b": ", value].concat())?);
    }
    if !lines.iter().any(|line| line.is("accept")) {
        lines.push(Line::new("accept: */*")?);
    }
    let body = request.body.clone().unwrap_or_default();
    if body.is_empty() && ["POST", "PUT"].contains(&request.method.as_str()) {
        lines.push(Line::new("content-length: 0")?);
    }
    let query = url.query().map(|query| format!("?{query}"));
    Ok(vector::Request {
        method: request.method.clone(),
        target: format!("{}{}", url.path(), query.unwrap_or_default()),
        lines,
        body: String::from_utf8(body)?,
    })
}

// ---- the report

fn show_request(request: &Request) {
    let (method, url) = (&request.method, &request.url);
    let kind = match (request.is_preflight, request.with_credentials) {
        (true, _) => " (preflight)",
        (false, true) => " (with credentials)",
        (false, false) => "",
    };
    print_line(format_args!("> {method} {url}{kind}"));
    show_lines('>', &request.headers, &["origin"]);
}

fn show_response(response: &Result<Response>) {
    match response {
        Ok(response) => {
            print_line(format_args!("< {}", response.status));
            show_lines('<', &response.headers, &["vary", "location"]);
        }
        Err(error) => print_line(format_args!("< no response: {error}")),
    }
}

/// Prints the CORS headers and the headers with these names.
fn show_lines(side: char, lines: &[(String, Vec<u8>)], names: &[&str]) {
    for (name, value) in lines {
        if name.starts_with("access-control-") || names.contains(&name.as_str()) {
            print_line(format_args!("{side}   {name}: {}", value.escape_ascii()));
        }
    }
}

fn description(readable: &Readable) -> String {
    let mut names: Vec<_> = readable
        .headers
        .iter()
        .map(|line| line.0.as_str())
        .collect();
    names.sort_unstable();
    names.dedup();
    let headers = match names.is_empty() {
        true => "no headers".to_owned(),
        false => format!("headers {}", names.join(", ")),
    };
    let own = match readable.kind {
        ResponseKind::Basic => "; same-origin, so CORS does not apply",
        _ => "",
    };
    format!("status {}, {headers}{own}", readable.status)
}

/// A hint for the case that the response has a `*` which is not a wildcard.
fn hint(blocked: &Blocked, outcome: &Outcome, with_credentials: bool) -> &'static str {
    let header = match blocked {
        Blocked::Preflight(PreflightFailure::Method(_)) => "access-control-allow-methods",
        Blocked::Preflight(PreflightFailure::Header(name)) if name != "authorization" => {
            "access-control-allow-headers"
        }
        _ => return "",
    };
    let response = outcome
        .exchanges
        .last()
        .and_then(|(_, response)| response.as_ref());
    let mut lines = response.into_iter().flat_map(|response| &response.headers);
    let has_any = lines.any(|(name, value)| name == header && value.contains(&b'*'));
    match has_any && with_credentials {
        true => "; `*` is not a wildcard for requests with credentials",
        false => "",
    }
}
