//! Who is asked: the core by itself, and each framework over a socket.

mod core;
mod framework;

use anyhow::Result;
use cors_core::Policy;

use crate::app::{self, Reply};
use crate::vector::Request;

pub use self::core::Core;
pub use self::framework::{Framework, Listening, Running, Stop};

/// Every framework with an adapter.
pub const FRAMEWORKS: [Framework; 4] = [
    Framework {
        name: "axum",
        serve: app::axum::serve,
    },
    Framework {
        name: "actix",
        serve: app::actix::serve,
    },
    Framework {
        name: "rocket",
        serve: app::rocket::serve,
    },
    Framework {
        name: "warp",
        serve: app::warp::serve,
    },
];

/// Every subject there is.
pub fn all() -> Vec<Box<dyn Subject>> {
    let frameworks = FRAMEWORKS
        .into_iter()
        .map(|framework| Box::new(framework) as _);
    std::iter::once(Box::new(Core) as _)
        .chain(frameworks)
        .collect()
}

/// Something that answers requests under a policy.
pub trait Subject {
    /// The name, as in `differences.toml`.
    fn name(&self) -> &'static str;

    /// Whether requests reach it over a socket.
    fn is_on_the_wire(&self) -> bool;

    /// Starts the fixed application behind this policy.
    fn start(&self, policy: Policy) -> Result<Box<dyn Started>>;
}

/// The fixed application behind one policy.
pub trait Started {
    /// Sends a request and reads the whole answer.
    fn ask(&self, request: &Request) -> Result<Answer>;
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// What a client sees.
    pub response: Response,
    /// `Decision::id` and `Decision::reasons`, where they can be seen.
    pub verdict: Option<(&'static str, Vec<&'static str>)>,
}

/// A response, byte for byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// Header lines in order, names in lower case.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The content.
    pub body: Vec<u8>,
}

impl Response {
    /// The response that a handler of the fixed application makes.
    pub fn new(reply: Reply) -> Self {
        let Reply {
            status,
            headers,
            body,
        } = reply;
        let mut response = Self {
            status,
            headers: Vec::new(),
            body: body.into(),
        };
        for (name, value) in headers {
            response.append(name, value.as_bytes());
        }
        response
    }

    /// Adds a line.
    pub fn append(&mut self, name: &str, value: &[u8]) {
        self.headers
            .push((name.to_ascii_lowercase(), value.to_owned()));
    }

    /// The values of all lines of a header; `name` is in lower case.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        let lines = self.headers.iter().filter(move |line| line.0 == name);
        lines.map(|line| line.1.as_slice())
    }
}
