//! HTTP as plain text, so that malformed requests can be sent, too.

use std::io::ErrorKind::{BrokenPipe, ConnectionReset};
use std::io::{Error, Read as _, Write as _};
use std::net::TcpStream;

use test_support::process::PATIENCE;

/// Sends bytes to `address` and reads until the server closes the connection.
pub(crate) fn send(address: &str, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut response = Vec::new();
    let exchanged = stream
        .write_all(request)
        .and_then(|()| stream.read_to_end(&mut response));
    // A server may close the connection before it has read all of a malformed request.
    let hung_up = |error: &Error| matches!(error.kind(), BrokenPipe | ConnectionReset);
    assert!(
        exchanged.as_ref().err().is_none_or(hung_up),
        "{exchanged:?}"
    );
    String::from_utf8_lossy(&response).into_owned()
}

/// Sends a request on a new connection; `headers` are whole lines.
pub(crate) fn request(address: &str, line: &str, headers: &[&str], body: &str) -> String {
    let mut text = format!(
        "{line} HTTP/1.1\r\nconnection: close\r\ncontent-length: {}\r\n",
        body.len()
    );
    if !headers.iter().any(|header| header.starts_with("host:")) {
        text += &format!("host: {address}\r\n");
    }
    for header in headers {
        text += &format!("{header}\r\n");
    }
    send(address, format!("{text}\r\n{body}").as_bytes())
}

/// Sends malformed requests, like a scanner or a broken client.
pub(crate) fn junk(address: &str) {
    send(
        address,
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\x00\xff\xfe\r\n\r\n",
    );
    send(
        address,
        &[
            b"GET / HTTP/1.1\r\nhost: x\r\norigin: ",
            &[0xff; 4096][..],
            b"\r\nconnection: close\r\n\r\n",
        ]
        .concat(),
    );
    send(address, b"OPTIONS / HTTP/1.1\r\nhost: x\r\norigin: a\r\norigin: \x80\r\naccess-control-request-method: ,,,\r\nconnection: close\r\n\r\n");
    send(address, &[b'A'; 1 << 20]);
}

/// The sorted lines without the date. Not every framework preserves the order of headers.
pub(crate) fn without_date(response: &str) -> Vec<&str> {
    let mut lines: Vec<_> = response
        .lines()
        .filter(|line| !line.starts_with("date: "))
        .collect();
    lines.sort_unstable();
    lines
}
