//! TLS to servers, and the certificate authorities that are trusted for it.

use std::sync::Arc;

use rustls::crypto::ring;
use rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier};

/// A configuration for connections, in which only the trusted certificates are not yet set.
pub(crate) fn tls() -> Result<ConfigBuilder<ClientConfig, WantsVerifier>, String> {
    ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())
}

/// The authorities that this machine trusts, as its browsers do, or why there are none. Certificates that
/// cannot be read are left out.
pub(crate) fn authorities() -> Result<RootCertStore, String> {
    let found = rustls_native_certs::load_native_certs();
    let mut authorities = RootCertStore::empty();
    authorities.add_parsable_certificates(found.certs);
    if authorities.is_empty() {
        let why = found.errors.first().map(|error| format!(" ({error})"));
        return Err(format!(
            "this machine trusts no certificate authority{}, so no https server can be verified; install \
             the system's certificates, or set SSL_CERT_FILE to a file in PEM",
            why.unwrap_or_default()
        ));
    }
    Ok(authorities)
}
