//! The header lines that hyper leaves out of a response, although browsers keep them.

use http::HeaderName;

/// The lines of the final head that have a control character in their value, from all that was received. Fetch forbids
/// only NUL, CR and LF there. hyper fails on these itself.
pub(super) fn lines(received: &[u8]) -> Vec<(String, Vec<u8>)> {
    let head = unfolded(final_head(received));
    head.iter().filter_map(|line| unparsed(line)).collect()
}

fn unparsed(line: &[u8]) -> Option<(String, Vec<u8>)> {
    let colon = line.iter().position(|&byte| byte == b':')?;
    let (name, value) = line.split_at_checked(colon)?;
    let name = HeaderName::from_bytes(name.trim_ascii_end()).ok()?;
    let value = trimmed(value.strip_prefix(b":")?);
    let is_control = |byte: &u8| byte.is_ascii_control() && *byte != b'\t';
    let is_unparsed = value.iter().any(is_control);
    is_unparsed.then(|| (name.as_str().to_owned(), value.to_vec()))
}

/// Without the spaces and tabs around it. Other white space is part of a value.
fn trimmed(value: &[u8]) -> &[u8] {
    let is_inner = |byte: &u8| !b" \t".contains(byte);
    let start = value.iter().position(is_inner).unwrap_or(value.len());
    let end = value
        .iter()
        .rposition(is_inner)
        .map_or(start, |last| last + 1);
    value.get(start..end).unwrap_or_default()
}

/// The lines after the status line, without the informational responses before it.
fn final_head(received: &[u8]) -> Vec<&[u8]> {
    let lines = received.split(|&byte| byte == b'\n');
    let mut lines = lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    while let Some(status) = lines.by_ref().find(|line| !line.is_empty()) {
        let head = lines.by_ref().take_while(|line| !line.is_empty()).collect();
        if !is_informational(status) {
            return head;
        }
    }
    Vec::new()
}

/// Whether another response follows.
fn is_informational(status: &[u8]) -> bool {
    let code = status.split(|&byte| byte == b' ').nth(1);
    code.is_some_and(|code| code.starts_with(b"1") && code != b"101")
}

/// Joins each line with those that continue it.
fn unfolded(lines: Vec<&[u8]>) -> Vec<Vec<u8>> {
    let mut unfolded: Vec<Vec<u8>> = Vec::with_capacity(lines.len());
    for line in lines {
        match unfolded.last_mut() {
            Some(last) if line.starts_with(b" ") || line.starts_with(b"\t") => last.extend(line),
            _ => unfolded.push(line.to_vec()),
        }
    }
    unfolded
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by a panic")]

    use httparse::{EMPTY_HEADER, ParserConfig, Response};

    use super::lines;

    const PIECES: [&str; 12] = [
        "a: b",
        "A: \x01",
        "b : c\x7f \t",
        "c:",
        "c: \x0c",
        " d\x02",
        "\t \x0b",
        " e: \x01",
        "x y: \x01",
        "no colon",
        ":\x01",
        "f:\tg\t\u{e9}\x1b[31m",
    ];

    /// What the parser of hyper would keep if control characters were allowed, from all heads of up to three lines.
    #[test]
    fn as_httparse_with_other_characters() {
        let mut checked = 0;
        let first = PIECES.map(|piece| vec![piece]).into_iter();
        let second = PIECES.iter().flat_map(|a| PIECES.map(|b| vec![*a, b]));
        let third = second
            .clone()
            .flat_map(|two| PIECES.map(|c| [&two[..], &[c]].concat()));
        for pieces in first.chain(second).chain(third) {
            for end in ["\r\n", "\n"] {
                let head = pieces.join(end);
                let early = format!("HTTP/1.1 103 X{end}a: \x03{end}{end}");
                let head = format!("HTTP/1.1 200 OK{end}{head}{end}{end}");
                let all = lines(format!("{early}{head}a: \x04{end}{end}").as_bytes());
                let all = all.into_iter().map(|(name, value)| (name, visible(&value)));
                assert_eq!(all.collect::<Vec<_>>(), by_httparse(&head), "{head:?}");
                checked += 1;
            }
        }
        assert_eq!(checked, 2 * (12 + 12 * 12 + 12 * 12 * 12));
    }

    fn by_httparse(head: &str) -> Vec<(String, String)> {
        let head = visible(head.as_bytes());
        let mut config = ParserConfig::default();
        config
            .allow_obsolete_multiline_headers_in_responses(true)
            .allow_spaces_after_header_name_in_responses(true)
            .ignore_invalid_headers_in_responses(true);
        let mut headers = [EMPTY_HEADER; 4];
        let mut response = Response::new(&mut headers);
        let parsed = config.parse_response(&mut response, head.as_bytes());
        assert!(parsed.unwrap().is_complete());
        let headers = response.headers.iter().map(|header| {
            let value = str::from_utf8(header.value).unwrap();
            (header.name.to_lowercase(), value.replace(['\r', '\n'], ""))
        });
        headers.filter(|(_, value)| value.contains('!')).collect()
    }

    /// With `!` instead of what hyper does not keep.
    fn visible(text: &[u8]) -> String {
        let is_control = |c: char| c.is_ascii_control() && !"\t\r\n".contains(c);
        str::from_utf8(text).unwrap().replace(is_control, "!")
    }
}
