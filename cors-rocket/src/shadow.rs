//! A candidate that is asked beside the policies in force.

use cors_core::Policies;
use cors_core::observability::Sample;

impl crate::Cors {
    /// Also asks these policies about a sample of the requests, and reports where they differ from those in
    /// force. No response depends on them.
    ///
    /// This makes the tightening of a policy a measured step. Run the new policy as a shadow, and watch the
    /// counter `cors_shadow_differences_total` and the events: see [`observability`](crate::observability).
    /// When nothing differs any more except what should, [`replace`](crate::Cors::replace) the old policy.
    /// [`replace`](crate::Cors::replace) does not end the shadow.
    ///
    /// ```
    /// use cors_rocket::observability::Sample;
    /// use cors_rocket::{Config, Cors};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let old = Config::new().allow_origins(["https://*.example.com"]);
    /// let cors = Cors::new(old.build()?); // in use by the application
    ///
    /// // 1. Is any other subdomain in use?
    /// let new = Config::new().allow_origins(["https://app.example.com"]).build()?;
    /// cors.shadow(new.clone(), Sample::one_in(10));
    ///
    /// // 2. Some days later, if nothing was found:
    /// cors.replace(new)?;
    /// cors.end_shadow();
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// A second call replaces the shadow, and its events are counted anew. All clones share it. Without a
    /// shadow, a request only reads one flag. With one, a request of the sample costs two more decisions with
    /// their reasons.
    ///
    /// Do not leave the old policy as a shadow of the new one to find out whom the new one refuses. It works,
    /// but those requests have failed already.
    pub fn shadow(&self, policies: impl Into<Policies>, sample: Sample) {
        self.policies().shadow(policies, sample);
    }

    /// Ends what [`shadow`](Self::shadow) began. Without a shadow, nothing happens.
    pub fn end_shadow(&self) {
        self.policies().end_shadow();
    }
}
