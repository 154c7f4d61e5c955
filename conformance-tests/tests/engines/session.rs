//! A browser on the page that does what the test says, and the network around it.

use std::time::Duration;

use serde_json::{Value, json};
use test_support::launch::skip;

use crate::engine::{Engine, Running};
use crate::network::Network;

pub(crate) struct Session {
    pub(crate) engine: Engine,
    pub(crate) version: String,
    // The browser ends before its network does.
    _browser: Running,
    pub(crate) network: Network,
}

/// The body of an asynchronous function, and the origin of the page that runs it; `null` is one in a
/// sandbox. Scripts of one page run side by side.
pub(crate) struct Script {
    pub(crate) page: String,
    pub(crate) text: String,
}

/// All other pages are in frames of a page at this origin.
const TOP: &str = "http://example.com";

/// Pages and servers of this site are at home with each other: all have a cookie from the start.
pub(crate) const SITE: &str = "example.com";

/// A batch takes seconds.
const PATIENCE: Duration = Duration::from_secs(180);

impl Session {
    /// `None` if the engine is not installed, which CI does not allow.
    pub(crate) fn start(engine: Engine) -> Option<Self> {
        let network = Network::start().unwrap();
        let Some(browser) = engine.start(network.address, &format!("{TOP}/~page")) else {
            skip(&format!(
                "no {}: install {}",
                engine.name(),
                engine.packages()
            ));
            return None;
        };
        let session = Self {
            engine,
            version: browser.version.clone(),
            _browser: browser,
            network,
        };
        session.run(&[Script {
            page: TOP.to_owned(),
            text: format!("document.cookie = 'everywhere=1; Domain={SITE}'"),
        }]);
        Some(session)
    }

    /// What the scripts return, in their order.
    pub(crate) fn run(&self, scripts: &[Script]) -> Vec<Value> {
        let mut pages: Vec<&str> = scripts.iter().map(|script| script.page.as_str()).collect();
        pages.sort_unstable();
        pages.dedup();
        let of_page = |page: &str| {
            let scripts = scripts.iter().filter(|script| script.page == page);
            scripts
                .map(|script| script.text.as_str())
                .collect::<Vec<_>>()
        };
        let frames = pages
            .iter()
            .map(|page| json!({ "origin": page, "scripts": of_page(page) }));
        let batch = Value::from_iter(frames).to_string();

        let results = self.network.run(batch, PATIENCE);
        let results = results.unwrap_or_else(|error| panic!("{}: {error}", self.version));
        let results: Vec<Vec<Value>> = serde_json::from_str(&results).unwrap();
        let mut results: Vec<_> = results.into_iter().map(Vec::into_iter).collect();
        let result = |script: &Script| {
            let page = pages.binary_search(&script.page.as_str()).unwrap();
            results[page].next().unwrap()
        };
        scripts.iter().map(result).collect()
    }
}
