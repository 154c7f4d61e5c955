//! Why there is no response.

use std::error::Error;
use std::fmt;
use std::io;
use std::iter::successors;
use std::time::Duration;

use browser_model::Url;
use tokio_rustls::rustls::{self, CertificateError, InvalidMessage};

use super::limited::{MAX_RECEIVED, TooMuch};
use super::message::{MAX_HEAD, MAX_LINES};

/// Why there is no response. The text is one line.
#[derive(Clone, Debug)]
pub(crate) enum Problem {
    /// HTTP has no form for this request.
    Unsendable(String),
    /// The host name has no address.
    Resolve { host: String },
    /// No connection to any address.
    Connect { url: Url, cause: String },
    /// The handshake failed.
    Tls { url: Url, cause: String },
    /// The certificate is not accepted.
    Certificate { url: Url, cause: String },
    /// This machine has no list of trusted authorities.
    Roots(String),
    /// The time limit.
    TooSlow { seconds: String },
    /// The head is too large.
    HeadTooLarge,
    /// The server sends and sends, but no head.
    TooMuch,
    /// The connection is closed without a response.
    Closed,
    /// The response is not HTTP.
    NotHttp(String),
    /// Informational responses only, and then another problem.
    OnlyInformational { count: usize, problem: Box<Problem> },
}

impl Problem {
    /// A name for programs.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Unsendable(_) => "unsendable",
            Self::Resolve { .. } => "resolve",
            Self::Connect { .. } => "connect",
            Self::Tls { .. } => "tls",
            Self::Certificate { .. } => "certificate",
            Self::Roots(_) => "no-trusted-authorities",
            Self::TooSlow { .. } => "time-limit",
            Self::HeadTooLarge => "head-too-large",
            Self::TooMuch => "no-head",
            Self::Closed => "closed",
            Self::NotHttp(_) => "not-http",
            Self::OnlyInformational { .. } => "only-informational",
        }
    }

    pub(super) fn too_slow(limit: Duration) -> Self {
        Self::TooSlow {
            seconds: limit.as_secs_f64().to_string(),
        }
    }

    /// Why there is no connection.
    pub(super) fn connect(url: &Url, error: &(dyn Error + 'static)) -> Self {
        let cause = causes(error).last().unwrap_or(error).to_string();
        let without_number = cause.split(" (os error").next();
        Self::Connect {
            url: url.clone(),
            cause: without_number.unwrap_or_default().to_owned(),
        }
    }

    /// Why a TLS handshake failed.
    pub(super) fn handshake(url: &Url, error: &io::Error) -> Self {
        let url = url.clone();
        match cause::<rustls::Error>(error) {
            _ if cause::<TooMuch>(error).is_some() => Self::TooMuch,
            Some(rustls::Error::InvalidCertificate(error)) => Self::Certificate {
                url,
                cause: certificate(error),
            },
            Some(rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType)) => Self::Tls {
                url,
                cause: "the server does not speak TLS at this port; is it an http URL?".to_owned(),
            },
            Some(error) => Self::Tls {
                url,
                cause: error.to_string(),
            },
            None => Self::Tls {
                url,
                cause: match error.kind() {
                    io::ErrorKind::UnexpectedEof => "the server closed the connection".to_owned(),
                    _ => error.to_string(),
                },
            },
        }
    }

    /// Why an exchange of a request and a response failed.
    pub(super) fn exchange(error: &hyper::Error) -> Self {
        let is_hang_up = |error: &io::Error| {
            use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
            let kinds = [
                BrokenPipe,
                ConnectionAborted,
                ConnectionReset,
                UnexpectedEof,
            ];
            kinds.contains(&error.kind())
        };
        if cause::<TooMuch>(error).is_some() {
            Self::TooMuch
        } else if error.is_parse_too_large() {
            Self::HeadTooLarge
        } else if error.is_incomplete_message()
            || error.is_canceled()
            || cause::<io::Error>(error).is_some_and(is_hang_up)
        {
            Self::Closed
        } else {
            let causes = causes(error).skip(1).last();
            Self::NotHttp(causes.map_or_else(|| error.to_string(), |cause| cause.to_string()))
        }
    }
}

fn certificate(error: &CertificateError) -> String {
    match error {
        CertificateError::UnknownIssuer => {
            "no authority that this machine trusts has signed it; it may be self-signed".to_owned()
        }
        CertificateError::BadSignature => "its signature is not valid".to_owned(),
        // What `openssl req -x509` makes. rustls has no name for it.
        error if error.to_string().contains("CaUsedAsEndEntity") => {
            "it is that of an authority, not of a server, as self-signed certificates often are"
                .to_owned()
        }
        error => error.to_string(),
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsendable(problem) => f.write_str(problem),
            Self::Resolve { host } => {
                write!(f, "the host name `{host}` does not resolve to an address")
            }
            Self::Connect { url, cause } => {
                write!(f, "cannot connect to {}: {cause}", url.authority())
            }
            Self::Tls { url, cause } => {
                write!(
                    f,
                    "the TLS handshake with {} failed: {cause}",
                    url.authority()
                )
            }
            Self::Certificate { url, cause } => write!(
                f,
                "the certificate of {} is not accepted: {cause}; `--insecure` accepts any",
                url.authority()
            ),
            Self::Roots(cause) => write!(f, "{cause}, or accept any certificate with `--insecure`"),
            Self::TooSlow { seconds } => write!(
                f,
                "no response within {seconds} s, the time limit for everything; `--time-limit` sets it"
            ),
            Self::HeadTooLarge => write!(
                f,
                "the response head has more than {} KiB or {MAX_LINES} lines",
                MAX_HEAD >> 10
            ),
            Self::TooMuch => write!(
                f,
                "the server sent {} KiB without a complete response head",
                MAX_RECEIVED >> 10
            ),
            Self::Closed => f.write_str("the server closed the connection without a response"),
            Self::NotHttp(cause) => write!(f, "the response is not valid HTTP: {cause}"),
            Self::OnlyInformational { count: 1, problem } => {
                write!(f, "{problem}, only 1 informational (1xx) response")
            }
            Self::OnlyInformational { count, problem } => {
                write!(f, "{problem}, only {count} informational (1xx) responses")
            }
        }
    }
}

/// The first cause of this type.
fn cause<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    causes(error).find_map(|cause| cause.downcast_ref())
}

/// An error and its causes. What an I/O error wraps is one, which its `source` leaves out.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    successors(Some(error), |&error| {
        let wrapped = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        match wrapped {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        }
    })
}
