//! Real caching proxies as child processes.

use std::any::Any;
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use conformance_tests::response::Response;
use conformance_tests::run::vary;
use tempfile::TempDir;
use test_support::nginx::{self, Nginx};
use test_support::process::with_servers_of_debian;

/// A caching proxy that runs until it is dropped.
pub(crate) struct Cache {
    pub(crate) address: SocketAddr,
    /// Whether the cache reads only the last of several `Vary` lines.
    knows_one_vary_line: bool,
    /// Ends when it is dropped.
    _program: Box<dyn Any>,
}

/// Starts a cache in front of a server. The error kind is `NotFound` if it is not installed.
pub(crate) type Start = fn(SocketAddr) -> io::Result<Cache>;

pub(crate) fn varnish(server: SocketAddr) -> io::Result<Cache> {
    let folder = tempfile::tempdir()?;
    let mut child = with_servers_of_debian(&mut Command::new("varnishd"))
        .stderr(File::create(folder.path().join("log"))?)
        .args(["-j", "none"]) // do not switch the user
        .arg("-d") // read commands from standard input, and end with it
        .arg("-n")
        .arg(folder.path())
        .args(["-a", "127.0.0.1:0", "-b", &server.to_string()])
        .args(["-s", "malloc,16m"])
        .args(["-t", "86400"]) // the lifetime in seconds of a response that does not state one
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let commands = child.stdin.as_mut().unwrap();
    commands.write_all(b"start\ndebug.listen_address\n")?;
    let mut lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
    let address = lines.find_map(|line| {
        let address = line.unwrap().strip_prefix("a0 ")?.trim().replace(' ', ":");
        Some(address.parse().unwrap())
    });
    let log = || fs::read_to_string(folder.path().join("log")).unwrap_or_default();
    Ok(Cache {
        address: address.unwrap_or_else(|| panic!("varnishd: {}", log())),
        knows_one_vary_line: false,
        _program: Box::new(Varnish {
            child,
            _folder: folder,
        }),
    })
}

pub(crate) fn nginx(server: SocketAddr) -> io::Result<Cache> {
    let version = nginx::command().arg("-v").output()?;
    assert!(version.status.success());
    let version = number(&String::from_utf8_lossy(&version.stderr));
    let lines = format!(
        "location / {{
            proxy_pass http://{server};
            proxy_set_header Host $http_host;
            proxy_cache cache;
            proxy_cache_key $http_host$request_uri;
            proxy_cache_valid any 1d; # for responses without a lifetime, like Varnish
        }}"
    );
    let nginx = Nginx::start(&[], "proxy_cache_path cache keys_zone=cache:1m;", &lines);
    let nginx = nginx.ok_or(io::ErrorKind::NotFound)?;
    Ok(Cache {
        address: nginx.address,
        knows_one_vary_line: version < (1, 23), // see the CHANGES of nginx
        _program: Box::new(nginx),
    })
}

/// A process that ends with its standard input.
struct Varnish {
    child: Child,
    _folder: TempDir,
}

impl Cache {
    /// The request headers in the cache key of a URL, once the cache has stored this response.
    pub(crate) fn headers_in_key(&self, response: &Response) -> Vec<String> {
        let mut read = response.clone();
        read.headers.retain(|(name, _)| name == "vary");
        if self.knows_one_vary_line {
            read.headers.drain(..read.headers.len().saturating_sub(1));
        }
        vary(&read)
    }
}

impl Drop for Varnish {
    fn drop(&mut self) {
        // This closes standard input. Its child process ends, too.
        let _ = self.child.wait();
    }
}

/// 1 and 22 of `nginx version: nginx/1.22.1`.
fn number(version: &str) -> (u32, u32) {
    let (_, number) = version.split_once("nginx/").unwrap();
    let (major, rest) = number.split_once('.').unwrap();
    let (minor, _) = rest.split_once('.').unwrap();
    (major.parse().unwrap(), minor.parse().unwrap())
}
