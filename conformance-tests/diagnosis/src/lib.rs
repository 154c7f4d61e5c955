//! Why a browser blocks a fetch: from what a `browser_model::Browser` has sent and received, this package tells the
//! message in the console, the step of the Fetch standard, and what to change.

mod advice;
mod chromium;
mod heads;
mod observation;
pub mod standard;

pub use self::advice::to_allow;
pub use self::heads::heads;
pub use self::observation::Observation;

/// What the console of Chromium says if the browser blocks the fetch; `None` if it does not.
pub fn console(seen: &Observation<'_>) -> Option<String> {
    Some(chromium::message(seen, seen.blocked()?))
}
