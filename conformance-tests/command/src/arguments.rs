//! The values of arguments that several subcommands have.

use std::time::Duration;

use browser_model::Url;

/// Name and value.
pub(crate) type Header = (String, Vec<u8>);

pub(crate) fn url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| match error.to_string().as_str() {
        "relative URL without a base" => {
            "it has no scheme; write a URL such as `https://api.example.com/items`".to_owned()
        }
        problem => problem.to_owned(),
    })?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("only http and https URLs are supported".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            "scripts cannot fetch a URL with a user name or password; remove them, and authenticate with `-H` if the server \
             needs it"
                .to_owned(),
        );
    }
    Ok(url)
}

/// Parses an origin. It must be in the form that browsers send, because a page has no other form.
pub(crate) fn origin(text: &str) -> Result<String, String> {
    let origin = browser_model::page_origin(text).ok_or_else(|| no_origin(text))?;
    match origin == text {
        true => Ok(origin),
        false => Err(format!(
            "browsers send this origin as `{origin}`; use that form"
        )),
    }
}

fn no_origin(text: &str) -> String {
    let form = "an origin must have the form `scheme://host`, `scheme://host:port` or `null`";
    let is_host = text.starts_with(|c: char| c.is_ascii_alphanumeric()) && !text.contains("://");
    let meant = browser_model::page_origin(&format!("https://{text}")).filter(|_| is_host);
    meant.map_or_else(
        || form.to_owned(),
        |meant| format!("{form}; perhaps `{meant}`"),
    )
}

/// Parses a header line.
pub(crate) fn header(text: &str) -> Result<Header, String> {
    let (name, value) = text
        .split_once(':')
        .ok_or("a header must have the form `NAME: VALUE`")?;
    Ok((name.to_owned(), value.trim().into()))
}

/// A host as it is in a URL, without a port.
pub(crate) fn host(text: &str) -> Result<String, String> {
    let problem = "write a host name or an address without scheme, port and path";
    let name = text.rsplit(']').next().unwrap_or_default();
    let url = Url::parse(&format!("http://{text}/")).map_err(|_| problem)?;
    match url.host_str() {
        Some(host) if !name.contains([':', '/', '?', '#', '@', '\\']) => Ok(host.to_owned()),
        _ => Err(problem.to_owned()),
    }
}

/// A number of seconds.
pub(crate) fn seconds(text: &str) -> Result<Duration, String> {
    const DAY: f64 = 86_400.0;
    let seconds: f64 = text.parse().map_err(|_| "write a number of seconds")?;
    match (0.001..=DAY).contains(&seconds) {
        true => Ok(Duration::from_secs_f64(seconds)),
        false => Err("write at least 0.001 seconds and at most a day".to_owned()),
    }
}
