//! `cors conformance`: runs the vectors against any server, and reports what its mistakes mean in a browser.

mod browser;
mod cache;
mod case;
mod command;
mod endpoint;
mod finding;
mod group;
mod judge;
mod move_origin;
mod output;
mod port;
mod process;
mod progress;
mod report;
mod representative;
mod runner;
mod running;
mod select;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::{Args, ValueEnum};
use conformance_tests::vector::{Difference, Suite};
use tokio::sync::oneshot;

use self::case::Group;
use self::command::Template;
use self::endpoint::Endpoint;
use self::group::Limits;
use self::report::Report;
use self::runner::{Runner, Target};
use super::policy_file::PolicyFile;
use super::until_stopped;
use super::{Failure, NO_RESULT, arguments, print_error};

#[derive(Args, Clone)]
pub(crate) struct Options {
    /// The command that starts the server, with `{policy}` for a policy file (JSON) and `{port}` for the
    /// port of 127.0.0.1 to listen on. It is started once for each policy
    #[arg(long, value_name = "COMMAND", value_parser = Template::parse, required_unless_present = "url")]
    command: Option<Template>,
    /// Test a running server at this http URL. It gets requests with all methods, including DELETE
    #[arg(long, requires = "policy", conflicts_with = "command", value_parser = Endpoint::parse)]
    url: Option<Endpoint>,
    /// The policy of the server at `--url`, .json or .toml
    #[arg(long, value_name = "FILE", requires = "url")]
    policy: Option<PathBuf>,
    /// Which differences fail
    #[arg(long, value_enum, default_value_t)]
    profile: Profile,
    /// Run only cases with this text in their name, such as `preflight-method/`; can be repeated
    #[arg(long, value_name = "TEXT")]
    only: Vec<String>,
    /// Skip cases with this path, if the server does not have it; can be repeated
    #[arg(long, value_name = "PATH")]
    skip_path: Vec<String>,
    /// The name of the server, in the report and in `--differences`
    #[arg(long, default_value = "server")]
    name: String,
    /// A file of responses that may differ for the server that `--name` names, in the format of differences.toml
    #[arg(long, value_name = "FILE", conflicts_with = "url")]
    differences: Option<PathBuf>,
    /// The format of the report
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Write the report to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Seconds until a server must accept connections
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = arguments::seconds)]
    start_limit: Duration,
    /// Seconds until a response must be complete
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = arguments::seconds)]
    case_limit: Duration,
    /// The maximum number of servers that run at once [default: the number of processors]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: Option<u16>,
}

/// Which differences fail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Profile {
    /// A case fails if something breaks or leaks in a browser
    #[default]
    Fetch,
    /// A case fails if the response differs at all from BEHAVIOUR.md, the contract of this library
    Starlette,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Format {
    #[default]
    Text,
    Junit,
    Tap,
    Json,
}

/// The status of a program that a signal interrupted.
const INTERRUPTED: u8 = 130;

pub(crate) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let end = Arc::new(Mutex::new(None));
    let (options, written) = (options.clone(), Arc::clone(&end));
    until_stopped(|| async move {
        let (sender, done) = oneshot::channel();
        thread::spawn(move || sender.send(conform(&options)));
        if let (Ok(code), Ok(mut end)) = (done.await, written.lock()) {
            *end = Some(code);
        }
        Ok(())
    })?;
    process::end_all();
    let end = end.lock().ok().and_then(|mut end| end.take());
    Ok(end.unwrap_or_else(|| INTERRUPTED.into()))
}

fn conform(options: &Options) -> ExitCode {
    match options.report() {
        Ok(report) if report.has_unstarted() => NO_RESULT.into(),
        Ok(report) if report.has_failures() => ExitCode::FAILURE,
        Ok(report) if report.is_unsupported() => {
            print_error(Failure::new(
                "nothing was tested, because the server exits with status 77 under every policy, which means that it cannot \
                 express the policy; correct --command, or select other cases with --only",
            ));
            NO_RESULT.into()
        }
        Ok(_) => ExitCode::SUCCESS,
        Err(problem) => {
            print_error(problem);
            NO_RESULT.into()
        }
    }
}

impl Options {
    fn report(&self) -> Result<Report, Failure> {
        let (target, groups) = self.cases()?;
        let available = thread::available_parallelism().map_or(1, usize::from);
        let runner = Runner {
            target,
            limits: Limits {
                start: self.start_limit,
                case: self.case_limit,
            },
            jobs: self.jobs.map_or(available, usize::from),
            name: &self.name,
            differences: self.listed()?,
        };
        let outcomes = runner.run(&groups).map_err(Failure::new)?;
        let report = Report::new(&self.name, self.profile, &groups, outcomes);
        let text = match self.format {
            Format::Text => report.to_string(),
            Format::Junit => report::junit(&report).map_err(Failure::new)?,
            Format::Tap => report::tap(&report),
            Format::Json => report::json(&report),
        };
        output::write(self.output.as_deref(), &text)?;
        Ok(report)
    }

    fn cases(&self) -> Result<(Target<'_>, Vec<Group>), Failure> {
        let suite = Suite::built_in(|file| select::may_contain(file, &self.only));
        let suite = suite.map_err(failure)?;
        let (target, groups) = match (&self.command, &self.url, &self.policy) {
            (Some(command), _, _) => {
                let groups = select::all(suite, &self.only, &self.skip_path).map_err(failure)?;
                (Target::Command(command), groups)
            }
            (None, Some(endpoint), Some(file)) => {
                let policy = PolicyFile::read(file)?.build()?;
                let group =
                    running::group(suite, &policy, endpoint, &self.only).map_err(failure)?;
                let address = endpoint.address(self.start_limit).map_err(Failure::new)?;
                (Target::Running(address), vec![group])
            }
            _ => return Err(Failure::new("give --command, or --url and --policy")),
        };
        match groups.iter().all(|group| group.cases.is_empty()) {
            true => Err(Failure::new("no case has this name and path")),
            false => Ok((target, groups)),
        }
    }

    fn listed(&self) -> Result<Vec<Difference>, Failure> {
        let Some(path) = &self.differences else {
            return Ok(Vec::new());
        };
        let mut listed = read_differences(path).map_err(failure)?;
        listed.retain(|entry| entry.subjects.contains(&self.name));
        match listed.is_empty() {
            true => Err(Failure::new(format_args!(
                "{}: no entry has `{}` in its subjects; name the server with --name",
                path.display(),
                self.name
            ))),
            false => Ok(listed),
        }
    }
}

fn read_differences(path: &Path) -> Result<Vec<Difference>> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    Difference::parse(&text).with_context(|| path.display().to_string())
}

/// The failure with all causes of an error on one line.
fn failure(error: anyhow::Error) -> Failure {
    Failure::new(format!("{error:#}").replace('\n', " "))
}
