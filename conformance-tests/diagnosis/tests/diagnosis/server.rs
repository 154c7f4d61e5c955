//! A page that sends the fetches of cases, and a server that sends their responses.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, OnceLock};
use std::thread;

use browser_model::{Credentials, Redirect, Request, Response, Url};
use test_support::process::PATIENCE;

use crate::case::Case;

/// A running page. Its script logs `case N` before each fetch and the error after it, and `end` at last.
pub(crate) struct Page {
    pub(crate) origin: String,
    pub(crate) api: String,
    cases: Arc<OnceLock<Vec<Case>>>,
    reports: Receiver<String>,
}

impl Page {
    pub(crate) fn start() -> Self {
        let cases = Arc::new(OnceLock::<Vec<Case>>::new());
        let page = TcpListener::bind("127.0.0.1:0").unwrap();
        let api = TcpListener::bind("127.0.0.1:0").unwrap();
        let (sender, reports) = mpsc::channel();
        let started = Self {
            origin: format!("http://{}", page.local_addr().unwrap()),
            api: format!("http://{}", api.local_addr().unwrap()),
            cases: Arc::clone(&cases),
            reports,
        };
        let known = Arc::clone(&cases);
        thread::spawn(move || {
            serve(&page, move |received| {
                respond_page(&known, received, &sender)
            })
        });
        let base = started.api.clone();
        thread::spawn(move || serve(&api, move |received| respond_api(&cases, &base, received)));
        started
    }

    /// Sets the cases. The path of the URL of each is its number.
    pub(crate) fn set(&self, cases: Vec<Case>) {
        self.cases.set(cases).unwrap();
    }

    /// The errors of the fetches, when the script has ended.
    pub(crate) fn errors(&self) -> Vec<String> {
        let report = self.reports.recv_timeout(PATIENCE).unwrap();
        serde_json::from_str(&report).unwrap()
    }
}

struct Received {
    method: String,
    path: String,
    headers: HashMap<String, String>,
    body: String,
}

fn serve(
    listener: &TcpListener,
    respond: impl Fn(&Received) -> Option<(Response, String)> + Send + Clone + 'static,
) {
    for stream in listener.incoming().flatten() {
        let respond = respond.clone();
        // One request for each connection.
        thread::spawn(move || {
            let received = receive(&stream)?;
            let (response, body) = respond(&received)?;
            send(&stream, &response, &body).ok()
        });
    }
}

fn receive(stream: &TcpStream) -> Option<Received> {
    let mut reader = BufReader::new(stream);
    let mut line = || {
        let mut line = String::new();
        reader
            .read_line(&mut line)
            .ok()
            .filter(|length| *length > 0)?;
        Some((line.trim_end().to_owned(), ()))
    };
    let (first, ()) = line()?;
    let mut parts = first.split(' ');
    let (method, path) = (parts.next()?.to_owned(), parts.next()?.to_owned());
    let mut headers = HashMap::new();
    loop {
        let (text, ()) = line()?;
        let Some((name, value)) = text.split_once(':') else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers
        .get("content-length")
        .map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let body = String::from_utf8(body).unwrap();
    Some(Received {
        method,
        path,
        headers,
        body,
    })
}

fn send(mut stream: &TcpStream, response: &Response, body: &str) -> std::io::Result<()> {
    let mut head = format!(
        "HTTP/1.1 {} X\r\nconnection: close\r\ncontent-length: {}\r\n",
        response.status,
        body.len()
    );
    for (name, value) in &response.headers {
        head += &format!("{name}: {}\r\n", str::from_utf8(value).unwrap());
    }
    stream.write_all(format!("{head}\r\n{body}").as_bytes())
}

fn respond_page(
    cases: &OnceLock<Vec<Case>>,
    received: &Received,
    reports: &Sender<String>,
) -> Option<(Response, String)> {
    let ok = crate::case::response(200, "content-type: text/html");
    match received.path.as_str() {
        "/" => Some((ok, script(cases.get()?))),
        "/report" => {
            reports.send(received.body.clone()).unwrap();
            Some((ok, String::new()))
        }
        _ => Some((crate::case::response(404, ""), String::new())),
    }
}

fn respond_api(
    cases: &OnceLock<Vec<Case>>,
    base: &str,
    received: &Received,
) -> Option<(Response, String)> {
    let number = received.path.strip_prefix('/')?.split('/').next()?;
    let case = cases.get()?.get(number.parse::<usize>().ok()?)?;
    let request = Request {
        url: Url::parse(&format!("{base}{}", received.path)).unwrap(),
        method: received.method.clone(),
        headers: Vec::new(),
        body: None,
        with_credentials: false,
        is_preflight: received
            .headers
            .contains_key("access-control-request-method"),
    };
    Some((case.respond(&request)?, String::new()))
}

/// The page.
fn script(cases: &[Case]) -> String {
    let fetches = cases.iter().enumerate().map(|(number, case)| {
        let fetch = &case.fetch;
        let headers = fetch.headers.iter().map(|(name, _)| format!("'{name}': '1'"));
        let headers: Vec<_> = headers.collect();
        let credentials = match fetch.credentials {
            Credentials::Omit => "omit",
            Credentials::SameOrigin => "same-origin",
            Credentials::Include => "include",
        };
        let redirect = match fetch.redirect {
            Redirect::Follow => "follow",
            Redirect::Error => "error",
            Redirect::Manual => "manual",
        };
        let body = match fetch.body {
            Some(_) => "body: new Uint8Array([1]),",
            None => "",
        };
        format!(
            "console.log('case {number}');
            await fetch('{}', {{method: '{}', headers: {{{}}}, {body} credentials: '{credentials}', redirect: '{redirect}'}})
                .then(() => {{ throw 'no error' }}).catch(error => {{ console.log('error ' + error); errors.push('' + error) }});",
            fetch.url,
            fetch.method,
            headers.join(", "),
        )
    });
    let fetches: Vec<_> = fetches.collect();
    format!(
        "<!DOCTYPE html><script>(async () => {{ const errors = []; {} console.log('end');
        await fetch('/report', {{method: 'POST', body: JSON.stringify(errors)}}) }})()</script>",
        fetches.join("\n")
    )
}
