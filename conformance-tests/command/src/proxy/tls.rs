//! Which certificates an https target may have: those that the system trusts.

use std::sync::Arc;

use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};

use super::target::Target;
use crate::Failure;
use crate::authorities::authorities;

/// The configuration for connections to a target. For http, it trusts nothing.
pub(crate) fn config(target: &Target) -> Result<ClientConfig, Failure> {
    let roots = match target.is_https() {
        true => authorities().map_err(Failure::new)?,
        false => RootCertStore::empty(),
    };
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(Failure::new)?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}
