//! Sends the requests of an audit, one after the other.

use std::time::Duration;

use browser_model::Response;
use tokio::time::{Instant, sleep_until};

use super::catalogue::Probe;
use super::examine::Exchange;
use crate::client::{Client, Problem, Settings};

/// How to send.
pub(super) struct Session<'a> {
    pub(super) cookie: Option<&'a str>,
    pub(super) rate: u32,
    pub(super) time_limit: Duration,
    pub(super) accepts_any_certificate: bool,
}

/// The server cannot be audited.
pub(super) struct Stopped {
    /// The number of responses before.
    pub(super) responses: usize,
    pub(super) why: String,
}

/// So many requests without a response mean that the server is gone.
const MOST_FAILURES: usize = 5;

impl Session<'_> {
    pub(super) async fn run(&self, probes: Vec<Probe>) -> Result<Vec<Exchange>, Stopped> {
        let mut exchanges: Vec<Exchange> = Vec::new();
        let mut failures = 0;
        let mut next = Instant::now();
        let mut client = Client::new(Settings {
            time_limit: self.time_limit,
            accepts_any_certificate: self.accepts_any_certificate,
            user_agent: USER_AGENT.to_owned(),
            reads_errors: false,
        });
        for probe in probes {
            sleep_until(next).await;
            next = Instant::now() + Duration::from_secs(1) / self.rate;
            client.restart();
            let stopped = |why| Stopped {
                responses: exchanges.len(),
                why,
            };
            let response = match self.send(&probe, &client).await {
                Ok(response) if response.status == 429 => {
                    return Err(stopped(
                        "the server limits the rate of requests (429); use a lower `--rate`"
                            .to_owned(),
                    ));
                }
                Ok(response) => {
                    failures = 0;
                    Some(response)
                }
                // An application may hang up on one odd request.
                Err(problem) => {
                    failures += 1;
                    if exchanges.is_empty() || failures == MOST_FAILURES {
                        return Err(stopped(problem.to_string()));
                    }
                    None
                }
            };
            exchanges.push(Exchange { probe, response });
        }
        Ok(exchanges)
    }

    async fn send(&self, probe: &Probe, client: &Client) -> Result<Response, Problem> {
        let cookie = self.cookie.filter(|_| !probe.request.is_preflight);
        let reply = client.send(&probe.request, cookie).await?;
        Ok(reply.response)
    }
}

const USER_AGENT: &str = concat!("cors-audit/", env!("CARGO_PKG_VERSION"));
