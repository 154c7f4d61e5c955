//! Recipes: how the middlewares fit with other crates. Each recipe is a file in `tests`, and `README.md` lists them.
//!
//! This library has only what the recipes share: how they look at the headers of a response.

use cors_testing::Verdict;

/// The values of a header of the last response, joined as HTTP joins lines. It is empty if there is no such header.
pub fn header(verdict: &Verdict, name: &str) -> String {
    let response = verdict.exchanges().last();
    let response = response.and_then(|(_, response)| response.as_ref());
    let headers = response.map_or([].as_slice(), |response| &response.headers);
    let lines = headers.iter().filter(|line| line.0 == name);
    let lines: Vec<_> = lines
        .map(|line| String::from_utf8_lossy(&line.1).into_owned())
        .collect();
    lines.join(", ")
}

/// The entries of a list such as `Vary`, in lower case and in alphabetical order.
pub fn entries(list: &str) -> Vec<String> {
    let mut entries: Vec<_> = list
        .split(',')
        .map(|entry| entry.trim().to_ascii_lowercase())
        .collect();
    entries.sort();
    entries
}
