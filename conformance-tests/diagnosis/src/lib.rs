#![doc = include_str!("../README.md")]

mod address;
mod console;
mod culprit;
mod diagnose;
mod fetch_metadata;
mod finding;
mod fix;
mod heads;
mod observation;
mod probe;
mod redirection;
mod site;
pub mod standard;

pub use self::console::{Engine, console};
pub use self::culprit::Culprit;
pub use self::diagnose::diagnose;
pub use self::fetch_metadata::fetch_metadata;
pub use self::finding::{Finding, Severity};
pub use self::fix::Stack;
pub use self::heads::heads;
pub use self::observation::{Observation, shown};
pub use self::probe::probes;
