//! Bodies stream in bounded memory, in both directions, and nothing is held back.

#[cfg(target_os = "linux")]
use std::fs;
use std::io::{BufReader, Error, ErrorKind, Read as _, Write};
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::mpsc;
use std::time::Duration;

use test_support::process::PATIENCE;

use crate::running::{ORIGIN, Proxy};
use crate::upstream::{Upstream, head};

const MIB: usize = 1 << 20;

/// Far less than a body of this test, and far more than what the proxy does not choose: its binary with debug information,
/// which counts as memory when it is read, and the buffers of the sockets, which the system chooses.
const LIMIT: usize = 256 * MIB;

/// The target sends until the proxy takes no more, and the client reads only then. So the proxy is never short of
/// data that it could keep.
#[test]
fn a_gibibyte_in_each_direction() {
    let length = 1024 * MIB;
    let (full, is_full) = mpsc::channel();
    let full = Mutex::new(full);
    let upstream = Upstream::start(move |connection| {
        if connection.head.starts_with("PUT ") {
            let received = count(&mut connection.stream, length);
            connection.send(&format!(
                "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{received}"
            ));
            return;
        }
        connection.send(&format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n"
        ));
        let stream = connection.stream.get_mut();
        stream
            .set_write_timeout(Some(Duration::from_millis(500)))
            .unwrap();
        let sent = write(stream, length, |sent| {
            full.lock().unwrap().send(sent).unwrap()
        });
        assert_eq!(sent, length);
    });
    let proxy = Proxy::in_front_of(upstream.address);

    let mut stream = connect(&proxy, "GET / HTTP/1.1", "");
    let held = is_full.recv_timeout(PATIENCE).unwrap();
    assert!(held < LIMIT, "the proxy and the sockets took {held} bytes");
    assert!(
        head(&mut stream)
            .unwrap()
            .starts_with("HTTP/1.1 200 OK\r\n")
    );
    assert_eq!(count(&mut stream, length), length);
    drop(stream);

    let mut stream = connect(
        &proxy,
        "PUT / HTTP/1.1",
        &format!("content-length: {length}\r\n"),
    );
    assert_eq!(write(stream.get_mut(), length, |_| ()), length);
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    assert!(
        response.ends_with(&format!("\r\n{length}\r\n0\r\n\r\n")),
        "{response}"
    );

    #[cfg(target_os = "linux")]
    {
        let peak = peak(proxy.server.child.id());
        println!("peak of the proxy for {length} bytes in each direction: {peak} KiB");
        assert!(peak < LIMIT >> 10, "{peak} KiB");
    }
}

/// The most memory that a process ever had, in KiB.
#[cfg(target_os = "linux")]
fn peak(process: u32) -> usize {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.unwrap().trim().trim_end_matches(" kB");
    number.parse().unwrap()
}

fn connect(proxy: &Proxy, line: &str, headers: &str) -> BufReader<TcpStream> {
    let mut stream = TcpStream::connect(&proxy.address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let host = &proxy.address;
    let request =
        format!("{line}\r\nhost: {host}\r\n{ORIGIN}\r\nconnection: close\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    BufReader::new(stream)
}

/// Reads until the end or until there are this many bytes.
fn count(stream: &mut BufReader<TcpStream>, most: usize) -> usize {
    let mut buffer = vec![0; MIB];
    let mut total = 0;
    while total < most {
        match stream.read(&mut buffer).unwrap() {
            0 => break,
            read => total += read,
        }
    }
    total
}

/// Writes this many bytes. Whenever the other side takes none for the time limit of the stream, reports how
/// many it has taken.
fn write(stream: &mut TcpStream, length: usize, mut blocked: impl FnMut(usize)) -> usize {
    let buffer = vec![b'x'; MIB];
    let mut total = 0;
    while total < length {
        match stream.write(&buffer[..MIB.min(length - total)]) {
            Ok(written) => total += written,
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                blocked(total);
            }
            Err(error) => panic!("{error} after {total} bytes"),
        }
    }
    total
}

#[test]
fn events_are_passed_on_at_once() {
    let (next, more) = mpsc::channel::<&str>();
    let (closed, is_closed) = mpsc::channel();
    let ends = Mutex::new((more, closed));
    let upstream = Upstream::start(move |connection| {
        let (more, closed) = &*ends.lock().unwrap();
        connection.send("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n");
        for event in more {
            connection.send(event);
        }
        // The proxy closes the connection when the browser does.
        let end = connection.stream.read(&mut [0]);
        let reset = |error: &Error| error.kind() == ErrorKind::ConnectionReset;
        closed
            .send(matches!(end, Ok(0)) || end.as_ref().is_err_and(reset))
            .unwrap();
    });
    let proxy = Proxy::in_front_of(upstream.address);
    let mut stream = connect(&proxy, "GET /events HTTP/1.1", "");
    let start = head(&mut stream).unwrap();
    assert!(
        start.contains("content-type: text/event-stream\r\n"),
        "{start}"
    );
    assert!(
        start.contains("access-control-allow-origin: http://localhost:3000\r\n"),
        "{start}"
    );
    for event in ["data: 1\n\n", "data: 2\n\n"] {
        next.send(event).unwrap();
        let chunk = format!("9\r\n{event}\r\n");
        let mut received = vec![0; chunk.len()];
        stream.read_exact(&mut received).unwrap();
        assert_eq!(String::from_utf8(received).unwrap(), chunk);
    }
    drop(next);
    drop(stream);
    assert!(is_closed.recv_timeout(PATIENCE).unwrap());
}
