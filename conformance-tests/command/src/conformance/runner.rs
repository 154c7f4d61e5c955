//! Runs groups of cases, several at once.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use anyhow::{Context as _, Result, bail};
use conformance_tests::vector::Difference;

use super::case::Group;
use super::command::Template;
use super::finding::Outcome;
use super::group::{Limits, run_running, run_started};
use super::progress::Progress;

/// What is tested.
#[derive(Clone, Copy)]
pub(crate) enum Target<'a> {
    Command(&'a Template),
    Running(SocketAddr),
}

pub(crate) struct Runner<'a> {
    pub(crate) target: Target<'a>,
    pub(crate) limits: Limits,
    /// How many servers run at once.
    pub(crate) jobs: usize,
    pub(crate) name: &'a str,
    pub(crate) differences: Vec<Difference>,
}

impl Runner<'_> {
    /// The outcomes of all cases, by group. Fails if the first server does not start.
    pub(crate) fn run(&self, groups: &[Group]) -> Result<Vec<Vec<Outcome>>> {
        let progress = Progress::new(
            self.name,
            groups.iter().map(|group| group.cases.len()).sum(),
        );
        let (first, rest) = groups.split_first().context("no policy")?;
        let first = self.group(first, &progress)?;
        if let Some(Outcome::NotStarted(problem)) = first.first() {
            bail!("{problem}");
        }
        let next = AtomicUsize::new(0);
        let (sender, done) = mpsc::channel();
        thread::scope(|scope| {
            for _ in 0..self.jobs.min(rest.len()) {
                let sender = sender.clone();
                scope.spawn(|| {
                    let sender = sender;
                    while let Some((place, group)) = take(rest, &next) {
                        let outcomes = self.group(group, &progress);
                        if sender.send((place, outcomes)).is_err() {
                            break;
                        }
                    }
                });
            }
        });
        drop(sender);
        let mut outcomes: Vec<_> = done.into_iter().collect();
        outcomes.sort_by_key(|(place, _)| *place);
        let rest = outcomes.into_iter().map(|(_, outcomes)| outcomes);
        std::iter::once(Ok(first)).chain(rest).collect()
    }

    fn group(&self, group: &Group, progress: &Progress) -> Result<Vec<Outcome>> {
        let done = || progress.one_done();
        match self.target {
            Target::Command(template) => {
                run_started(group, template, self.limits, &self.differences, done)
            }
            Target::Running(address) => run_running(group, address, self.limits, done),
        }
    }
}

fn take<'a>(groups: &'a [Group], next: &AtomicUsize) -> Option<(usize, &'a Group)> {
    let place = next.fetch_add(1, Ordering::Relaxed);
    Some((place, groups.get(place)?))
}
