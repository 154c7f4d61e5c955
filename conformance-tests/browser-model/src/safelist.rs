//! The methods and request headers that need no preflight.
//! Fetch, "CORS-safelisted method", "CORS-safelisted request-header" and "CORS-unsafe
//! request-header names".

use super::fields::Lines;
use super::quirks::Quirks;

pub(super) fn is_safe_method(method: &str) -> bool {
    ["GET", "HEAD", "POST"].contains(&method)
}

/// The header names that a preflight must request: in lower case, sorted, each once.
pub(super) fn unsafe_names<'a>(headers: &'a Lines, quirks: &Quirks) -> Vec<&'a str> {
    let is_safe = |line: &&(String, Vec<u8>)| is_safe(&line.0, &line.1, quirks);
    let (safe, mut names): (Vec<_>, Vec<_>) = headers.iter().partition(is_safe);
    if safe.iter().map(|line| line.1.len()).sum::<usize>() > 1024 {
        names.extend(safe);
    }
    let mut names: Vec<_> = names.into_iter().map(|line| line.0.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn is_safe(name: &str, value: &[u8], quirks: &Quirks) -> bool {
    let has_unsafe_bytes = || value.iter().any(|&byte| is_unsafe(byte, quirks));
    let is_safe = match name {
        "accept" => !has_unsafe_bytes(),
        "accept-language" | "content-language" => value.iter().all(|&byte| is_language(byte)),
        "content-type" => !has_unsafe_bytes() && is_form_type(value, quirks),
        "range" => is_simple_range(value, quirks),
        _ => quirks.client_hints_are_safe && is_client_hint(name, value),
    };
    is_safe && value.len() <= 128
}

/// Fetch, "CORS-unsafe request-header byte".
fn is_unsafe(byte: u8, quirks: &Quirks) -> bool {
    byte < b' ' && byte != b'\t'
        || b"\"():<>?@[\\]{}\x7f".contains(&byte)
        || !byte.is_ascii() && quirks.non_ascii_is_unsafe
}

fn is_language(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b" *,-.;=".contains(&byte)
}

/// Whether an HTML form can send this type. Parameters are ignored, even if they are malformed: MIME
/// Sniffing, "parse a MIME type".
fn is_form_type(value: &[u8], quirks: &Quirks) -> bool {
    let mut parts = value.split(|&byte| byte == b';');
    let essence = parts.next().unwrap_or_default().trim_ascii();
    let is_empty = |part: &[u8]| part.trim_ascii().is_empty();
    if quirks.empty_last_parameter_is_unsafe
        && parts.next().is_some()
        && parts.next_back().is_some_and(is_empty)
    {
        return false;
    }
    let form_types = [
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "text/plain",
    ];
    form_types
        .iter()
        .any(|form_type| essence.eq_ignore_ascii_case(form_type.as_bytes()))
}

/// `bytes=0-` or `bytes=0-5`. Fetch, "parse a single range header value", without white space.
fn is_simple_range(value: &[u8], quirks: &Quirks) -> bool {
    let Ok(value) = std::str::from_utf8(value) else {
        return false;
    };
    let Some((unit, range)) = value.split_once('=') else {
        return false;
    };
    let is_bytes = match quirks.range_unit_in_any_case {
        true => unit.eq_ignore_ascii_case("bytes"),
        false => unit == "bytes",
    };
    let Some((start, end)) = range.split_once('-') else {
        return false;
    };
    let number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    is_bytes && !start.is_empty() && number(start) && number(end) && is_ordered(start, end)
}

/// The client hints that Chromium treats as safe, with the values that Chromium itself sends.
fn is_client_hint(name: &str, value: &[u8]) -> bool {
    let is_number = |value: &[u8]| !value.is_empty() && value.iter().all(u8::is_ascii_digit);
    match name {
        "device-memory" | "dpr" => {
            let mut parts = value.splitn(2, |&byte| byte == b'.');
            parts.all(is_number)
        }
        "width" | "viewport-width" => is_number(value),
        "save-data" => value.eq_ignore_ascii_case(b"on"),
        _ => ["downlink", "ect", "rtt", "user-agent"].contains(&name),
    }
}

/// Whether `start` is at most `end`, for numbers of any length.
fn is_ordered(start: &str, end: &str) -> bool {
    let value = |digits: &'_ str| {
        let digits = digits.trim_start_matches('0').to_owned();
        (digits.len(), digits)
    };
    end.is_empty() || value(start) <= value(end)
}
