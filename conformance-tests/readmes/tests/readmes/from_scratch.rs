//! A project with nothing but what a README shows: it builds, and does what the README says.

use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::Duration;

use readmes::{Page, root};

use crate::program::check_output;

/// Compiles each framework once more, with the features of the README only. So it runs before a release, and not each time.
#[test]
#[ignore = "compiles four frameworks: several minutes"]
fn projects() {
    for framework in ["axum", "actix", "rocket", "warp"] {
        let page = Page::read(&format!("cors-{framework}/README.md")).unwrap();
        let project = tempfile::tempdir().unwrap();
        // Not the port of the README, which another program may have.
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        write_project(&page, project.path(), port);
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("from-scratch");
        let cargo = std::env::var("CARGO").unwrap_or("cargo".to_owned());
        let built = Command::new(cargo)
            .args(["build", "--offline", "--target-dir"])
            .arg(&target)
            .current_dir(&project)
            .status()
            .unwrap();
        assert!(built.success(), "{framework}");

        let mut program = Command::new(target.join("debug/hello"));
        program
            .env("ROCKET_PORT", port.to_string())
            .env("ROCKET_LOG_LEVEL", "off");
        let mut program = Running(program.spawn().unwrap());
        let server = SocketAddr::from(([127, 0, 0, 1], port));
        while TcpStream::connect(server).is_err() {
            assert_eq!(program.0.try_wait().unwrap(), None, "{framework} ended");
            sleep(Duration::from_millis(10));
        }
        check_output(&page, server);
    }
}

fn write_project(page: &Page, project: &Path, port: u16) {
    let dependencies = page.blocks.iter().find(|it| it.is("toml")).unwrap();
    let root = root().canonicalize().unwrap();
    let path = format!("path = \"{}/", root.display());
    let dependencies = dependencies.code.replace("path = \"../cors/", &path);
    assert!(dependencies.contains(&path));
    let package = "[package]\nname = \"hello\"\nedition = \"2024\"\n\n";
    fs::write(
        project.join("Cargo.toml"),
        package.to_owned() + &dependencies,
    )
    .unwrap();
    // The versions that are downloaded already.
    fs::copy(root.join("Cargo.lock"), project.join("Cargo.lock")).unwrap();
    let program = page.blocks.iter().find(|it| it.is("rust")).unwrap();
    let program = program.code.replace("8000", &port.to_string());
    fs::create_dir(project.join("src")).unwrap();
    fs::write(project.join("src/main.rs"), program).unwrap();
}

/// Ends when this is dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}
