//! Tables that are readable on a terminal and as Markdown, and the file that contains them.

use std::fs;
use std::io;
use std::path::Path;

/// Formats a table. The first column is text, the others are figures.
pub fn table(head: &[String], rows: &[Vec<String>]) -> String {
    let widths: Vec<usize> = (0..head.len())
        .map(|column| {
            let cells = rows.iter().map(Vec::as_slice).chain([head]);
            let cells = cells.filter_map(|row| row.get(column));
            cells.fold(3, |widest, cell| widest.max(cell.chars().count()))
        })
        .collect();
    let line = |row: &[String]| {
        let cells = row.iter().zip(&widths).enumerate();
        let cells: Vec<String> = cells
            .map(|(column, (cell, width))| match column {
                0 => format!("{cell:<width$}"),
                _ => format!("{cell:>width$}"),
            })
            .collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let rule: Vec<String> = widths
        .iter()
        .enumerate()
        .map(|(column, width)| match column {
            0 => "-".repeat(*width),
            _ => format!("{}:", "-".repeat(width - 1)),
        })
        .collect();
    let rows: String = rows.iter().map(|row| line(row)).collect();
    line(head) + &line(&rule) + &rows
}

/// `1,000,000`
pub fn thousands(number: impl TryInto<i64>) -> String {
    let number = number.try_into().unwrap_or(i64::MAX);
    let digits = number.unsigned_abs().to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| std::str::from_utf8(group).unwrap_or_default())
        .collect();
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{}", groups.join(","))
}

const TITLE: &str = "# Performance\n\n\
    The cost of CORS per request, compared with the same framework without CORS: with our middleware, and with the\n\
    existing middleware of each framework. `cargo bench -p cors-benchmarks --bench cost` and `--bench end_to_end` write\n\
    this file; do not edit it by hand.";

/// Writes `text` into its section of PERFORMANCE.md and replaces the text of an earlier run.
pub fn write_section(section: &str, text: &str) -> io::Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../PERFORMANCE.md");
    let old = fs::read_to_string(&path).unwrap_or_default();
    let (start, end) = (
        format!("<!-- {section} -->\n"),
        format!("<!-- end of {section} -->\n"),
    );
    let new = format!("{start}\n{}\n\n{end}", text.trim());
    let whole = match (old.find(&start), old.find(&end)) {
        (Some(from), Some(to)) => {
            let (before, after) = (&old[..from], &old[to + end.len()..]);
            format!("{before}{new}{after}")
        }
        _ if old.is_empty() => format!("{TITLE}\n\n{new}"),
        _ => format!("{}\n\n{new}", old.trim_end()),
    };
    fs::write(path, whole)
}
