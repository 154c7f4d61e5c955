//! A `curl` command, as browsers copy it from their developer tools or as people write it.

mod grammar;
mod words;

use self::grammar::{Arguments, Data};
use crate::arguments::{self, Header};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use browser_model::{Fetch, Url, page_origin};

/// The longest command. Copied commands contain whole request bodies.
pub(super) const MAX_LENGTH: usize = 32 << 20;

const MAX_WORDS: usize = 10_000;

/// What a curl command says about a fetch.
#[derive(Debug)]
pub(super) struct Curl {
    pub(super) url: Url,
    /// From `Origin`, or from `Referer`, which is the page.
    pub(super) origin: Option<String>,
    pub(super) method: Option<String>,
    pub(super) headers: Vec<Header>,
    pub(super) body: Option<Vec<u8>>,
    pub(super) cookie: Option<String>,
    pub(super) user_agent: Option<String>,
    pub(super) insecure: bool,
    /// What was changed or left out, one sentence each.
    pub(super) notes: Vec<String>,
}

/// Parses a command. The error is one line.
pub(super) fn parse(command: &str) -> Result<Curl, String> {
    let mut words = words::words(command)?;
    if words.len() > MAX_WORDS {
        return Err(format!("it has more than {MAX_WORDS} words"));
    }
    let options = words.split_off(words.len().min(1));
    let program = words.pop().ok_or("it is empty")?;
    if program.rsplit('/').next() != Some("curl") {
        return Err("it does not start with `curl`".to_owned());
    }
    let mut options = grammar::parse(options)?;
    let mut curl = Curl {
        url: url(&options.urls)?,
        origin: None,
        method: options.method.take(),
        headers: Vec::new(),
        body: body(&options.data)?,
        cookie: None,
        user_agent: options.user_agent.take(),
        insecure: options.is_insecure,
        notes: Vec::new(),
    };
    if options.is_head && curl.method.is_none() {
        curl.method = Some("HEAD".to_owned());
    }
    curl.read_headers(&options)?;
    curl.read_credentials(&options)?;
    curl.add_types(&options);
    Ok(curl)
}

impl Curl {
    fn read_headers(&mut self, options: &Arguments) -> Result<(), String> {
        let mut referer = options.referer.clone();
        let mut left_out = Vec::new();
        for line in &options.headers {
            let Some((name, value)) = header(line)? else {
                continue;
            };
            match name.to_ascii_lowercase().as_str() {
                "origin" => self.origin = Some(arguments::origin(&value)?),
                "cookie" => self.cookie = Some(value),
                "referer" => referer = Some(value),
                "user-agent" => self.user_agent = Some(value),
                lower if BY_BROWSERS.contains(&lower) => left_out.push(name),
                _ => self.headers.push((name, value.into_bytes())),
            }
        }
        let fetch = Fetch {
            headers: std::mem::take(&mut self.headers),
            ..Fetch::new("null", self.url.clone())
        };
        let forbidden: Vec<_> = fetch.forbidden_headers().map(str::to_owned).collect();
        self.headers = fetch.headers;
        self.headers.retain(|(name, _)| !forbidden.contains(name));
        left_out.extend(forbidden);
        if !left_out.is_empty() {
            self.notes.push(format!(
                "headers that browsers set themselves are left out: {}; if the script sets one, add it with `-H`",
                left_out.join(", ").escape_debug()
            ));
        }
        if self.origin.is_none() {
            self.origin = referer.as_deref().and_then(page_origin);
            if let Some(origin) = &self.origin {
                let note = format!("the command has no Origin; {origin} is from its Referer");
                self.notes.push(note);
            }
        }
        Ok(())
    }

