//! The active policy, and the server that applies it.

use std::sync::Arc;

use anyhow::Result;
use conformance_tests::subject::{Framework, Running};
use cors_core::Policy;
use tokio::task;

/// A policy with its text and its server. They are replaced together, so they always match.
pub(crate) struct ActivePolicy {
    pub(crate) text: String,
    pub(crate) policy: Arc<Policy>,
    /// Counts the policies, so that every tab notices another one.
    pub(crate) revision: u64,
    /// Stops with this, that is, after its last response.
    pub(crate) server: Running,
}

impl ActivePolicy {
    pub(crate) async fn start(
        framework: Framework,
        text: String,
        policy: Policy,
        revision: u64,
    ) -> Result<Self> {
        let of_server = policy.clone();
        let server = task::spawn_blocking(move || framework.spawn(of_server)).await??;
        Ok(Self {
            text,
            policy: Arc::new(policy),
            revision,
            server,
        })
    }
}
