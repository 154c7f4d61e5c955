//! Prints long values in a short way.

/// How many bytes of each line are printed.
const SHOWN: usize = 400;

pub(crate) fn lines(lines: &[String]) -> String {
    let shown = lines.iter().take(4).map(|line| {
        let start: String = line.chars().take(SHOWN).collect();
        format!("{} bytes {start:?}", line.len())
    });
    let shown: Vec<String> = shown.collect();
    format!("{} lines: {}", lines.len(), shown.join(", "))
}