    fn read_credentials(&mut self, options: &Arguments) -> Result<(), String> {
        if let Some(cookie) = &options.cookie {
            if !cookie.contains('=') {
                return Err(format!(
                    "`-b {}` reads cookies from a file; write them as `NAME=VALUE`",
                    shortened(cookie)
                ));
            }
            self.cookie = Some(cookie.clone());
        }
        if let Some(user) = &options.user {
            let colon = if user.contains(':') { "" } else { ":" };
            let value = format!("Basic {}", BASE64_STANDARD.encode(format!("{user}{colon}")));
            self.headers
                .push(("Authorization".to_owned(), value.into_bytes()));
            let note = "`-u` is sent as the header Authorization, as a script would set it";
            self.notes.push(note.to_owned());
        }
        if self.cookie.is_some() {
            let note = "the command has a cookie, so the fetch is made with credentials";
            self.notes.push(note.to_owned());
        }
        Ok(())
    }

    /// Adds the headers that curl adds to a body.
    fn add_types(&mut self, options: &Arguments) {
        if self.body.is_none() {
            return;
        }
        let defaults: &[(&str, &str)] = match options.data.iter().any(|part| part.0 == Data::Json) {
            true => &[
                ("Content-Type", "application/json"),
                ("Accept", "application/json"),
            ],
            false => &[("Content-Type", "application/x-www-form-urlencoded")],
        };
        for (name, value) in defaults {
            let mut headers = self.headers.iter();
            if !headers.any(|header| header.0.eq_ignore_ascii_case(name)) {
                self.headers.push(((*name).to_owned(), (*value).into()));
            }
        }
    }
}

/// Headers that scripts may set, but that are the browser's own in a copied command.
const BY_BROWSERS: [&str; 8] = [
    "accept-language",
    "cache-control",
    "if-modified-since",
    "if-none-match",
    "pragma",
    "priority",
    "save-data",
    "upgrade-insecure-requests",
];

fn url(urls: &[String]) -> Result<Url, String> {
    match urls {
        [] => Err("it has no URL".to_owned()),
        [url] => arguments::url(url)
            .map_err(|problem| format!("its URL `{}`: {problem}", shortened(url))),
        [_, second, ..] => Err(format!(
            "it has several URLs, of which `{}` is the second; write one",
            shortened(second)
        )),
    }
}

/// `NAME: VALUE`, or `NAME;` for an empty value; `None` for `NAME:`, with which curl leaves out a header of its own.
fn header(line: &str) -> Result<Option<(String, String)>, String> {
    if line.starts_with('@') {
        let file = shortened(line);
        return Err(format!(
            "`-H {file}` reads headers from a file; write them as `NAME: VALUE`"
        ));
    }
    let (name, value) = match (line.split_once(':'), line.strip_suffix(';')) {
        (Some((_, value)), _) if value.trim().is_empty() => return Ok(None),
        (Some(parts), _) => parts,
        (None, Some(name)) => (name, ""),
        (None, None) => {
            let line = shortened(line);
            return Err(format!(
                "its header `{line}` does not have the form `NAME: VALUE`"
            ));
        }
    };
    Ok(Some((name.to_owned(), value.trim().to_owned())))
}

/// All data: curl joins it by `&`, but JSON without it.
fn body(data: &[(Data, String)]) -> Result<Option<Vec<u8>>, String> {
    let mut body: Option<Vec<u8>> = None;
    for (kind, value) in data {
        if *kind != Data::Raw && value.starts_with('@') {
            return Err(format!(
                "the data `{}` is read from a file; write its content after `--data-raw`",
                shortened(value)
            ));
        }
        match &mut body {
            None => body = Some(value.as_bytes().to_vec()),
            Some(body) => {
                if *kind != Data::Json {
                    body.push(b'&');
                }
                body.extend(value.bytes());
            }
        }
    }
    Ok(body)
}

/// A text of the command, for a message.
fn shortened(text: &str) -> String {
    let start: String = text.chars().take(60).collect();
    let dots = if start.len() < text.len() { "..." } else { "" };
    format!("{}{dots}", start.escape_debug())
}
