//! What to write in the configuration of a server.

mod express;
mod fastapi;
mod generic;
mod nginx;
mod remedy;
mod script;
mod spring;
mod this_library;
mod wanted;

use self::remedy::Remedy;
use self::wanted::Wanted;
use crate::culprit::Culprit;
use crate::observation::Observation;

/// The software that sends the CORS headers of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stack {
    /// The adapters of this repository, for axum, actix-web, Rocket and warp.
    ThisLibrary,
    /// FastAPI and Starlette.
    FastApi,
    /// Express, with the package `cors`.
    Express,
    /// nginx.
    Nginx,
    /// Spring.
    Spring,
    /// Anything else: the headers to send.
    Generic,
}

impl Stack {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::ThisLibrary,
        Self::FastApi,
        Self::Express,
        Self::Nginx,
        Self::Spring,
        Self::Generic,
    ];

    /// The name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::ThisLibrary => "this library",
            Self::FastApi => "FastAPI",
            Self::Express => "Express",
            Self::Nginx => "nginx",
            Self::Spring => "Spring",
            Self::Generic => "any other server",
        }
    }

    /// A stable identifier in kebab case.
    pub fn id(self) -> &'static str {
        match self {
            Self::ThisLibrary => "this-library",
            Self::FastApi => "fastapi",
            Self::Express => "express",
            Self::Nginx => "nginx",
            Self::Spring => "spring",
            Self::Generic => "generic",
        }
    }
}

impl Culprit {
    /// Lines of configuration or code that solve the problem, with the values of the case. If the script should change, they
    /// are the same for every stack. `None` if no lines solve it. Then only [`Finding::fix`](crate::Finding::fix) helps.
    ///
    /// The lines allow the origin of the page, and nothing that the server does not allow already, except for what the
    /// fetch needs. They never allow `null`, nor every origin.
    pub fn fix_for(self, stack: Stack, seen: &Observation<'_>) -> Option<String> {
        if let Some(lines) = script::lines(self, seen) {
            return Some(lines);
        }
        let remedy = Remedy::of(self, seen)?;
        let wanted = Wanted::of(seen)?;
        let lines = match stack {
            Stack::ThisLibrary => this_library::lines(&remedy, &wanted),
            Stack::FastApi => fastapi::lines(&remedy, &wanted),
            Stack::Express => express::lines(&remedy, &wanted),
            Stack::Nginx => nginx::lines(&remedy, &wanted),
            Stack::Spring => spring::lines(&remedy, &wanted),
            Stack::Generic => generic::lines(&remedy, &wanted),
        };
        Some(lines)
    }
}
