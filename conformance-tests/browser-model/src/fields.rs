//! Header lines and their values. Fetch, "Headers".

/// Header lines in order.
pub(super) type Lines = [(String, Vec<u8>)];

/// The values of all lines of a header, joined with commas; `name` is in lower case. Fetch, "get".
pub(super) fn joined(lines: &Lines, name: &str) -> Option<Vec<u8>> {
    let values: Vec<_> = values(lines, name).collect();
    (!values.is_empty()).then(|| values.join(&b", "[..]))
}

/// The values of all lines of a header; `name` is in lower case.
pub(super) fn values<'a>(lines: &'a Lines, name: &str) -> impl Iterator<Item = &'a [u8]> {
    let lines = lines
        .iter()
        .filter(move |line| line.0.eq_ignore_ascii_case(name));
    lines.map(|line| trimmed(&line.1))
}

/// The tokens in all lines of a header. Empty if there are none, `None` if an element is not a
/// token. Fetch, "extracting header list values", with the grammars of "HTTP responses".
pub(super) fn tokens<'a>(lines: &'a Lines, name: &str) -> Option<Vec<&'a str>> {
    let elements = values(lines, name).flat_map(|value| value.split(|&byte| byte == b','));
    let elements = elements.map(trimmed).filter(|element| !element.is_empty());
    let token = |element| str::from_utf8(element).ok().filter(|text| is_token(text));
    elements.map(token).collect()
}

/// RFC 9110, section 5.6.2.
pub(super) fn is_token(text: &str) -> bool {
    let is_char = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_char)
}

/// A value without leading and trailing white space. Fetch, "normalize".
pub(super) fn trimmed(value: &[u8]) -> &[u8] {
    let is_space = |byte: &u8| b"\t\n\r ".contains(byte);
    let start = value.iter().take_while(|byte| is_space(byte)).count();
    let value = value.get(start..).unwrap_or_default();
    let end = value.iter().rev().take_while(|byte| is_space(byte)).count();
    value.get(..value.len() - end).unwrap_or_default()
}
