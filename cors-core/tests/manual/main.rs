//! The manual: its links, its policies, and the page about keys, which is generated.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

#[cfg(all(feature = "serde", feature = "public-suffix"))]
mod blocks;
#[cfg(all(feature = "serde", feature = "public-suffix"))]
mod entries;
#[cfg(all(feature = "serde", feature = "public-suffix"))]
mod keys;
mod links;
#[cfg(all(feature = "serde", feature = "public-suffix"))]
mod policies;
#[cfg(all(feature = "serde", feature = "public-suffix"))]
mod requests;
#[cfg(all(feature = "serde", feature = "public-suffix"))]
#[path = "../support/mod.rs"]
mod support;

use std::fs;
use std::path::PathBuf;

/// The folder of the manual.
fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("manual")
}

/// The name and the text of each page, in alphabetical order.
fn pages() -> Vec<(String, String)> {
    let mut pages: Vec<_> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| {
            let text = fs::read_to_string(entry.path()).unwrap();
            (entry.file_name().into_string().unwrap(), text)
        })
        .collect();
    pages.sort();
    assert!(pages.len() > 20);
    pages
}
