//! Checks that the engine has exactly the quirks of its model and otherwise follows Fetch. The test
//! fails if an engine loses a quirk or gains one.

use anyhow::{Result, bail, ensure};
use browser_model::{Fetch, Quirks, Url};

use crate::comparison::{difference, replayed, script, without_user_info};
use crate::network::Server;
use crate::permissive::permissive;
use crate::session::{Script, Session};

/// A fetch that shows a quirk.
struct Probe {
    quirk: &'static str,
    /// Removes the quirk from the model.
    reset: fn(&mut Quirks),
    page: &'static str,
    /// The status of the redirect from each hop to the next.
    status: &'static str,
    /// The hosts of the hops.
    hops: &'static [&'static str],
    /// The query parameters for [`permissive`].
    parameters: &'static [(&'static str, &'static str)],
    method: &'static str,
    header: Option<(&'static str, &'static str)>,
    forces_preflight: bool,
    /// The number of fetches.
    times: usize,
}

/// The defaults; shows no quirk.
const PLAIN: Probe = Probe {
    quirk: "",
    reset: |_| {},
    page: "http://app.example.com",
    status: "302",
    hops: &["api"],
    parameters: &[],
    method: "GET",
    header: None,
    forces_preflight: false,
    times: 1,
};

const PROBES: &[Probe] = &[
    Probe {
        quirk: "authorization_under_any",
        reset: |quirks| quirks.authorization_under_any = false,
        header: Some(("Authorization", "1")),
        parameters: &[("headers", "*")],
        ..PLAIN
    },
    hint("Device-Memory", "1"),
    hint("Downlink", "1"),
    hint("DPR", "1"),
    hint("ECT", "4g"),
    hint("RTT", "1"),
    hint("Save-Data", "on"),
    hint("User-Agent", "1"),
    hint("Viewport-Width", "1"),
    hint("Width", "1"),
    Probe {
        quirk: "non_ascii_is_unsafe",
        reset: |quirks| quirks.non_ascii_is_unsafe = false,
        header: Some(("Accept", "\u{e9}")),
        ..PLAIN
    },
    Probe {
        quirk: "empty_last_parameter_is_unsafe",
        reset: |quirks| quirks.empty_last_parameter_is_unsafe = false,
        header: Some(("Content-Type", "text/plain;;")),
        ..PLAIN
    },
    Probe {
        quirk: "range_unit_in_any_case",
        reset: |quirks| quirks.range_unit_in_any_case = false,
        header: Some(("Range", "BYTES=0-5")),
        ..PLAIN
    },
    Probe {
        quirk: "preflight_with_page_origin",
        reset: |quirks| quirks.preflight_with_page_origin = false,
        header: Some(("X-A", "1")),
        hops: &["api", "cdn"],
        ..PLAIN
    },
    Probe {
        quirk: "preflight_after_preflight",
        reset: |quirks| quirks.preflight_after_preflight = false,
        method: "PUT",
        status: "303",
        hops: &["api", "api"],
        ..PLAIN
    },
    Probe {
        quirk: "preflight_for_removed_headers",
        reset: |quirks| quirks.preflight_for_removed_headers = false,
        header: Some(("Authorization", "1")),
        hops: &["api", "cdn"],
        ..PLAIN
    },
    Probe {
        quirk: "preflight_for_headers_removed_before",
        reset: |quirks| quirks.preflight_for_headers_removed_before = false,
        method: "POST",
        header: Some(("Content-Type", "application/json")),
        hops: &["api", "api", "api"],
        ..PLAIN
    },
    Probe {
        quirk: "authorization_comes_back",
        reset: |quirks| quirks.authorization_comes_back = false,
        header: Some(("Authorization", "1")),
        hops: &["api", "cdn", "cdn"],
        ..PLAIN
    },
    Probe {
        quirk: "delete_becomes_get",
        reset: |quirks| quirks.delete_becomes_get = false,
        method: "DELETE",
        status: "307",
        hops: &["api", "cdn"],
        ..PLAIN
    },
    Probe {
        quirk: "origin_stays",
        reset: |quirks| quirks.origin_stays = false,
        method: "POST",
        hops: &["app", "app"],
        ..PLAIN
    },
    Probe {
        quirk: "force_needs_body",
        reset: |quirks| quirks.force_needs_body = false,
        method: "POST",
        forces_preflight: true,
        ..PLAIN
    },
    Probe {
        quirk: "negative_max_age_is_zero",
        reset: |quirks| quirks.negative_max_age_is_zero = false,
        parameters: &[("max-age", "-1")],
        ..TWICE
    },
    Probe {
        quirk: "malformed_max_age_is_zero",
        reset: |quirks| quirks.malformed_max_age_is_zero = false,
        parameters: &[("max-age", "1.5")],
        ..TWICE
    },
    Probe {
        quirk: "remembers_after_failure",
        reset: |quirks| quirks.remembers_after_failure = false,
        parameters: &[("refuse", "")],
        ..TWICE
    },
    Probe {
        quirk: "any_is_not_remembered",
        reset: |quirks| quirks.any_is_not_remembered = false,
        parameters: &[("headers", "*")],
        ..TWICE
    },
    Probe {
        quirk: "conditional_requests_ask_again",
        reset: |quirks| quirks.conditional_requests_ask_again = false,
        header: Some(("If-Match", "1")),
        ..TWICE
    },
    Probe {
        quirk: "conditional_uploads_ask_again",
        reset: |quirks| quirks.conditional_uploads_ask_again = false,
        method: "POST",
        header: Some(("If-Match", "1")),
        forces_preflight: true,
        ..TWICE
    },
    Probe {
        quirk: "redirects_need_credentials",
        reset: |quirks| quirks.redirects_need_credentials = false,
        hops: &["app", "api", "api"],
        parameters: &[("origin", "*")],
        ..PLAIN
    },
    Probe {
        quirk: "empty_lines_are_ignored",
        reset: |quirks| quirks.empty_lines_are_ignored = false,
        parameters: &[("empty", "")],
        ..PLAIN
    },
    Probe {
        quirk: "user_info_is_blocked",
        reset: |quirks| quirks.user_info_is_blocked = false,
        hops: &["app", "user:password@app"],
        ..PLAIN
    },
    Probe {
        quirk: "null_asks_again",
        reset: |quirks| quirks.null_asks_again = false,
        page: "null",
        ..TWICE
    },
];

