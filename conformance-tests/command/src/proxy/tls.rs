//! Which certificates an https target may have: those that the system trusts.

use rustls::{ClientConfig, RootCertStore};

use super::target::Target;
use crate::Failure;
use crate::authorities::{authorities, tls};

/// The configuration for connections to a target. For http, it trusts nothing.
pub(crate) fn config(target: &Target) -> Result<ClientConfig, Failure> {
    let roots = match target.is_https() {
        true => authorities().map_err(Failure::new)?,
        false => RootCertStore::empty(),
    };
    let builder = tls().map_err(Failure::new)?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}
