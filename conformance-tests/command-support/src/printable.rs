//! Texts of other programs on the terminal.

const LONGEST_TEXT: usize = 1000;

/// Escapes and truncates text of an untrusted client. It must not control the terminal or fill the
/// memory.
pub fn printable(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let mut out = String::new();
    for c in text.chars().take(LONGEST_TEXT) {
        match c {
            '\\' | '"' | '\'' => out.push(c),
            _ => out.extend(c.escape_debug()),
        }
    }
    if text.chars().nth(LONGEST_TEXT).is_some() {
        out.push('…');
    }
    out
}