/// Shows no quirk: the preflight is cached for the default of five seconds.
const TWICE: Probe = Probe {
    header: Some(("X-A", "1")),
    times: 2,
    ..PLAIN
};

const fn hint(name: &'static str, value: &'static str) -> Probe {
    Probe {
        quirk: "client_hints_are_safe",
        reset: |quirks| quirks.client_hints_are_safe = false,
        header: Some((name, value)),
        ..PLAIN
    }
}

/// Runs all probes and returns how many of them show a quirk of this engine.
pub(crate) fn probe(session: &Session) -> Result<usize> {
    let quirks = session.engine.quirks();
    let mut without = quirks;
    PROBES.iter().for_each(|probe| (probe.reset)(&mut without));
    // Testing this would take too long, and Fetch leaves it open.
    without.max_age_cap = None;
    assert_eq!(without, Quirks::NONE, "a quirk without a probe");

    let names = (0..PROBES.len()).map(|place| format!("probe-{place}"));
    let names: Vec<String> = names.collect();
    let fetches = PROBES.iter().zip(&names);
    let fetches: Vec<Fetch> = fetches
        .map(|(probe, name)| probe.fetch(session, name))
        .collect();
    let scripts = PROBES.iter().zip(&fetches);
    let scripts: Vec<Script> = scripts
        .map(|(probe, fetch)| Script {
            page: probe.page.to_owned(),
            text: script(fetch, probe.times),
        })
        .collect();
    let results = session.run(&scripts)?;

    let mut shown = 0;
    for (place, probe) in PROBES.iter().enumerate() {
        let fetch = &fetches[place];
        let exchanges = session.network.close(&names[place]);
        let Some(seen) = results[place].as_array() else {
            bail!("{}: {}", session.version, results[place]);
        };
        let problem = |quirks: Quirks| {
            let replayed = replayed(quirks, fetch, &exchanges, probe.times);
            let mut fetches = replayed.iter().zip(seen);
            fetches.find_map(|((outcome, part), seen)| difference(fetch, outcome, part, seen))
        };
        let (quirk, version) = (probe.quirk, &session.version);
        if let Some(problem) = problem(quirks) {
            bail!("{version}: {quirk} differs from the model\n{problem}\n{fetch:#?}");
        }
        let mut reset = quirks;
        (probe.reset)(&mut reset);
        if reset != quirks {
            ensure!(
                problem(reset).is_some(),
                "{version}: no exchange shows {quirk}"
            );
            shown += 1;
        }
    }
    Ok(shown)
}

impl Probe {
    /// Routes the servers of the probe and returns its fetch.
    fn fetch(&self, session: &Session, name: &str) -> Fetch {
        let hops = self.hops.iter().enumerate().rev();
        let urls = hops.fold(Vec::new(), |mut urls: Vec<Url>, (place, host)| {
            let base = format!("http://{host}.example.com/{name}/{place}");
            let mut parameters = self.parameters.to_vec();
            if let Some(next) = urls.last() {
                parameters.extend([("redirect", next.as_str()), ("status", self.status)]);
            }
            urls.push(Url::parse_with_params(&base, &parameters).unwrap());
            urls
        });
        for url in &urls {
            let received = without_user_info(url.clone());
            session
                .network
                .route(name, &received, Server::Made(permissive));
        }
        let bytes = |text: &str| {
            text.chars()
                .map(|char| u8::try_from(char).unwrap())
                .collect()
        };
        let header = self.header.iter();
        Fetch {
            method: self.method.to_owned(),
            headers: header
                .map(|(name, value)| ((*name).to_owned(), bytes(value)))
                .collect(),
            forces_preflight: self.forces_preflight,
            ..Fetch::new(self.page, urls.last().unwrap().clone())
        }
    }
}
