//! The subjects under test: the core by itself, and each framework over a socket.

mod core;
mod framework;

use anyhow::Result;
use cors_core::Policies;

use crate::app;
use crate::response::Response;
use crate::vector::Request;

pub use self::core::Core;
pub use self::framework::{Framework, Running};

/// The frameworks that this build contains: axum, and those whose features are on.
pub const FRAMEWORKS: [Framework; BUILT] = [
    Framework {
        name: "axum",
        serve: |policy, at, listening, stop| {
            app::axum::serve(&cors_axum::CorsLayer::new(policy), at, listening, stop)
        },
    },
    #[cfg(feature = "actix")]
    Framework {
        name: "actix",
        serve: |policy, at, listening, stop| {
            app::actix::serve(cors_actix::Cors::new(policy), at, listening, stop)
        },
    },
    #[cfg(feature = "rocket")]
    Framework {
        name: "rocket",
        serve: |policy, at, listening, stop| {
            app::rocket::serve(cors_rocket::Cors::new(policy), at, listening, stop)
        },
    },
    #[cfg(feature = "warp")]
    Framework {
        name: "warp",
        serve: |policy, at, listening, stop| {
            app::warp::serve(&cors_warp::Cors::new(policy), at, listening, stop)
        },
    },
];

/// The names of all frameworks with an adapter. Each is also the name of its feature, except for axum, which has none.
pub const NAMES: [&str; 4] = ["axum", "actix", "rocket", "warp"];

const BUILT: usize = 1
    + cfg!(feature = "actix") as usize
    + cfg!(feature = "rocket") as usize
    + cfg!(feature = "warp") as usize;

/// All subjects.
pub fn all() -> Vec<Box<dyn Subject>> {
    let frameworks = FRAMEWORKS
        .into_iter()
        .map(|framework| Box::new(framework) as _);
    std::iter::once(Box::new(Core) as _)
        .chain(frameworks)
        .collect()
}

/// Responds to requests under a policy, or several by host and path.
pub trait Subject {
    /// The name, as in `differences.toml`.
    fn name(&self) -> &'static str;

    /// Whether requests reach it over a socket.
    fn is_on_the_wire(&self) -> bool;

    /// Starts the test application under these policies.
    fn start(&self, policies: Policies) -> Result<Box<dyn Started>>;
}

/// The test application, running.
pub trait Started {
    /// Sends a request and reads the whole response.
    fn ask(&self, request: &Request) -> Result<Observation>;
}

/// The observable part of an exchange.
#[derive(Debug)]
pub struct Observation {
    /// The response as the client reads it.
    pub response: Response,
    /// `Decision::id`, or `none` where no CORS applies, and `Decision::reasons`; `None` over a socket.
    pub decision: Option<(&'static str, Vec<&'static str>)>,
}
