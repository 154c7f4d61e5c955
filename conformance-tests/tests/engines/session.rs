//! A browser on the page that runs the scripts of the tests, and its network.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use test_support::skip::skip;

use crate::engine::{Engine, Running};
use crate::network::Network;

pub(crate) struct Session {
    pub(crate) engine: Engine,
    pub(crate) version: String,
    // Fields drop in order: the browser must end before its network.
    _browser: Running,
    pub(crate) network: Network,
}

/// The body of an asynchronous function, and the origin of the page that runs it; `null` is a
/// sandboxed page. Scripts of one page run concurrently.
pub(crate) struct Script {
    pub(crate) page: String,
    pub(crate) text: String,
}

/// The origin of the top-level page. All other pages are in its frames.
const TOP: &str = "http://example.com";

/// Pages and servers of this site are same-site: a cookie is set for all of them at the start.
pub(crate) const SITE: &str = "example.com";

/// The maximum time for a batch, which normally takes seconds. The page gives up a single script earlier.
const PATIENCE: Duration = Duration::from_secs(150);

impl Session {
    /// Starts a session. `None` if the engine is not installed; in CI this is a failure.
    pub(crate) fn start(engine: Engine) -> Result<Option<Self>> {
        let network = Network::start()?;
        let Some(browser) = engine.start(network.address, &format!("{TOP}/~page")) else {
            skip(&format!(
                "{} is missing: install {}",
                engine.name(),
                engine.packages()
            ));
            return Ok(None);
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
        }])?;
        Ok(Some(session))
    }

    /// Runs the scripts and returns their results in order. An error is a browser that hangs.
    pub(crate) fn run(&self, scripts: &[Script]) -> Result<Vec<Value>> {
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
        let results = results.with_context(|| self.version.clone())?;
        let results: Vec<Value> = serde_json::from_str(&results)?;
        let of_frame = |results: Value| match results {
            Value::Array(results) => Ok(results.into_iter()),
            problem => bail!("{}: {problem}", self.version),
        };
        let mut results: Vec<_> = results.into_iter().map(of_frame).collect::<Result<_>>()?;
        let result = |script: &Script| {
            let page = pages.binary_search(&script.page.as_str()).unwrap();
            results[page].next().unwrap()
        };
        Ok(scripts.iter().map(result).collect())
    }
}
