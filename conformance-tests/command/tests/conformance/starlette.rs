//! The adapters of other libraries, in another language.

use std::path::Path;

use test_support::python::Environment;

use crate::{Run, conformance, run};

#[test]
fn the_adapters_of_starlette_and_fastapi_run() {
    let Some(python) = Environment::with(env!("CARGO_TARGET_TMPDIR"), &["fastapi", "uvicorn"])
    else {
        return;
    };
    // The documentation of Starlette recommends to put the middleware around the application.
    let starlette = run_some(&python, "starlette");
    assert_eq!(starlette.status, 0, "{}", starlette.report);
    // The handler of unhandled exceptions is outside of the CORS middleware.
    let fastapi = run_some(&python, "fastapi");
    assert_eq!(fastapi.status, 1, "{}", fastapi.stderr);
    let names: Vec<_> = fastapi
        .failures()
        .iter()
        .map(|case| case["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["errors/allowed/10"]);
    let counts = &fastapi.report["counts"];
    // CORSMiddleware has no option like `diagnostics`.
    assert_eq!(
        (&counts["unsupported"], &counts["breaks"]),
        (&2.into(), &1.into()),
        "{counts}"
    );
}

fn run_some(python: &Environment, library: &str) -> Run {
    let adapters = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scoreboard/adapters");
    let adapter = adapters.join(library).join("server.py");
    let program = python.program("python");
    let program = Path::new(program.get_program()).display().to_string();
    let server = format!("'{program}' '{}' {{policy}} {{port}}", adapter.display());
    let mut command = conformance();
    command.args(["--command", &server, "--name", library]);
    run(command.args([
        "--only",
        "vary/allowed",
        "--only",
        "errors/allowed/",
        "--only",
        "diagnostics/off",
        "--only",
        "diagnostics/actual",
    ]))
}
