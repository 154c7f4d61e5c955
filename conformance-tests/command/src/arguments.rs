//! The values of arguments that several subcommands have.

/// Parses an origin. It must be in the form that browsers send, because a page has no other form.
pub(crate) fn origin(text: &str) -> Result<String, String> {
    let origin = browser_model::page_origin(text).ok_or_else(|| no_origin(text))?;
    match origin == text {
        true => Ok(origin),
        false => Err(format!(
            "browsers send this origin as `{origin}`; use that form"
        )),
    }
}

fn no_origin(text: &str) -> String {
    let form = "an origin must have the form `scheme://host`, `scheme://host:port` or `null`";
    let is_host = text.starts_with(|c: char| c.is_ascii_alphanumeric()) && !text.contains("://");
    let meant = browser_model::page_origin(&format!("https://{text}")).filter(|_| is_host);
    meant.map_or_else(
        || form.to_owned(),
        |meant| format!("{form}; perhaps `{meant}`"),
    )
}

/// Parses a header line.
pub(crate) fn header(text: &str) -> Result<(String, Vec<u8>), String> {
    let (name, value) = text
        .split_once(':')
        .ok_or("a header must have the form `NAME: VALUE`")?;
    Ok((name.to_owned(), value.into()))
}
