#![doc = include_str!("../README.md")]

mod advice;
mod browser;
mod fetch;
mod mistake;
mod origin;
mod page;
mod report;
mod server;
mod verdict;

pub use browser_model::{
    Blocked, CorsFailure, PreflightFailure, Readable, RedirectFailure, Request, Response,
    ResponseKind, Url,
};

pub use self::browser::Browser;
pub use self::fetch::Fetch;
pub use self::page::Page;
pub use self::server::{BoxError, Server};
pub use self::verdict::Verdict;
