//! What a request costs.

use cors_benchmarks::callgrind::{dumped_requests, read_dump};
use cors_benchmarks::scenario::Request;
use cors_benchmarks::subject::App;
use std::fs;
use std::path::Path;

/// Counts the instructions of requests, in a program that runs under callgrind.
pub(crate) struct Meter<'f> {
    folder: &'f Path,
    dumps: usize,
}

impl<'f> Meter<'f> {
    pub(crate) fn new(folder: &'f Path) -> Self {
        Self { folder, dumps: 0 }
    }

    /// The instructions of one decision, without those of the harness.
    pub(crate) fn measure(&mut self, app: &mut dyn App, request: &Request) -> f64 {
        /// Warms up caches and lazy values.
        const FIRST: usize = 2;
        const COUNT: usize = 4;
        app.load(request, FIRST + COUNT);
        (0..FIRST).for_each(|_| app.send());
        dumped_requests(app, COUNT);
        self.dumps += 1;
        let total = read_dump(self.folder, self.dumps).unwrap();
        fs::remove_file(self.folder.join(format!("out.{}", self.dumps))).unwrap();
        total / COUNT as f64
    }
}
