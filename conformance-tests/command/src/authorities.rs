//! The certificate authorities that are trusted for https.

use rustls::RootCertStore;

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
