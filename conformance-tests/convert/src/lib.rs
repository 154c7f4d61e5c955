//! Converts the CORS configuration of other libraries to a policy of this library.
//!
//! A value is converted only if the text states it. Anything that cannot be read is a [`Problem`] with its line: a value is
//! never guessed. If an option has another meaning in this library, there is a [`Note`].

mod draft;
mod nginx;
mod origin_glob;
mod peer;
mod problem;
mod regex;
mod rust_peers;
mod script_peers;
mod spring;
mod syntax;
mod value;

use cors_core::Config;

pub use problem::{Note, Problem};

/// The length of the longest text that is read, in bytes. No real configuration is that long.
pub const MAX_LENGTH: usize = 64 * 1024;

/// The library that the configuration is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Library {
    /// `CorsLayer` in Rust
    TowerHttp,
    /// `Cors` of actix-cors in Rust
    ActixCors,
    /// `CorsOptions` in Rust
    RocketCors,
    /// `warp::cors()` in Rust
    Warp,
    /// `CORSMiddleware` of Starlette and FastAPI in Python
    Starlette,
    /// `cors()` of Express in JavaScript
    Express,
    /// `spring.cloud.gateway` in YAML
    Spring,
    /// `add_header` in nginx
    Nginx,
}

impl Library {
    /// All supported libraries.
    pub const ALL: [Self; 8] = [
        Self::TowerHttp,
        Self::ActixCors,
        Self::RocketCors,
        Self::Warp,
        Self::Starlette,
        Self::Express,
        Self::Spring,
        Self::Nginx,
    ];

    /// The name of the library.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TowerHttp => "tower-http",
            Self::ActixCors => "actix-cors",
            Self::RocketCors => "rocket_cors",
            Self::Warp => "warp",
            Self::Starlette => "starlette",
            Self::Express => "express",
            Self::Spring => "spring",
            Self::Nginx => "nginx",
        }
    }
}

/// A configuration of this library, and how its meaning differs from the original.
#[derive(Clone, Debug)]
pub struct Converted {
    /// The configuration. Building it can fail, because other libraries allow configurations that are errors here.
    pub config: Config,
    /// The differences in meaning.
    pub notes: Vec<Note>,
}

/// Converts the configuration in `text`.
///
/// # Errors
///
/// Returns a problem for each part of the text that could not be read.
pub fn convert(from: Library, text: &str) -> Result<Converted, Vec<Problem>> {
    if text.len() > MAX_LENGTH {
        let message = format!(
            "longer than {} KiB: pass only the part that configures CORS",
            MAX_LENGTH / 1024
        );
        return Err(vec![Problem::of_file(message)]);
    }
    let drafts = match from {
        Library::TowerHttp => rust_peers::tower_http::read(text),
        Library::ActixCors => rust_peers::actix_cors::read(text),
        Library::RocketCors => rust_peers::rocket_cors::read(text),
        Library::Warp => rust_peers::warp::read(text),
        Library::Starlette => script_peers::starlette::read(text),
        Library::Express => script_peers::express::read(text),
        Library::Spring => spring::read(text),
        Library::Nginx => nginx::read(text),
    };
    drafts
        .and_then(|drafts| draft::only(drafts, from))
        .map_err(shortened)
}

/// The first problems, and how many others there are.
fn shortened(mut problems: Vec<Problem>) -> Vec<Problem> {
    const MOST: usize = 100;
    let others = problems.len().saturating_sub(MOST);
    if others > 0 {
        problems.truncate(MOST);
        problems.push(Problem::of_file(format!("and {others} more problems")));
    }
    problems
}
