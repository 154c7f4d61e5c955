//! A progress bar on a terminal.

use indicatif::{ProgressBar, ProgressStyle};

/// How many cases are done. It is shown on standard error, and only if that is a terminal.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    pub(crate) fn new(name: &str, cases: usize) -> Self {
        let bar = ProgressBar::new(u64::try_from(cases).unwrap_or(u64::MAX));
        if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} cases") {
            bar.set_style(style);
        }
        bar.set_message(name.to_owned());
        Self(bar)
    }

    pub(crate) fn one_done(&self) {
        self.0.inc(1);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
