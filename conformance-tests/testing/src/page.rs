//! A page, and the fetches of its scripts.

use crate::browser::Browser;
use crate::fetch::Fetch;
use crate::mistake::valid;
use crate::origin;

/// A page. Its scripts fetch from the server under test.
#[derive(Clone, Debug)]
pub struct Page<'b> {
    browser: &'b Browser,
    origin: String,
}

impl<'b> Page<'b> {
    /// `fetch(path)`
    ///
    /// # Panics
    ///
    /// This and the following functions: if the path does not start with `/`.
    #[track_caller]
    pub fn get(&self, path: &str) -> Fetch<'b> {
        self.fetch("GET", path)
    }

    /// `fetch(path, { method: "HEAD" })`
    #[track_caller]
    pub fn head(&self, path: &str) -> Fetch<'b> {
        self.fetch("HEAD", path)
    }

    /// `fetch(path, { method: "POST" })`
    #[track_caller]
    pub fn post(&self, path: &str) -> Fetch<'b> {
        self.fetch("POST", path)
    }

    /// `fetch(path, { method: "PUT" })`
    #[track_caller]
    pub fn put(&self, path: &str) -> Fetch<'b> {
        self.fetch("PUT", path)
    }

    /// `fetch(path, { method: "PATCH" })`
    #[track_caller]
    pub fn patch(&self, path: &str) -> Fetch<'b> {
        self.fetch("PATCH", path)
    }

    /// `fetch(path, { method: "DELETE" })`
    #[track_caller]
    pub fn delete(&self, path: &str) -> Fetch<'b> {
        self.fetch("DELETE", path)
    }

    /// `fetch(path, { method })`, with the method as the script writes it: browsers send `put` as `PUT`,
    /// but `patch` as `patch`.
    #[track_caller]
    pub fn fetch(&self, method: &str, path: &str) -> Fetch<'b> {
        valid(Fetch::new(self.browser, &self.origin, method, path))
    }
}

impl Browser {
    /// Opens a page of this origin, such as `https://app.example.com`. The origin of a sandboxed page is
    /// `null`.
    ///
    /// # Panics
    ///
    /// If it is not an origin as browsers send it.
    #[track_caller]
    pub fn page(&self, origin: &str) -> Page<'_> {
        Page {
            browser: self,
            origin: valid(origin::page(origin)),
        }
    }
}
