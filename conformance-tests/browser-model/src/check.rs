//! Fetch, "CORS check".

use super::fields::{Lines, joined};
use super::{CorsFailure, Credentials};

/// Checks whether a response allows a page of this origin to read it.
pub(super) fn check(
    origin: &str,
    credentials: Credentials,
    response: &Lines,
) -> Result<(), CorsFailure> {
    let with_credentials = credentials == Credentials::Include;
    let allowed = joined(response, "access-control-allow-origin");
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
    let allows_credentials = || joined(response, "access-control-allow-credentials");
    if with_credentials && allows_credentials().as_deref() != Some(b"true") {
        return Err(CorsFailure::AllowCredentials);
    }
    Ok(())
}
