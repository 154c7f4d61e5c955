//! The origins of pages and of servers.

/// The origin of a page. It must be in the form that browsers send, because a page has no other form.
pub(crate) fn page(text: &str) -> Result<String, String> {
    let origin = browser_model::page_origin(text).ok_or_else(|| {
        format!(
            "`{text}` is not an origin; write `scheme://host`, `scheme://host:port` or `null`, such as \
             `https://app.example.com`"
        )
    })?;
    match origin == text {
        true => Ok(origin),
        false => Err(format!(
            "`{text}` is not an origin as browsers send it; write `{origin}`"
        )),
    }
}

/// The origin of a server.
pub(crate) fn server(text: &str) -> Result<String, String> {
    let is_http = text.starts_with("http://") || text.starts_with("https://");
    match page(text) {
        Ok(origin) if is_http => Ok(origin),
        Err(problem) if is_http => Err(problem),
        _ => Err(format!(
            "`{text}` is not the origin of a server; write one such as `https://api.example.com`"
        )),
    }
}
