//! A page that sends the fetches of cases, and a server that sends their responses.

use std::io::Write as _;
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, OnceLock};

use browser_model::{Credentials, Redirect, Request, Response, Url};
use test_support::process::PATIENCE;
use test_support::scripted::{Sent, listen};

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
        let (sender, reports) = mpsc::channel();
        let known = Arc::clone(&cases);
        let page = serve(move |sent| respond_page(&known, sent, &sender));
        let known = Arc::clone(&cases);
        let api = serve(move |sent| respond_api(&known, sent));
        Self {
            origin: format!("http://{page}"),
            api: format!("http://{api}"),
            cases,
            reports,
        }
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

/// Responds to one request on each connection.
fn serve(
    respond: impl Fn(&Sent) -> Option<(Response, String)> + Send + Sync + 'static,
) -> SocketAddr {
    listen(move |stream| {
        let responded = || {
            let (response, body) = respond(&Sent::read(&stream)?)?;
            send(&stream, &response, &body).ok()
        };
        responded();
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
    sent: &Sent,
    reports: &Sender<String>,
) -> Option<(Response, String)> {
    let ok = crate::case::response(200, "content-type: text/html");
    match sent.target() {
        "/" => Some((ok, script(cases.get()?))),
        "/report" => {
            let body = String::from_utf8(sent.body.clone());
            reports.send(body.unwrap()).unwrap();
            Some((ok, String::new()))
        }
        _ => Some((crate::case::response(404, ""), String::new())),
    }
}

fn respond_api(cases: &OnceLock<Vec<Case>>, sent: &Sent) -> Option<(Response, String)> {
    let number = sent.target().strip_prefix('/')?.split('/').next()?;
    let case = cases.get()?.get(number.parse::<usize>().ok()?)?;
    let base = format!("http://{}", sent.value("host")?);
    let request = Request {
        url: Url::parse(&format!("{base}{}", sent.target())).unwrap(),
        method: sent.method().to_owned(),
        headers: Vec::new(),
        body: None,
        with_credentials: false,
        is_preflight: sent.is_preflight(),
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
