//! Real caching proxies as child processes.

use std::env;
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use conformance_tests::response::Response;
use conformance_tests::run::vary;
use tempfile::TempDir;
use tokio::net::TcpSocket;

/// The maximum time to wait. Only a broken program is that slow.
const PATIENCE: Duration = Duration::from_secs(60);

/// A caching proxy that runs until it is dropped.
pub(crate) struct Cache {
    pub(crate) address: SocketAddr,
    /// Whether the cache reads only the last of several `Vary` lines.
    knows_one_vary_line: bool,
    child: Child,
    folder: TempDir,
    _port: Option<TcpSocket>,
}

/// Starts a cache in front of a server. The error kind is `NotFound` if it is not installed.
pub(crate) type Start = fn(SocketAddr) -> io::Result<Cache>;

pub(crate) fn varnish(server: SocketAddr) -> io::Result<Cache> {
    let folder = tempfile::tempdir()?;
    let mut child = program("varnishd", folder.path())?
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
    Ok(Cache {
        address: address.unwrap_or_else(|| panic!("varnishd: {}", log(folder.path()))),
        knows_one_vary_line: false,
        child,
        folder,
        _port: None,
    })
}

pub(crate) fn nginx(server: SocketAddr) -> io::Result<Cache> {
    let folder = tempfile::tempdir()?;
    let version = program("nginx", folder.path())?.arg("-v").status()?;
    assert!(version.success());
    let version = number(&log(folder.path()));
    // nginx cannot report a free port that it picked, so reserve one with a socket that never
    // listens.
    let port = TcpSocket::new_v4()?;
    port.set_reuseport(true)?;
    port.bind((Ipv4Addr::LOCALHOST, 0).into())?;
    let address = port.local_addr()?;
    // nginx would create these unused folders elsewhere.
    let folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let folders = folders
        .map(|name| format!("{name}_temp_path {name};"))
        .concat();
    let config = format!(
        "daemon off;
        master_process off; # one process, without a switch of the user
        pid pid;
        error_log stderr;
        events {{}}
        http {{
            {folders}
            access_log off;
            proxy_cache_path cache keys_zone=cache:1m;
            server {{
                listen {address} reuseport;
                location / {{
                    proxy_pass http://{server};
                    proxy_set_header Host $http_host;
                    proxy_cache cache;
                    proxy_cache_key $http_host$request_uri;
                    proxy_cache_valid any 1d; # for responses without a lifetime, like Varnish
                }}
            }}
        }}"
    );
    fs::write(folder.path().join("nginx.conf"), config)?;
    let child = program("nginx", folder.path())?
        .arg("-p")
        .arg(folder.path())
        .args(["-c", "nginx.conf", "-e", "stderr"])
        .spawn()?;
    let mut cache = Cache {
        address,
        knows_one_vary_line: version < (1, 23), // see the CHANGES of nginx
        child,
        folder,
        _port: Some(port),
    };
    let start = Instant::now();
    while TcpStream::connect(address).is_err() {
        let runs = cache.child.try_wait()?.is_none() && start.elapsed() < PATIENCE;
        assert!(runs, "nginx: {}", log(cache.folder.path()));
        thread::sleep(Duration::from_millis(10));
    }
    Ok(cache)
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

impl Drop for Cache {
    fn drop(&mut self) {
        // Varnish and its child process end when `wait` closes standard input.
        if self.child.stdin.is_none() {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

fn program(name: &str, folder: &Path) -> io::Result<Command> {
    let mut command = Command::new(name);
    // Debian installs servers here, and only root has the folder on its path.
    let path = env::var("PATH").unwrap_or_default() + ":/usr/sbin";
    command
        .env("PATH", path)
        .stderr(File::create(folder.join("log"))?);
    Ok(command)
}

/// 1 and 22 of `nginx version: nginx/1.22.1`.
fn number(version: &str) -> (u32, u32) {
    let (_, number) = version.split_once("nginx/").unwrap();
    let (major, rest) = number.split_once('.').unwrap();
    let (minor, _) = rest.split_once('.').unwrap();
    (major.parse().unwrap(), minor.parse().unwrap())
}

/// The log of the cache.
fn log(folder: &Path) -> String {
    fs::read_to_string(folder.join("log")).unwrap_or_default()
}
