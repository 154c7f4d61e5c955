//! Counts the instructions of a request with callgrind. The benchmark runs itself under callgrind
//! once for each subject and variant.

use crate::figures::Figures;
use benchmark_report::Unit;
use cors_benchmarks::callgrind::{self, dumped_requests};
use cors_benchmarks::scenario::Scenario;
use cors_benchmarks::subject::{self, Subject, Variant};
use std::collections::VecDeque;
use std::io;
use std::process::{Child, Output, Stdio};
use std::thread::available_parallelism;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Measures all scenarios. If Valgrind is missing, prints the reason and measures nothing.
pub(crate) fn measure(figures: &mut Figures, filter: Option<&str>, scenarios: usize) {
    if !callgrind::is_installed() {
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
        let child = callgrind::this_program(folder.path())?
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
            let total = callgrind::read_dump(self.folder.path(), dump + 1)?;
            let each = total / count.parse::<f64>().unwrap();
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
