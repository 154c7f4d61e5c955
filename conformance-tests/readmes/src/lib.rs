//! The Markdown pages of this repository, as people read them on a code host.
//!
//! The tests check that links lead somewhere, that commands name what exists, that figures are those of the benchmark, and
//! that the programs of the READMEs do what the READMEs print. The examples of this package's documentation are those of
//! `cors-core/COMING_FROM.md`. Those of the adapters are tests of the adapters.

mod page;

pub use page::{Block, Link, Page, pages, root};

/// The examples of the page, compiled as tests.
#[cfg(doctest)]
#[doc = include_str!("../../../cors-core/COMING_FROM.md")]
mod coming_from {}
