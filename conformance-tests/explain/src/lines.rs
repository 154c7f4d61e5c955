//! Header lines and lists of names, as text.

/// The value of the first line of a header; `name` is in lower case.
pub(crate) fn value(lines: &[(String, Vec<u8>)], name: &str) -> Option<String> {
    let (_, value) = lines.iter().find(|(line, _)| line == name)?;
    Some(shown(value))
}

/// A value as text, with what is not visible ASCII escaped.
pub(crate) fn shown(value: &[u8]) -> String {
    let text = value.escape_ascii().to_string();
    text.replace("\\'", "'").replace("\\\"", "\"")
}

/// Names between backticks, separated by commas.
pub(crate) fn list(names: &[impl AsRef<str>]) -> String {
    let names = names.iter().map(|name| format!("`{}`", name.as_ref()));
    names.collect::<Vec<_>>().join(", ")
}
