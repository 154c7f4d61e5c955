//! The lines for FastAPI, in FastAPI.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use browser_model::{Request, Response};
use cors_diagnosis::{Culprit, Stack};
use serde_json::{Value, json};
use test_support::python::Environment;

use crate::case::get;
use crate::fixes::{blocked, check};

#[test]
fn allows_what_was_blocked() {
    let Some(python) = Environment::with(env!("CARGO_TARGET_TMPDIR"), &["fastapi"]) else {
        return;
    };
    for (case, culprit) in blocked() {
        let lines = case
            .observe(|seen| culprit.fix_for(Stack::FastApi, seen))
            .unwrap();
        let mut application = Application::start(&python, &lines);
        check(&case, |request| Some(application.send(request)));
    }
    varies_by_origin(&python);
}

fn varies_by_origin(python: &Environment) {
    let case = get().response(200, "");
    let lines = case.observe(|seen| Culprit::VaryMissing.fix_for(Stack::FastApi, seen));
    let mut application = Application::start(python, &lines.unwrap());
    let mut request = case.outcome().exchanges.remove(0).0;
    request.headers.clear();
    let response = application.send(&request);
    assert!(
        response
            .headers
            .contains(&("vary".to_owned(), b"Origin".to_vec())),
        "{response:?}"
    );
}

struct Application {
    child: Child,
    requests: ChildStdin,
    responses: BufReader<ChildStdout>,
}

impl Application {
    fn start(python: &Environment, lines: &str) -> Self {
        let script = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/diagnosis/application.py"
        );
        let mut command = python.program("python");
        command
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut application = Self {
            requests: child.stdin.take().unwrap(),
            responses: BufReader::new(child.stdout.take().unwrap()),
            child,
        };
        application.write(&json!(lines));
        application
    }

    fn send(&mut self, request: &Request) -> Response {
        let headers = request.headers.iter();
        let headers = headers.map(|(name, value)| json!([name, str::from_utf8(value).unwrap()]));
        self.write(&json!({ "method": request.method, "headers": Value::from_iter(headers) }));
        let mut line = String::new();
        self.responses.read_line(&mut line).unwrap();
        let (status, headers): (u16, Vec<(String, String)>) = serde_json::from_str(&line).unwrap();
        let headers = headers.into_iter();
        Response {
            status,
            headers: headers
                .map(|(name, value)| (name, value.into_bytes()))
                .collect(),
        }
    }

    fn write(&mut self, value: &Value) {
        self.requests
            .write_all(format!("{value}\n").as_bytes())
            .unwrap();
    }
}

impl Drop for Application {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
