//! A curl command that repeats a request.

use browser_model::Request;

/// The command. The values of these headers, which the user gave, are left out: they may be secret.
pub(super) fn command(request: &Request, secret: &[(String, Vec<u8>)]) -> String {
    let mut words = vec!["curl --include --silent --path-as-is".to_owned()];
    if request.method != "GET" {
        words.push(format!("--request {}", quoted(&request.method)));
    }
    for (name, value) in &request.headers {
        let is_secret = secret
            .iter()
            .any(|header| header.0.eq_ignore_ascii_case(name));
        let value = String::from_utf8_lossy(value);
        let value = if is_secret { "..." } else { &*value };
        words.push(format!("--header {}", quoted(&format!("{name}: {value}"))));
    }
    words.push(quoted(request.url.as_str()));
    words.join(" ")
}

/// A word for a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
