//! The policy in force, and the server that answers under it.

use anyhow::Result;
use conformance_tests::subject::{Framework, Running};
use cors_core::Policy;
use tokio::task;

/// A policy with its text and the server behind its adapter: swapped together, so never half a
/// policy.
pub(crate) struct InForce {
    pub(crate) text: String,
    pub(crate) policy: Policy,
    /// Stops after the last response under this policy.
    pub(crate) server: Running,
}

impl InForce {
    pub(crate) async fn start(framework: Framework, text: String, policy: Policy) -> Result<Self> {
        let of_server = policy.clone();
        let server = task::spawn_blocking(move || framework.spawn(of_server)).await??;
        Ok(Self {
            text,
            policy,
            server,
        })
    }
}
