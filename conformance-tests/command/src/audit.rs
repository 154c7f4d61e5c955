//! `cors audit`: tries on a server what attackers try, and reports what it allows.
//!
//! All requests are made in advance (`catalogue.rs`) and sent one after the other (`session.rs`). Their responses are read by
//! the rules of a browser (`examine.rs`).

mod catalogue;
mod curl;
mod examine;
mod grant;
mod options;
mod report;
mod rule;
mod session;
mod similar;
mod target;

use std::process::ExitCode;

use tokio::runtime;

use self::catalogue::{Probe, catalogue};
use self::curl::Curl;
use self::examine::{Exchange, examine};
use self::options::Format;
pub(crate) use self::options::Options;
use self::report::Report;
use self::session::{Session, Stopped};
use self::target::Target;
use super::{Failure, print_error, print_result};

pub(crate) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let target = options.target();
    let probes = catalogue(&target);
    announce(options, &target, probes.len());
    let curl = Curl {
        secret: &target.headers,
        has_cookie: options.cookie.is_some(),
        accepts_any_certificate: options.insecure,
    };
    if options.dry_run {
        let commands = probes.iter().map(|probe| curl.command(&probe.request));
        print_result(&commands.collect::<Vec<_>>().join("\n"))?;
        return Ok(ExitCode::SUCCESS);
    }
    let exchanges = match send(options, probes)? {
        Ok(exchanges) => exchanges,
        Err(stopped) => {
            let (responses, why) = (stopped.responses, stopped.why);
            let problem = format_args!("the audit stopped after {responses} responses: {why}");
            return Err(Failure::new(problem));
        }
    };
    let report = Report {
        url: &target.url,
        requests: exchanges.len(),
        findings: examine(&exchanges),
        curl,
        status: exchanges.first().and_then(Exchange::status),
    };
    print_result(&match options.format {
        Format::Text => report.text(),
        Format::Json => format!("{:#}", report.json()),
        Format::Sarif => format!("{:#}", report.sarif()),
    })?;
    let fails = report
        .findings
        .iter()
        .any(|finding| finding.severity >= options.fail_on);
    Ok(ExitCode::from(u8::from(fails)))
}

/// Says on standard error what is sent where.
fn announce(options: &Options, target: &Target, requests: usize) {
    let host = target.url.host_str().unwrap_or_default();
    let verb = if options.dry_run {
        "would send"
    } else {
        "sending"
    };
    let rate = options.rate;
    print_error(format_args!(
        "{verb} {requests} requests to {host}, at most {rate} in a second, and to no other host"
    ));
    if options.insecure {
        print_error(
            "note: any certificate is accepted, so the responses may be from anyone on the way to the server",
        );
    }
    if target.origins.is_empty() {
        print_error(
            "note: without `--origin`, nothing is known about the origins that the server should allow",
        );
    }
}

fn send(options: &Options, probes: Vec<Probe>) -> Result<Result<Vec<Exchange>, Stopped>, Failure> {
    let session = Session {
        cookie: options.cookie.as_deref(),
        rate: options.rate,
        time_limit: options.time_limit,
        accepts_any_certificate: options.insecure,
    };
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(Failure::new)?;
    let result = runtime.block_on(session.run(probes));
    runtime.shutdown_background();
    Ok(result)
}
