//! `cors fetch`: what a browser would ask a server on behalf of a script, and what it would make of
//! the answers.

use std::process::ExitCode;

use anyhow::{Context as _, Result, anyhow};
use browser_model::{
    Blocked, Browser, Credentials, Fetch, Outcome, PreflightFailure, Quirks, Readable, Request,
    Response, ResponseKind, Url,
};
use clap::{Args, ValueEnum};
use conformance_tests::vector::{self, Line};
use conformance_tests::wire::{self, Connection};

use super::{Failure, say};

#[derive(Args)]
pub(crate) struct Options {
    /// What the script fetches; http only
    #[arg(value_parser = http_url)]
    url: Url,
    /// The origin of the page, such as `https://app.example.com`, or `null`
    #[arg(long, value_parser = origin)]
    origin: String,
    /// The method; without it GET, or POST if there is a body
    #[arg(short = 'X', long)]
    method: Option<String>,
    /// A header that the script sets; as often as needed
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE", value_parser = header)]
    headers: Vec<(String, Vec<u8>)>,
    /// The text that the script sends
    #[arg(long, value_name = "TEXT")]
    body: Option<String>,
    /// The script says `credentials: "include"`; none are sent
    #[arg(long)]
    credentials: bool,
    /// The script listens to the progress of the upload, which takes a preflight
    #[arg(long)]
    forces_preflight: bool,
    /// Whose deviations from the standard to take part in
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
    let mut unspoken = None;
    let mut browser = Browser::new(options.browser.quirks());
    let outcome = browser.fetch(&options.fetch(), |request| {
        show_request(request);
        if request.url.scheme() != "http" {
            unspoken = Some(request.url.clone());
            return None;
        }
        let answer = send(request);
        show_answer(&answer);
        answer.ok()
    });
    if let Some(url) = unspoken {
        let problem = format_args!("a redirect leads to {url}, and only http can be followed");
        return Err(Failure::new(problem));
    }
    match &outcome.result {
        Ok(readable) => {
            say(format_args!("readable: {}", description(readable)));
            Ok(ExitCode::SUCCESS)
        }
        Err(blocked) => {
            let hint = hint(blocked, &outcome, options.credentials);
            say(format_args!("blocked: {blocked}{hint}"));
            Ok(ExitCode::FAILURE)
        }
    }
}

impl Options {
    fn fetch(&self) -> Fetch {
        let mut headers = self.headers.clone();
        let is_type = |line: &(String, _)| line.0.eq_ignore_ascii_case("content-type");
        if self.body.is_some() && !headers.iter().any(is_type) {
            // What a browser says of a string.
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
        "https" => Err("https is not spoken here; ask the server at its http address".to_owned()),
        _ => Err("not an http URL".to_owned()),
    }
}

/// As a browser writes it: a page never has any other.
fn origin(text: &str) -> Result<String, String> {
    if text == "null" {
        return Ok(text.to_owned());
    }
    let url = Url::parse(text).ok().filter(Url::has_authority);
    let url = url.ok_or("an origin is `scheme://host`, `scheme://host:port` or `null`")?;
    let origin = match url.origin().is_tuple() {
        true => url.origin().ascii_serialization(),
        // Of extensions and applications.
        false => format!("{}://{}", url.scheme(), url.authority()),
    };
    match origin == text {
        true => Ok(origin),
        false => Err(format!("browsers write this origin `{origin}`")),
    }
}

fn header(text: &str) -> Result<(String, Vec<u8>), String> {
    let (name, value) = text.split_once(':').ok_or("not `NAME: VALUE`")?;
    Ok((name.to_owned(), value.into()))
}

// ---- the network

fn send(request: &Request) -> Result<Response> {
    let mut connection = connect(&request.url)?;
    connection.send(&wire::bytes(&on_the_wire(request)?))?;
    loop {
        let head = connection.read_head()?;
        let head = head.context("the server hung up")?;
        // Those below 200 only announce it.
        if head.status >= 200 {
            return Ok(Response {
                status: head.status,
                headers: head.headers,
            });
        }
    }
}

/// To the first address that can be reached: `localhost` has two.
fn connect(url: &Url) -> Result<Connection> {
    let mut result = Err(anyhow!("{} has no address", url.authority()));
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
    say(format_args!("> {method} {url}{kind}"));
    show_lines('>', &request.headers, &["origin"]);
}

fn show_answer(answer: &Result<Response>) {
    match answer {
        Ok(answer) => {
            say(format_args!("< {}", answer.status));
            show_lines('<', &answer.headers, &["vary", "location"]);
        }
        Err(error) => say(format_args!("< no answer: {error}")),
    }
}

/// Those of CORS, and these.
fn show_lines(side: char, lines: &[(String, Vec<u8>)], names: &[&str]) {
    for (name, value) in lines {
        if name.starts_with("access-control-") || names.contains(&name.as_str()) {
            say(format_args!("{side}   {name}: {}", value.escape_ascii()));
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
        ResponseKind::Basic => "; the page's own origin, so that CORS has no say",
        _ => "",
    };
    format!("status {}, {headers}{own}", readable.status)
}

/// For those who see a `*` in the answer and wonder.
fn hint(blocked: &Blocked, outcome: &Outcome, with_credentials: bool) -> &'static str {
    let header = match blocked {
        Blocked::Preflight(PreflightFailure::Method(_)) => "access-control-allow-methods",
        Blocked::Preflight(PreflightFailure::Header(name)) if name != "authorization" => {
            "access-control-allow-headers"
        }
        _ => return "",
    };
    let answer = outcome
        .exchanges
        .last()
        .and_then(|(_, answer)| answer.as_ref());
    let mut lines = answer.into_iter().flat_map(|answer| &answer.headers);
    let has_any = lines.any(|(name, value)| name == header && value.contains(&b'*'));
    match has_any && with_credentials {
        true => ": with credentials, `*` is no wildcard",
        false => "",
    }
}
