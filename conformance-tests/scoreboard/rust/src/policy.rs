//! A policy file.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::{Result, unsupported};

/// What `*` in `allow_methods` means.
const STANDARD_METHODS: [&str; 8] = [
    "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY",
];

/// The headers that every policy allows.
const SAFELISTED: [&str; 4] = [
    "accept",
    "accept-language",
    "content-language",
    "content-type",
];

#[derive(Deserialize)]
pub struct Policy {
    #[serde(skip)]
    library: &'static str,
    allow_origins: Vec<String>,
    allow_methods: Vec<String>,
    allow_headers: Vec<String>,
    pub allow_origin_regex: Option<String>,
    pub allow_credentials: bool,
    pub expose_headers: Vec<String>,
    pub max_age: u64,
    #[serde(flatten)]
    others: BTreeMap<String, Value>,
}

impl Policy {
    pub(crate) fn read(library: &'static str, keys: &[&str], json: &str) -> Result<Self> {
        let policy = Self {
            library,
            ..serde_json::from_str(json)?
        };
        let regex = policy.allow_origin_regex.as_ref();
        let mut used = regex
            .map(|_| "allow_origin_regex")
            .into_iter()
            .chain(policy.others.keys().map(String::as_str));
        if let Some(key) = used.find(|key| !keys.contains(key)) {
            unsupported(&format!("{library} has no option like {key}"));
        }
        Ok(policy)
    }

    /// The exact origins, or `None` if any origin is allowed.
    pub fn origins(&self) -> Option<&[String]> {
        if self.allow_origins.iter().any(|origin| origin == "*") {
            return None;
        }
        if self.allow_origins.iter().any(|origin| origin.contains('*')) {
            unsupported(&format!("{} has no patterns of origins", self.library));
        }
        Some(&self.allow_origins)
    }

    /// The methods, with `*` written out.
    pub fn methods(&self) -> Vec<&str> {
        let listed = self.allow_methods.iter().map(String::as_str);
        let any = listed.clone().any(|method| method == "*");
        let standard = any.then_some(STANDARD_METHODS).into_iter().flatten();
        let own = listed.filter(|method| *method != "*");
        standard.chain(own).collect()
    }

    /// The headers with the safelisted ones, or `None` if every header is allowed.
    pub fn headers(&self) -> Option<Vec<&str>> {
        let listed = self.allow_headers.iter().map(String::as_str);
        if listed.clone().any(|name| name == "*") {
            return None;
        }
        Some(listed.chain(SAFELISTED).collect())
    }
}
