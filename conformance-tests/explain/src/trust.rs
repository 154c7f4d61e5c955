//! Whom a policy trusts with its responses.

use cors_core::{Policy, TrustedSite};
use serde::Serialize;

/// The sites that a policy trusts.
#[derive(Serialize)]
pub struct Trust {
    pub(crate) sites: Vec<Site>,
    /// Why the sites are not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) problem: Option<String>,
}

#[derive(Serialize)]
pub(crate) struct Site {
    /// Whether anyone can be this site.
    pub(crate) anyone: bool,
    pub(crate) text: String,
}

impl Trust {
    /// Finds the sites that this policy trusts.
    pub fn of(policy: &Policy) -> Self {
        match policy.trusted_sites() {
            Ok(sites) => Self {
                sites: sites.iter().map(Site::of).collect(),
                problem: None,
            },
            Err(problem) => Self {
                sites: Vec::new(),
                problem: Some(problem.to_string()),
            },
        }
    }
}

impl Site {
    fn of(site: &TrustedSite) -> Self {
        Self {
            anyone: matches!(site, TrustedSite::Anyone { .. } | TrustedSite::Null),
            text: site.to_string(),
        }
    }
}
