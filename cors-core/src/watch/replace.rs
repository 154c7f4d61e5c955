//! What a policy file needs of a middleware.

use crate::live_policies::InForce;
use crate::policies::Policies;
use std::error::Error;

/// A middleware whose policies can be replaced. The middleware of every adapter implements it.
pub trait Replace: Send + 'static {
    /// The policies that are in force.
    fn in_force(&self) -> InForce;

    /// Replaces the policies.
    ///
    /// # Errors
    ///
    /// Fails if the middleware cannot apply these policies. The old ones then stay in force.
    fn replace(&self, policies: Policies) -> Result<(), Box<dyn Error + Send + Sync>>;
}
