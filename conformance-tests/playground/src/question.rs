//! A request of a script that the page asks about.

use axum::body::Bytes;
use browser_model::{Credentials, Fetch, Url, page_origin};
use serde::Deserialize;

/// The maximum length of a question.
pub(crate) const LONGEST: usize = 64 * 1024;

#[derive(Deserialize)]
struct Question {
    origin: String,
    url: String,
    method: String,
    headers: Vec<(String, String)>,
    credentials: bool,
    body: Option<String>,
}

/// Reads a question.
pub(crate) fn parse(json: &Bytes) -> Result<Fetch, String> {
    let asked: Question = serde_json::from_slice(json).map_err(|error| error.to_string())?;
    if page_origin(&asked.origin).as_ref() != Some(&asked.origin) {
        return Err("the origin is not one that browsers send".to_owned());
    }
    let url = Url::parse(&asked.url).map_err(|error| format!("the URL is not valid: {error}"))?;
    let headers = asked.headers.into_iter();
    Ok(Fetch {
        method: asked.method,
        headers: headers
            .map(|(name, value)| (name, value.into_bytes()))
            .collect(),
        body: asked.body.map(String::into_bytes),
        credentials: match asked.credentials {
            true => Credentials::Include,
            false => Credentials::SameOrigin,
        },
        ..Fetch::new(asked.origin, url)
    })
}
