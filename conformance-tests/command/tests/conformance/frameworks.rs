//! This library passes in every framework.

use std::path::Path;

use conformance_tests::subject::FRAMEWORKS;

use crate::{conformance, run};

/// The files of vectors that every framework runs here. `conformance-tests/tests/vectors.rs` runs all.
const FILES: [&str; 5] = [
    "classification/",
    "credentials/",
    "errors/",
    "preflight-answer/",
    "vary/",
];

#[test]
fn all_frameworks_pass() {
    let differences = Path::new(env!("CARGO_MANIFEST_DIR")).join("../differences.toml");
    for framework in FRAMEWORKS {
        let name = framework.name;
        let cors = env!("CARGO_BIN_EXE_cors");
        let server = format!(
            "'{cors}' serve --framework {name} --policy {{policy}} --listen 127.0.0.1:{{port}}"
        );
        let mut command = conformance();
        command.args([
            "--command",
            &server,
            "--name",
            name,
            "--profile",
            "starlette",
        ]);
        if name == "rocket" {
            command.arg("--differences").arg(&differences);
        }
        let passed = run(command.args(FILES.iter().flat_map(|file| ["--only", file])));
        assert_eq!(
            passed.status,
            0,
            "{name}: {:#?} {}",
            passed.failures(),
            passed.stderr
        );
        assert!(passed.allowed() > 100, "{}", passed.allowed());
    }
}
