//! The adapter of another library, in another language.

use std::path::Path;

use test_support::python::Environment;

use crate::{conformance, run};

#[test]
fn the_adapter_of_starlette_runs() {
    let Some(python) = Environment::with(env!("CARGO_TARGET_TMPDIR"), &["starlette", "uvicorn"])
    else {
        return;
    };
    let adapter =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../scoreboard/adapters/starlette/server.py");
    let program = python.program("python");
    let program = Path::new(program.get_program()).display().to_string();
    let server = format!("'{program}' '{}' {{policy}} {{port}}", adapter.display());
    let mut command = conformance();
    command.args(["--command", &server, "--name", "starlette"]);
    let found = run(command.args([
        "--only",
        "vary/allowed",
        "--only",
        "errors/allowed/",
        "--only",
        "diagnostics/off",
        "--only",
        "diagnostics/actual",
    ]));
    assert_eq!(found.status, 1, "{}", found.stderr);
    let names: Vec<_> = found
        .failures()
        .iter()
        .map(|case| case["name"].as_str().unwrap())
        .collect();
    // Its handler of unhandled exceptions is outside of the CORS middleware.
    assert_eq!(names, ["errors/allowed/10", "errors/allowed/11"]);
    let counts = &found.report["counts"];
    // CORSMiddleware has no option like `diagnostics`.
    assert_eq!(
        (&counts["unsupported"], &counts["breaks"]),
        (&2.into(), &2.into()),
        "{counts}"
    );
}
