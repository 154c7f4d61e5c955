//! The values of arguments.

use std::time::Duration;

use browser_model::{Url, page_origin};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use cors_diagnosis::Stack;

/// Name and value.
pub(super) type Header = (String, Vec<u8>);

pub(super) fn url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| match error.to_string().as_str() {
        "relative URL without a base" => {
            "it has no scheme; write a URL such as `https://api.example.com/items`".to_owned()
        }
        problem => problem.to_owned(),
    })?;
    match url.scheme() {
        "http" | "https" => Ok(url),
        _ => Err("only http and https URLs are supported".to_owned()),
    }
}

/// Parses an origin. It must be in the form that browsers send, because a page has no other form.
pub(super) fn origin(text: &str) -> Result<String, String> {
    let origin = page_origin(text)
        .ok_or("an origin must have the form `scheme://host`, `scheme://host:port` or `null`")?;
    match origin == text {
        true => Ok(origin),
        false => Err(format!(
            "browsers send this origin as `{origin}`; use that form"
        )),
    }
}

pub(super) fn header(text: &str) -> Result<Header, String> {
    let (name, value) = text
        .split_once(':')
        .ok_or("a header must have the form `NAME: VALUE`")?;
    Ok((name.to_owned(), value.into()))
}

/// A host as it is in a URL, without a port.
pub(super) fn host(text: &str) -> Result<String, String> {
    let problem = "write a host name or an address without scheme, port and path";
    let name = text.rsplit(']').next().unwrap_or_default();
    let url = Url::parse(&format!("http://{text}/")).map_err(|_| problem)?;
    match url.host_str() {
        Some(host) if !name.contains([':', '/', '?', '#', '@', '\\']) => Ok(host.to_owned()),
        _ => Err(problem.to_owned()),
    }
}

/// A number of seconds.
pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    const DAY: f64 = 86_400.0;
    let seconds: f64 = text.parse().map_err(|_| "write a number of seconds")?;
    match seconds > 0.0 && seconds <= DAY {
        true => Ok(Duration::from_secs_f64(seconds)),
        false => Err("write more than 0 seconds and at most a day".to_owned()),
    }
}

/// The name of a stack.
pub(super) fn stack() -> impl TypedValueParser<Value = Stack> {
    let stacks = Stack::ALL.iter();
    let named = |name: String| Stack::ALL.iter().find(|stack| stack.id() == name).copied();
    PossibleValuesParser::new(stacks.map(|stack| stack.id()))
        .try_map(move |name| named(name).ok_or("unknown stack"))
}
