//! Counts the instructions of a request with callgrind. The benchmark runs itself under callgrind
//! once for each subject and variant, and only instructions within [`measured_requests`] are counted.
//! Load on the machine does not affect the counts.

use crate::figures::{Figures, Unit};
use cors_benchmarks::scenario::Scenario;
use cors_benchmarks::subject::{self, App, Subject, Variant};
use std::collections::VecDeque;
use std::hint::black_box;
use std::io;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread::available_parallelism;
use std::time::{Duration, Instant};
use std::{env, fs};
use tempfile::TempDir;

/// Sends prepared requests. It is not inlined, so that callgrind and profilers find it by its name.
#[inline(never)]
pub(crate) fn measured_requests(app: &mut dyn App, count: usize) {
    for _ in 0..count {
        app.send();
    }
}

/// Callgrind supports one action at the end of a function: it stops counting at the end of
/// [`measured_requests`], and writes the counts at the end of this function.
#[inline(never)]
fn dumped_requests(app: &mut dyn App, count: usize) -> usize {
    measured_requests(app, count);
    black_box(count) // prevents a tail call, which would merge the two functions
}

/// Measures all scenarios. If Valgrind is missing, prints the reason and measures nothing.
pub(crate) fn measure(figures: &mut Figures, filter: Option<&str>, scenarios: usize) {
    if let Err(error) = Command::new("valgrind").arg("--version").output() {
        println!("cannot run valgrind, so no instructions are counted: {error}");
        return;
    }
    let mut waiting: VecDeque<(Subject, Variant)> = subject::ALL
        .into_iter()
        .flat_map(|subject| {
            subject
                .variants
                .iter()
                .map(move |variant| (subject, *variant))
        })
        .collect();
    eprintln!(
        "callgrind: {} programs, {scenarios} scenarios each",
        waiting.len()
    );
    let mut running = VecDeque::new();
    while !(waiting.is_empty() && running.is_empty()) {
        while running.len() < available_parallelism().map_or(1, usize::from) {
            let Some((subject, variant)) = waiting.pop_front() else {
                break;
            };
            running.push_back(Run::start(subject, variant, filter).unwrap());
        }
        if let Some(run) = running.pop_front() {
            run.finish(figures).unwrap();
        }
    }
}

/// One program under callgrind.
struct Run {
    subject: Subject,
    variant: Variant,
    child: Child,
    folder: TempDir,
}

impl Run {
    fn start(subject: Subject, variant: Variant, filter: Option<&str>) -> io::Result<Self> {
        let folder = tempfile::tempdir()?;
        let child = Command::new("valgrind")
            .args(["--tool=callgrind", "--quiet"])
            .arg("--toggle-collect=*measured_requests*")
            .arg("--dump-after=*dumped_requests*")
            .arg(format!(
                "--callgrind-out-file={}",
                folder.path().join("out").display()
            ))
            .arg(env::current_exe()?)
            .args(["--measure", subject.name, subject.label(variant)])
            .args(filter.map(|filter| format!("--filter={filter}")))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        Ok(Self {
            subject,
            variant,
            child,
            folder,
        })
    }

    fn finish(self, figures: &mut Figures) -> io::Result<()> {
        let Output {
            status,
            stdout,
            stderr,
        } = self.child.wait_with_output()?;
        assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
        for (dump, line) in String::from_utf8_lossy(&stdout).lines().enumerate() {
            let (count, scenario) = line.split_once('\t').unwrap();
            let dump = self.folder.path().join(format!("out.{}", dump + 1));
            let each = instructions(&dump)? / count.parse::<f64>().unwrap();
            figures.put(
                Unit::Instructions,
                &self.subject,
                self.variant,
                scenario,
                each,
            );
        }
        Ok(())
    }
}

fn instructions(dump: &Path) -> io::Result<f64> {
    let text = fs::read_to_string(dump)?;
    let total = text.lines().find_map(|line| line.strip_prefix("totals: "));
    let total = total.and_then(|total| total.trim().parse().ok());
    total.ok_or_else(|| io::Error::other(format!("{}: no totals", dump.display())))
}

/// The program under callgrind: runs the scenarios of one subject and variant, and prints the number
/// of requests of each, in the order of the dumps.
pub(crate) fn run(subject: &str, variant: &str, scenarios: &[Scenario]) {
    /// Large enough that rare events, such as a growing buffer, have little effect.
    const COUNT: usize = 24;
    let mut all = subject::ALL.into_iter();
    let subject = all.find(|other| other.name == subject).unwrap();
    let mut variants = subject.variants.iter();
    let variant = *variants
        .find(|other| subject.label(**other) == variant)
        .unwrap();
    subject::each(&subject, variant, scenarios, |app, scenario| {
        app.load(&scenario.request, 2 * COUNT);
        // Warm up: fill pools, and initialize lazy values.
        let start = Instant::now();
        (0..4).for_each(|_| app.send());
        let is_slow = start.elapsed() > Duration::from_millis(200);
        let count = if is_slow { 2 } else { COUNT };
        let count = dumped_requests(app, count);
        println!("{count}\t{}", scenario.name);
    });
}
