//! What the adapters of Rust libraries share.
//!
//! Usage of an adapter: `ADAPTER POLICY PORT`

pub mod application;
#[cfg(feature = "axum")]
pub mod axum;
mod policy;

use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::{env, fs, process};

pub use policy::Policy;

pub type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

/// Reads the command line: the policy, and the address to listen on.
///
/// `keys` are those that the library has options for, apart from the keys that every policy has.
pub fn arguments(library: &'static str, keys: &[&str]) -> Result<(Policy, SocketAddr)> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [file, port] = &arguments[..] else {
        return Err("expected a policy file and a port".into());
    };
    let policy = Policy::read(library, keys, &fs::read_to_string(file)?)?;
    Ok((policy, (Ipv4Addr::LOCALHOST, port.parse()?).into()))
}

/// Exits, because the options of the library cannot express the policy.
pub fn unsupported(reason: &str) -> ! {
    println!("{reason}");
    process::exit(77)
}
