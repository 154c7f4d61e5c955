//! The short form of an explanation.

use browser_model::{Browser, Fetch, Quirks};
use cors_core::Policy;
use cors_diagnosis::Observation;
use serde::Serialize;

use super::changes::{Changes, changes};
use super::server::Server;
use super::steps::steps;

/// What matters most about a request.
#[derive(Serialize)]
pub struct Summary {
    /// Whether a browser that follows the standard lets the script read the response.
    readable: bool,
    /// Why not: the first step that fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    /// The headers that the browser leaves out, because scripts cannot set them.
    left_out: Vec<String>,
    changes: Changes,
}

impl Summary {
    /// What happens to this fetch under this policy.
    pub fn of(fetch: &Fetch, policy: &Policy) -> Self {
        let server = Server::new(policy);
        let outcome = Browser::new(Quirks::NONE).fetch(fetch, |request| server.respond(request));
        let steps = steps(Observation::new(fetch, &outcome), &server);
        let failed = steps.into_iter().find(|step| !step.passed);
        Self {
            readable: outcome.result.is_ok(),
            why: failed.map(|step| step.message),
            left_out: fetch.forbidden_headers().map(str::to_owned).collect(),
            changes: changes(fetch, policy),
        }
    }
}
