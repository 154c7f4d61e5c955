//! `cors proxy` as its users see it: the real binary between raw sockets, and in Chromium.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by a panic"
)]

#[cfg(unix)] // the browser is stopped by its process group
#[allow(dead_code, reason = "the tests of the playground use the rest")]
#[path = "../command/browser/devtools.rs"]
mod devtools;
#[allow(dead_code, reason = "the tests of other commands use the rest")]
#[path = "../command/http.rs"]
mod http;
#[allow(dead_code, reason = "the tests of other commands use the rest")]
#[path = "../command/process.rs"]
mod process;

#[cfg(unix)]
mod browser;
mod cookies;
mod errors;
mod messages;
mod redirects;
mod refused;
mod running;
mod streams;
mod tls;
mod upstream;
mod usage;
mod websockets;
