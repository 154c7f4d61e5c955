//! What one policy lets pages do and another does not.
//!
//! No request asks this. It is for people who review a change of a policy, and for programs that apply a
//! change only if it widens nothing.

mod between;
mod difference;
mod grants;
mod hosts;
mod permission;
mod policies;
#[cfg(feature = "serde")]
mod serialize;

pub use difference::{Change, Difference, PolicyDiff};
pub use permission::Permission;

use crate::language::TooComplex;
use crate::policy::Policy;
use between::{between, is_at_most};

impl Policy {
    /// Whether this policy lets no page do anything that `other` does not let it do. [`PolicyDiff`] says what
    /// is compared.
    ///
    /// ```
    /// use cors_core::Config;
    ///
    /// let pattern = Config::new().allow_origins(["https://*.example.com"]).build()?;
    /// let regex = Config::new().allow_origin_regex(r"https://[a-z]+\.example\.com").build()?;
    /// assert!(regex.is_at_most(&pattern)?);
    /// assert!(!pattern.is_at_most(&regex)?); // It allows `https://a.b.example.com`, too.
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the comparison takes too many steps. Treat it like `false`.
    pub fn is_at_most(&self, other: &Self) -> Result<bool, TooComplex> {
        is_at_most(Some(self), Some(other))
    }

    /// What changes for pages if `new` replaces this policy.
    ///
    /// ```
    /// use cors_core::Config;
    ///
    /// let config = Config::new().allow_origins(["https://app.example.com"]).allow_methods(["GET", "PUT"]);
    /// let old = config.clone().build()?;
    /// let new = config.allow_origin_regex(r"https://.*\.example\.org").allow_methods(["GET"]).build()?;
    ///
    /// let diff = old.diff(&new)?;
    /// assert_eq!(
    ///     diff.to_string(),
    ///     "widened: pages that `https://.*\\.example\\.org` allows, such as `https://a.example.org`, can now \
    ///      read responses\n\
    ///      narrowed: pages of allowed origins, such as `https://app.example.com`, can no longer send `PUT`",
    /// );
    /// assert!(diff.widens());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the comparison takes too many steps. Treat it like a change that widens access.
    pub fn diff(&self, new: &Self) -> Result<PolicyDiff, TooComplex> {
        Ok(PolicyDiff::new(between(Some(self), Some(new), None)?))
    }
}
