//! A PostgreSQL server of its own for a test.

use sqlx::postgres::{PgPool, PgPoolOptions};
use std::env;
use std::fs::{self, File};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tokio::time::sleep;

pub(crate) struct Postgres {
    programs: PathBuf,
    folder: TempDir,
    port: u16,
    server: Option<Child>,
}

impl Postgres {
    /// `None` if PostgreSQL is not installed; in CI this is a failure.
    pub(crate) async fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            let problem = "PostgreSQL is not installed: apt-get install postgresql";
            assert_ne!(env::var("CI").as_deref(), Ok("true"), "{problem}");
            eprintln!("skipped: {problem}");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        if let Some((user, group)) = other_user() {
            chown(folder.path(), Some(user), Some(group)).unwrap();
        }
        let mut database = Self {
            programs,
            folder,
            port: TcpListener::bind("127.0.0.1:0")
                .unwrap()
                .local_addr()
                .unwrap()
                .port(),
            server: None,
        };
        let mut initdb = database.command("initdb");
        initdb.args([
            "--username=tenants",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-locale",
            "--no-sync",
        ]);
        assert!(initdb.status().unwrap().success(), "{}", database.log());
        database.restart().await;
        Some(database)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn url(&self) -> String {
        self.url_at(self.port)
    }

    pub(crate) fn url_at(&self, port: u16) -> String {
        format!("postgres://tenants@127.0.0.1:{port}/postgres?sslmode=disable")
    }

    pub(crate) async fn pool(&self) -> PgPool {
        let options = PgPoolOptions::new().acquire_timeout(Duration::from_secs(60));
        options.connect(&self.url()).await.unwrap()
    }

    /// Starts the server, again if it does not get the port, and waits until it responds.
    pub(crate) async fn restart(&mut self) {
        for _ in 0..600 {
            let is_running = match &mut self.server {
                Some(server) => server.try_wait().unwrap().is_none(),
                None => false,
            };
            if !is_running {
                let mut command = self.command("postgres");
                command.args(["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]);
                command.arg("-p").arg(self.port.to_string());
                command.arg("-k").arg(self.folder.path());
                self.server = Some(command.spawn().unwrap());
            }
            let options = PgPoolOptions::new().acquire_timeout(Duration::from_secs(5));
            if options.connect(&self.url()).await.is_ok() {
                return;
            }
            sleep(Duration::from_millis(100)).await;
        }
        panic!("PostgreSQL does not start: {}", self.log());
    }

    /// Ends the server and all of its connections at once, as a crash does.
    pub(crate) fn stop(&mut self) {
        if let Some(mut server) = self.server.take() {
            let id = server.id().to_string();
            let _ = Command::new("kill").args(["-QUIT", &id]).status();
            let _ = server.wait();
        }
    }

    /// A command on the folder of the data, whose output goes to a file.
    fn command(&self, program: &str) -> Command {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.log_file())
            .unwrap();
        let mut command = Command::new(self.programs.join(program));
        command
            .arg("-D")
            .arg(self.folder.path().join("data"))
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log);
        if let Some((user, group)) = other_user() {
            command.uid(user).gid(group);
        }
        command
    }

    fn log_file(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    fn log(&self) -> String {
        fs::read_to_string(self.log_file()).unwrap_or_default()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The folder with `initdb` and `postgres`, of the newest version. Debian has it outside of the search path.
fn programs() -> Option<PathBuf> {
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let mut versions: Vec<(u32, PathBuf)> = debian
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .collect();
    versions.sort();
    let path = env::var_os("PATH").unwrap_or_default();
    let debian = versions.into_iter().rev().map(|(_, folder)| folder);
    let mut folders = debian.chain(env::split_paths(&path));
    folders.find(|folder| {
        ["initdb", "postgres"]
            .iter()
            .all(|name| folder.join(name).is_file())
    })
}

/// PostgreSQL refuses to run as root, so root starts it as `postgres` or `nobody`.
fn other_user() -> Option<(u32, u32)> {
    let is_root = fs::metadata(Path::new("/proc/self")).unwrap().uid() == 0;
    if !is_root {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let find = |name: &str| {
        let line = users
            .lines()
            .find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2).map(|field| field.parse().unwrap());
        Some((fields.next()?, fields.next()?))
    };
    Some(
        find("postgres")
            .or_else(|| find("nobody"))
            .expect("a user other than root"),
    )
}
