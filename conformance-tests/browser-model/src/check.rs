//! Fetch, "CORS check".

use super::fields::{Lines, joined, values};
use super::quirks::Quirks;
use super::{CorsFailure, Credentials};

/// Checks whether a response allows a page of this origin to read it.
pub(super) fn check(
    origin: &str,
    credentials: Credentials,
    response: &Lines,
    quirks: &Quirks,
) -> Result<(), CorsFailure> {
    let with_credentials = credentials == Credentials::Include;
    let value = |name| match quirks.empty_lines_are_ignored {
        true => joined_without_empty(response, name),
        false => joined(response, name),
    };
    let allowed = value("access-control-allow-origin");
    let allowed = allowed.ok_or(CorsFailure::NoAllowOrigin)?;
    if allowed == b"*" {
        return match with_credentials {
            true => Err(CorsFailure::AnyOriginWithCredentials),
            false => Ok(()),
        };
    }
    if allowed != origin.as_bytes() {
        return Err(CorsFailure::AllowOrigin(allowed));
    }
    let allows_credentials = || value("access-control-allow-credentials");
    if with_credentials && allows_credentials().as_deref() != Some(b"true") {
        return Err(CorsFailure::AllowCredentials);
    }
    Ok(())
}

/// The joined values without empty ones, unless all are empty.
fn joined_without_empty(response: &Lines, name: &str) -> Option<Vec<u8>> {
    let lines = values(response, name).filter(|value| !value.is_empty());
    let lines: Vec<_> = lines.collect();
    match lines.is_empty() {
        true => joined(response, name).map(|_| Vec::new()),
        false => Some(lines.join(&b", "[..])),
    }
}
