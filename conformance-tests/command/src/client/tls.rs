//! TLS, and which certificates are accepted.

use std::cell::OnceCell;
use std::io;
use std::sync::Arc;

use browser_model::Url;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::client::danger::{
    HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier,
};
use tokio_rustls::rustls::crypto::{
    CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature,
};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};

use super::problem::Problem;
use crate::authorities::{authorities, tls};

/// TLS with HTTP/2 and HTTP/1.1.
pub(super) struct Tls {
    accepts_any: bool,
    /// Made for the first connection, because it reads the authorities of this machine.
    connector: OnceCell<TlsConnector>,
}

impl Tls {
    pub(super) fn new(accepts_any: bool) -> Self {
        Self {
            accepts_any,
            connector: OnceCell::new(),
        }
    }

    /// Performs the handshake.
    pub(super) async fn handshake<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        url: &Url,
        stream: S,
    ) -> Result<TlsStream<S>, Problem> {
        let name = server_name(url).ok_or_else(|| Problem::Tls {
            url: url.clone(),
            cause: "a certificate cannot have this host name".to_owned(),
        })?;
        let connected = self.connector()?.connect(name, stream).await;
        connected.map_err(|error: io::Error| Problem::handshake(url, &error))
    }

    fn connector(&self) -> Result<&TlsConnector, Problem> {
        if let Some(connector) = self.connector.get() {
            return Ok(connector);
        }
        let config = config(self.accepts_any)?;
        Ok(self
            .connector
            .get_or_init(|| TlsConnector::from(Arc::new(config))))
    }
}

/// Whether the server has chosen HTTP/2.
pub(super) fn is_http2<S>(stream: &TlsStream<S>) -> bool {
    stream.get_ref().1.alpn_protocol() == Some(b"h2")
}

fn server_name(url: &Url) -> Option<ServerName<'static>> {
    let host = url.host_str()?;
    let host = host.strip_prefix('[').unwrap_or(host);
    let host = host.strip_suffix(']').unwrap_or(host);
    ServerName::try_from(host.to_owned()).ok()
}

fn config(accepts_any: bool) -> Result<ClientConfig, Problem> {
    let builder = tls().map_err(Problem::Roots)?;
    let mut config = match accepts_any {
        true => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(AnyCertificate(ring::default_provider())))
            .with_no_client_auth(),
        false => builder
            .with_root_certificates(authorities().map_err(Problem::Roots)?)
            .with_no_client_auth(),
    };
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// Accepts every certificate, but the server must have its key.
#[derive(Debug)]
struct AnyCertificate(CryptoProvider);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
