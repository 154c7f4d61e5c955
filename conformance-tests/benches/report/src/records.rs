//! Files with one JSON value in each line, so that a change of one figure is a change of one line.

use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io;
use std::path::Path;

pub(crate) fn write<T: Serialize>(records: &[T]) -> io::Result<String> {
    let mut text = String::new();
    for record in records {
        text += &serde_json::to_string(record)?;
        text.push('\n');
    }
    Ok(text)
}

/// The records of a file. `path` is only for the error.
pub(crate) fn read<T: DeserializeOwned>(text: &str, path: &Path) -> io::Result<Vec<T>> {
    let lines = text.lines().enumerate();
    let records = lines.map(|(at, line)| {
        serde_json::from_str(line)
            .map_err(|error| io::Error::other(format!("{}:{}: {error}", path.display(), at + 1)))
    });
    records.collect()
}
