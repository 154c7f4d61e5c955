//! Where the results are stored, and where what is rendered from them is written.

use crate::cost::Cost;
use crate::end_to_end::EndToEnd;
use crate::program::Programs;
use crate::{page, plots, tables};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

const COST: &str = "benches/results/cost.jsonl";
const END_TO_END: &str = "benches/results/end_to_end.jsonl";
const PROGRAMS: &str = "benches/results/build-cost.jsonl";

/// A folder with results and what is rendered from them.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

/// All results.
#[derive(Clone, Debug, Default)]
pub struct Results {
    /// Those of `cost`.
    pub cost: Cost,
    /// Those of `end_to_end`.
    pub end_to_end: EndToEnd,
    /// Those of `build-cost`.
    pub programs: Programs,
}

impl Folder {
    /// The folder `conformance-tests` of this repository.
    pub fn committed() -> Self {
        Self(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
    }

    /// Another folder.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Stores the results of `cost`, and renders everything again.
    ///
    /// # Errors
    ///
    /// If a file cannot be read or written.
    pub fn store_cost(&self, cost: &Cost) -> io::Result<()> {
        self.write(COST, &cost.write()?)?;
        self.render()
    }

    /// Stores the results of `end_to_end`, and renders everything again.
    ///
    /// # Errors
    ///
    /// If a file cannot be read or written.
    pub fn store_end_to_end(&self, end_to_end: &EndToEnd) -> io::Result<()> {
        self.write(END_TO_END, &end_to_end.write()?)?;
        self.render()
    }

    /// The stored results. Those of a benchmark that has not run are empty.
    ///
    /// # Errors
    ///
    /// If a file cannot be read.
    pub fn results(&self) -> io::Result<Results> {
        Ok(Results {
            cost: self.read(COST, Cost::read)?,
            end_to_end: self.read(END_TO_END, EndToEnd::read)?,
            programs: self.read(PROGRAMS, Programs::read)?,
        })
    }

    /// Writes the page, the tables and the plots again.
    ///
    /// # Errors
    ///
    /// If a file cannot be read or written.
    pub fn render(&self) -> io::Result<()> {
        let rendered = self.results()?.render();
        rendered
            .iter()
            .try_for_each(|(path, text)| self.write(path, text))
    }

    /// The files whose content differs from what the results render, with the right content.
    ///
    /// # Errors
    ///
    /// If the results cannot be read.
    pub fn outdated(&self) -> io::Result<Vec<(PathBuf, String)>> {
        let rendered = self.results()?.render().into_iter();
        let rendered = rendered.map(|(path, text)| (self.0.join(path), text));
        let differs =
            |(path, text): &(PathBuf, String)| fs::read_to_string(path).ok().as_ref() != Some(text);
        Ok(rendered.filter(differs).collect())
    }

    fn read<T: Default>(&self, path: &str, of: fn(&str, &Path) -> io::Result<T>) -> io::Result<T> {
        let path = self.0.join(path);
        match fs::read_to_string(&path) {
            Ok(text) => of(&text, &path),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(T::default()),
            Err(error) => Err(io::Error::other(format!("{}: {error}", path.display()))),
        }
    }

    fn write(&self, path: &str, text: &str) -> io::Result<()> {
        let path = self.0.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, text)
    }
}

impl Results {
    /// The files that are rendered from the results, by their paths in the folder.
    fn render(&self) -> Vec<(&'static str, String)> {
        let mut files = vec![
            ("PERFORMANCE.md", page::render(self)),
            ("benches/TABLES.md", tables::render(self)),
        ];
        let plots = plots::all(&self.cost);
        files.extend(plots.into_iter().map(|plot| (plot.path, plot.svg)));
        files
    }
}
