//! Tables that are readable on a terminal and as Markdown, figures and paragraphs.

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

/// Formats a table of texts, which are too long to be aligned.
pub(crate) fn text_table(head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let rule = "---|".repeat(head.len());
    let mut table = format!("| {} |\n|{rule}\n", head.join(" | "));
    for row in rows {
        table += &format!("| {} |\n", row.join(" | "));
    }
    table
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

/// `1,234`
pub(crate) fn whole(figure: f64) -> String {
    thousands(figure.round() as i64)
}

/// A paragraph with lines of at most 120 characters where spaces permit.
pub(crate) fn paragraph(text: &str) -> String {
    wrapped(text, "", "")
}

/// An item of a list.
pub(crate) fn item(text: &str) -> String {
    wrapped(text, "- ", "  ")
}

fn wrapped(text: &str, first: &str, others: &str) -> String {
    let mut lines = vec![first.to_owned()];
    for word in text.split_whitespace() {
        let Some(line) = lines.last_mut() else {
            break;
        };
        let is_empty = line.is_empty() || line == first && !first.is_empty() || line == others;
        if !is_empty && line.chars().count() + 1 + word.chars().count() > 120 {
            lines.push(format!("{others}{word}"));
        } else {
            line.push_str(if is_empty { "" } else { " " });
            line.push_str(word);
        }
    }
    lines.join("\n") + "\n"
}
