//! Targets with https.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use tempfile::TempDir;

use crate::running::{ORIGIN, POLICY, Proxy};

/// A new certificate of 127.0.0.1, which signs itself.
pub(crate) struct Certificate {
    /// In PEM.
    pub(crate) path: PathBuf,
    made: rcgen::CertifiedKey<rcgen::KeyPair>,
    _folder: TempDir,
}

pub(crate) fn certificate() -> Certificate {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("certificate.pem");
    fs::write(&path, made.cert.pem()).unwrap();
    Certificate {
        path,
        made,
        _folder: folder,
    }
}

/// Responds to one request for each connection.
fn serve(certificate: &Certificate) -> SocketAddr {
    let key = PrivatePkcs8KeyDer::from(certificate.made.signing_key.serialize_der());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.made.cert.der().clone()],
            PrivateKeyDer::from(key),
        )
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = BufReader::new(StreamOwned::new(connection, stream));
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") && stream.read_line(&mut head).is_ok_and(|n| n > 0) {}
            let response = b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nsecret";
            let _ = stream.get_mut().write_all(response);
            stream.get_mut().conn.send_close_notify();
            let _ = stream.get_mut().flush();
        }
    });
    address
}

#[test]
fn only_a_trusted_certificate_is_accepted() {
    let (good, other) = (certificate(), certificate());
    let target = format!("https://{}", serve(&good));
    for (trusted, expected) in [
        (&good, "HTTP/1.1 200 OK"),
        (&other, "HTTP/1.1 502 Bad Gateway"),
    ] {
        let environment = [("SSL_CERT_FILE", trusted.path.to_str().unwrap())];
        let proxy = Proxy::start_with(&target, POLICY, &[], &environment);
        let response = proxy.request("GET /", &[ORIGIN], "");
        assert_eq!(response.lines().next(), Some(expected));
        assert_eq!(response.contains("secret"), expected.ends_with("OK"));
        if !expected.ends_with("OK") {
            let text =
                format!("cors proxy: cannot connect to {target}: invalid peer certificate: ");
            assert!(response.contains(&text), "{response}");
        }
    }
}
