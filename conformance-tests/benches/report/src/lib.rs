//! The results of the benchmarks, and what is rendered from them: the page for people (`PERFORMANCE.md`), all tables
//! (`TABLES.md`) and the plots.
//!
//! The benchmarks store what they measured in [`results`](Folder). Everything else is a function of these files, so a
//! test can check that it is up to date.

mod comparison;
mod cost;
mod end_to_end;
mod folder;
mod goals;
pub mod markdown;
mod misses;
mod page;
mod plots;
mod program;
mod records;
pub mod tables;
mod topic;

pub use cost::{Building, Cost, Costs, Crates, Figures, Outcome, Role, Scenario, Subject, Unit};
pub use end_to_end::{EndToEnd, Load, Served};
pub use folder::{Folder, Results};
pub use program::{Program, Programs};
