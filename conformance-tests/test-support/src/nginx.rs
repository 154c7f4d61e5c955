//! nginx.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};
use tempfile::TempDir;

use crate::process::{PATIENCE, with_servers_of_debian};

/// An nginx that runs until it is dropped.
pub struct Nginx {
    /// The address that it listens on.
    pub address: SocketAddr,
    child: Child,
    folder: TempDir,
    _port: Socket,
}

/// The program, if it is installed.
pub fn command() -> Command {
    let mut command = Command::new("nginx");
    with_servers_of_debian(&mut command);
    command
}

impl Nginx {
    /// Starts nginx with these files, and with these lines in `http` and in the only `server` of its configuration. Paths
    /// in them are relative to the folder of the files. `None` if nginx is not installed.
    pub fn start(files: &[(&str, &str)], http: &str, server: &str) -> Option<Self> {
        // nginx cannot report a free port that it picked, so this reserves one with a socket that never listens.
        let port = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        port.set_reuse_port(true).unwrap();
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        port.bind(&any.into()).unwrap();
        let address = port.local_addr().unwrap().as_socket().unwrap();
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let file = folder.path().join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        let configuration = configuration(address, http, server);
        fs::write(folder.path().join("nginx.conf"), configuration).unwrap();
        let child = spawn(folder.path()).ok()?;
        let mut nginx = Self {
            address,
            child,
            folder,
            _port: port,
        };
        nginx.wait();
        Some(nginx)
    }

    /// Waits until it listens. It exits if the configuration is not valid.
    fn wait(&mut self) {
        let start = Instant::now();
        while TcpStream::connect(self.address).is_err() {
            let runs = self.child.try_wait().unwrap().is_none() && start.elapsed() < PATIENCE;
            let log = fs::read_to_string(self.folder.path().join("log"));
            assert!(runs, "nginx does not listen: {}", log.unwrap_or_default());
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(folder: &Path) -> io::Result<Child> {
    let mut nginx = command();
    nginx.arg("-p").arg(folder).args(["-c", "nginx.conf"]);
    nginx.args(["-e", "log"]).stderr(Stdio::null()).spawn()
}

fn configuration(address: SocketAddr, http: &str, server: &str) -> String {
    // nginx would create these unused folders elsewhere.
    let folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let folders = folders
        .map(|name| format!("{name}_temp_path {name};"))
        .concat();
    format!(
        "daemon off;
        master_process off; # one process, without a switch of the user
        pid pid;
        error_log log crit;
        events {{}}
        http {{
            {folders}
            access_log off;
            {http}
            server {{
                listen {address} reuseport;
                {server}
            }}
        }}"
    )
}
