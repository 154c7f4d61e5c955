//! What happens to a request under a policy, step by step, without a server.
//!
//! The browser's side is `browser-model`, and the server's side is this library. `cors explain` prints an
//! [`Explanation`], and the playground shows it.

mod changes;
mod engines;
mod explanation;
mod lines;
mod sections;
mod server;
mod steps;
mod summary;
mod text;
mod trust;

pub use self::changes::Edit;
pub use self::explanation::Explanation;
pub use self::summary::Summary;
pub use self::text::text;
pub use self::trust::Trust;
