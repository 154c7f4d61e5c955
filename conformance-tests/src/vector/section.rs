//! The section of a standard that a vector is based on.

use anyhow::{Error, Result, bail, ensure};
use serde::Deserialize;

/// A section of the Fetch standard, of RFC 9110 or of RFC 3986: `Fetch, CORS check` or `RFC 9110, section 12.5.5`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Section {
    /// Its name, with the name of the standard.
    pub title: String,
    /// Its address.
    pub url: String,
}

impl Section {
    /// Where the standard describes what caches may do with responses.
    pub fn caches() -> Result<Self> {
        "Fetch, CORS protocol and HTTP caches".to_owned().try_into()
    }
}

impl TryFrom<String> for Section {
    type Error = Error;

    fn try_from(title: String) -> Result<Self> {
        let url = if let Some(name) = title.strip_prefix("Fetch, ") {
            let Some((_, anchor)) = FETCH.iter().find(|(known, _)| *known == name) else {
                bail!("`{title}`: no section of Fetch in src/vector/section.rs has this name");
            };
            format!("https://fetch.spec.whatwg.org/#{anchor}")
        } else if let Some((rfc, number)) = rfc_section(&title) {
            let is_number = |part: &str| part.parse::<u8>().is_ok();
            ensure!(
                number.split('.').all(is_number),
                "`{title}`: not the number of a section"
            );
            format!("https://www.rfc-editor.org/rfc/rfc{rfc}#section-{number}")
        } else {
            bail!(
                "`{title}`: a section starts with `Fetch, `, `RFC 9110, section ` or `RFC 3986, section `"
            );
        };
        Ok(Self { title, url })
    }
}

/// The number of the RFC, and that of the section.
fn rfc_section(title: &str) -> Option<(&str, &str)> {
    let (rfc, section) = title.strip_prefix("RFC ")?.split_once(", section ")?;
    ["9110", "3986"].contains(&rfc).then_some((rfc, section))
}

/// The sections of Fetch that vectors refer to, with their anchors.
const FETCH: [(&str, &str); 10] = [
    ("CORS check", "concept-cors-check"),
    ("CORS filtered response", "concept-filtered-response-cors"),
    (
        "CORS protocol and HTTP caches",
        "cors-protocol-and-http-caches",
    ),
    (
        "CORS protocol and credentials",
        "cors-protocol-and-credentials",
    ),
    ("CORS-preflight fetch", "cors-preflight-fetch"),
    ("HTTP requests", "http-requests"),
    ("HTTP responses", "http-responses"),
    ("Methods", "methods"),
    ("TAO check", "concept-tao-check"),
    ("`Origin` header", "origin-header"),
];
