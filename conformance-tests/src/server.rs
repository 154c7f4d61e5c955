//! How a server reports its address, and how it is stopped.

use std::net::SocketAddr;

use tokio::sync::oneshot;

/// Called with the address once the server listens.
pub type Listening = Box<dyn FnOnce(SocketAddr) + Send + Sync>;

/// Resolves when the server must stop or the sender is dropped. Open connections are closed.
pub type Stop = oneshot::Receiver<()>;
