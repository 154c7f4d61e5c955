//! The lines for nginx, in nginx.

use std::env;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use browser_model::{Request, Response};
use cors_diagnosis::Stack;
use test_support::launch::skip;
use test_support::process::PATIENCE;

use crate::fixes::{blocked, check};

#[test]
fn allows_what_was_blocked() {
    for (case, culprit) in blocked() {
        let lines = case
            .observe(|seen| culprit.fix_for(Stack::Nginx, seen))
            .unwrap();
        let Some(mut nginx) = Nginx::start(&lines) else {
            return skip("no nginx");
        };
        nginx.wait();
        check(&case, |request| Some(nginx.send(request)));
    }
}

/// An nginx with authentication in front of a file.
struct Nginx {
    folder: tempfile::TempDir,
    child: Child,
}

impl Nginx {
    fn start(lines: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(
            folder.path().join("nginx.conf"),
            configuration(folder.path(), lines),
        )
        .unwrap();
        fs::create_dir(folder.path().join("files")).unwrap();
        fs::write(folder.path().join("files/items"), "text").unwrap();
        fs::write(folder.path().join("users"), "").unwrap();
        // Debian installs servers here, and only root has the folder on its path.
        let path = env::var("PATH").unwrap_or_default() + ":/usr/sbin";
        let mut nginx = Command::new("nginx");
        nginx.env("PATH", path).arg("-p").arg(folder.path());
        nginx.args(["-c", "nginx.conf", "-e", "stderr"]);
        let nginx = Self {
            child: nginx.spawn().ok()?,
            folder,
        };
        Some(nginx)
    }

    /// Waits until it listens. It exits if the configuration is not valid.
    fn wait(&mut self) {
        let start = Instant::now();
        while self.connect().is_err() {
            let exited = self.child.try_wait().unwrap();
            assert_eq!(exited, None, "nginx has exited");
            assert!(start.elapsed() < PATIENCE, "nginx does not listen");
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn connect(&self) -> io::Result<UnixStream> {
        UnixStream::connect(self.folder.path().join("socket"))
    }

    fn send(&self, request: &Request) -> Response {
        let mut stream = self.connect().unwrap();
        let mut head = format!(
            "{} {} HTTP/1.1\r\nhost: api.test\r\nconnection: close\r\n",
            request.method,
            request.url.path()
        );
        for (name, value) in &request.headers {
            head += &format!("{name}: {}\r\n", str::from_utf8(value).unwrap());
        }
        stream.write_all(format!("{head}\r\n").as_bytes()).unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        let (head, _) = response.split_once("\r\n\r\n").unwrap();
        let (status, lines) = head.split_once("\r\n").unwrap();
        let status = status.split(' ').nth(1).unwrap().parse().unwrap();
        crate::case::response(status, lines)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn configuration(folder: &Path, lines: &str) -> String {
    let (of_http, of_location) = lines.split_once("# in location").unwrap();
    let folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let folders = folders
        .map(|name| format!("{name}_temp_path {name};\n"))
        .concat();
    format!(
        "daemon off;
        master_process off;
        pid pid;
        error_log stderr;
        events {{}}
        http {{
            {folders}
            access_log off;
            {of_http}
            server {{
                listen unix:{0}/socket;
                location / {{
                    auth_basic area;
                    auth_basic_user_file users;
                    root files;
                    # in location{of_location}
                }}
            }}
        }}",
        folder.display()
    )
}
