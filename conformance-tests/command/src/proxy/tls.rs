//! Which certificates an https target may have: those that the system trusts.

use std::sync::Arc;

use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};

use super::target::Target;
use crate::Failure;

/// The configuration for connections to a target. For http, it trusts nothing.
pub(crate) fn config(target: &Target) -> Result<ClientConfig, Failure> {
    let roots = match target.is_https() {
        true => system()?,
        false => RootCertStore::empty(),
    };
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(Failure::new)?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

/// Certificates that cannot be read are left out, as browsers do.
fn system() -> Result<RootCertStore, Failure> {
    let loaded = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(loaded.certs);
    if roots.is_empty() {
        let errors = loaded.errors.iter().map(|error| format!(" ({error})"));
        return Err(Failure::new(format_args!(
            "no trusted certificates were found, so no https target can be verified{}; \
             install the system's certificates, or set SSL_CERT_FILE to a file in PEM",
            errors.collect::<String>()
        )));
    }
    Ok(roots)
}
