//! TLS, and HTTP/2 over it.

use std::convert::Infallible;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http_body_util::Empty;
use hyper::body::Bytes;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, KeyPair};
use tempfile::TempDir;
use tokio::runtime;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

use crate::{PAGE, Run, check, command, run};

/// A server with a self-signed certificate for `127.0.0.1`. It allows every origin, and sends the version of
/// the request in `X-Version`.
struct Https {
    /// Such as `127.0.0.1:8000`.
    address: String,
    _folder: TempDir,
    /// The certificate.
    file: PathBuf,
}

impl Https {
    fn start(protocols: &[&str]) -> Self {
        Self::with(protocols, IsCa::NoCa)
    }

    fn with(protocols: &[&str], is_ca: IsCa) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut certificate = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
        certificate.is_ca = is_ca;
        // Each has a name of its own, because a certificate is signed by an authority with the name of its issuer.
        let name = key.public_key_raw().escape_ascii().to_string();
        certificate.distinguished_name = DistinguishedName::new();
        let name = name.get(..60).unwrap();
        certificate
            .distinguished_name
            .push(DnType::CommonName, name);
        let certificate = certificate.self_signed(&key).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("certificate.pem");
        let text = BASE64_STANDARD.encode(certificate.der());
        let text = format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n");
        fs::write(&file, text).unwrap();
        let key = PrivatePkcs8KeyDer::from(key.serialize_der());
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.into()], key.into())
            .unwrap();
        config.alpn_protocols = protocols
            .iter()
            .map(|name| name.as_bytes().to_vec())
            .collect();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        listener.set_nonblocking(true).unwrap();
        // The thread ends with the process.
        thread::spawn(move || {
            let runtime = runtime::Builder::new_current_thread().enable_all().build();
            runtime
                .unwrap()
                .block_on(serve(listener, TlsAcceptor::from(Arc::new(config))));
        });
        Self {
            address,
            _folder: folder,
            file,
        }
    }

    /// Checks its URL while the authorities that this machine trusts are in a file.
    fn check(&self, file: &str, args: &[&str]) -> Run {
        let mut command = command();
        command
            .env("SSL_CERT_FILE", file)
            .env_remove("SSL_CERT_DIR");
        command.arg(format!("https://{}/", self.address)).args(PAGE);
        run(command.args(args))
    }
}

async fn serve(listener: TcpListener, acceptor: TlsAcceptor) {
    let listener = tokio::net::TcpListener::from_std(listener).unwrap();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            let Ok(stream) = acceptor.accept(stream).await else {
                return;
            };
            let is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
            let service = service_fn(async |request: http::Request<_>| {
                let _: &hyper::body::Incoming = request.body();
                let response = http::Response::builder()
                    .header("access-control-allow-origin", "*")
                    .header("access-control-allow-methods", "PUT")
                    .header("access-control-expose-headers", "x-version")
                    .header("x-version", format!("{:?}", request.version()))
                    .body(Empty::<Bytes>::new());
                Ok::<_, Infallible>(response.unwrap())
            });
            let stream = TokioIo::new(stream);
            let _ = match is_http2 {
                true => {
                    let server = http2::Builder::new(TokioExecutor::new());
                    server.serve_connection(stream, service).await
                }
                false => {
                    http1::Builder::new()
                        .serve_connection(stream, service)
                        .await
                }
            };
        });
    }
}

#[test]
fn both_versions_of_http() {
    for (protocols, version) in [
        (&["h2", "http/1.1"][..], "HTTP/2.0"),
        (&["http/1.1"], "HTTP/1.1"),
        (&[], "HTTP/1.1"),
    ] {
        let server = Https::start(protocols);
        let run = server.check(server.file.to_str().unwrap(), &["-X", "PUT", "--verbose"]);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{run:?}");
        let lines = [
            format!("< {version} 200\n"),
            format!("<   x-version: {version}\n"),
        ];
        for line in lines {
            assert_eq!(run.stdout.matches(&line).count(), 2, "{run:?}");
        }
        assert!(run.verdict().contains("x-version"), "{run:?}");
    }
}

#[test]
fn a_certificate_that_nobody_has_signed() {
    let server = Https::start(&["h2"]);
    let other = Https::start(&["h2"]);
    let trusted = other.file.to_str().unwrap();
    server.check(trusted, &[]).assert_unreachable(&format!(
        "the certificate of {} is not accepted: no authority that this machine trusts has signed it; it may be self-signed; \
         `--insecure` accepts any",
        server.address
    ));
    let run = server.check(trusted, &["--insecure"]);
    assert_eq!(run.status, 0, "{run:?}");
    let note = "note: any certificate is accepted: the responses may be from anyone on the way to the server";
    assert!(run.stdout.contains(note), "{run:?}");
}

/// As `openssl req -x509` makes it.
#[test]
fn a_certificate_of_an_authority() {
    let server = Https::with(&[], IsCa::Ca(BasicConstraints::Unconstrained));
    let file = server.file.to_str().unwrap();
    server.check(file, &[]).assert_unreachable(&format!(
        "the certificate of {} is not accepted: it is that of an authority, not of a server, as self-signed certificates \
         often are; `--insecure` accepts any",
        server.address
    ));
    assert_eq!(server.check(file, &["--insecure"]).status, 0);
}

#[test]
fn a_certificate_of_another_host() {
    let server = Https::start(&[]);
    let mut command = command();
    let url = format!(
        "https://{}/",
        server.address.replace("127.0.0.1", "localhost")
    );
    let run = run(command
        .env("SSL_CERT_FILE", &server.file)
        .arg(url)
        .args(PAGE));
    assert_eq!(run.status, 2, "{run:?}");
    assert!(
        run.stderr.contains("not valid for name \"localhost\""),
        "{run:?}"
    );
    assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
}

#[test]
fn no_authorities() {
    let server = Https::start(&[]);
    let run = server.check("no-such-file.pem", &[]);
    assert_eq!(run.status, 2, "{run:?}");
    let start = "error: this machine trusts no certificate authority (";
    assert!(run.stderr.starts_with(start), "{run:?}");
    // They are not needed.
    assert_eq!(server.check("no-such-file.pem", &["--insecure"]).status, 0);
}

#[test]
fn tls_at_one_end_only() {
    // A server without TLS.
    let plain = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = plain.local_addr().unwrap();
    thread::spawn(move || {
        let (mut stream, _) = plain.accept().unwrap();
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        let _ = stream.read_to_end(&mut Vec::new());
    });
    check(&format!("https://{address}/"), &["--insecure"]).assert_unreachable(&format!(
        "the TLS handshake with {address} failed: the server does not speak TLS at this port; is it an http URL?"
    ));
    // A server with TLS.
    let server = Https::start(&[]);
    let run = check(&format!("http://{}/", server.address), &[]);
    assert_eq!((run.status, run.stderr.lines().count()), (2, 1), "{run:?}");
}
