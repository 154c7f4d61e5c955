//! A server with wrong and odd responses, each at a path of its own. It records what it receives.

use std::collections::HashMap;
use std::io::Write as _;
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};

use test_support::scripted::{Sent, listen};

use super::page::{Documents, Pages};
use super::pair;

pub(super) struct Wrong {
    pub(super) address: SocketAddr,
    sent: Record,
}

/// Who has sent a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Client {
    Browser,
    Check,
}

/// The requests by the number of their pair.
type Record = Arc<Mutex<HashMap<(usize, Client), Vec<String>>>>;

impl Wrong {
    /// Starts the server, which also has the pages.
    pub(super) fn start(pages: &Pages) -> Self {
        let sent = Record::default();
        let (record, documents, page) = (Arc::clone(&sent), pages.documents(), pages.listed());
        let address = listen(move |stream| {
            if let Some(sent) = Sent::read(&stream) {
                respond(&documents, &record, &page, &sent, &stream);
            }
        });
        Self { address, sent }
    }

    pub(super) fn paths(&self) -> Vec<String> {
        RESPONSES.iter().map(|row| row.0.to_owned()).collect()
    }

    /// The requests of a pair since the last call: what matters to CORS, one line for each.
    pub(super) fn take(&self, number: usize, client: Client) -> Vec<String> {
        let sent = self.sent.lock().unwrap().remove(&(number, client));
        sent.unwrap_or_default()
    }
}

/// What matters to CORS of a request, as one line.
fn shown(sent: &Sent, host: &str) -> String {
    let names = [
        "origin",
        "access-control-request-method",
        "access-control-request-headers",
        "authorization",
        "content-type",
        "range",
        "x-a",
        "sec-fetch-dest",
        "sec-fetch-mode",
        "sec-fetch-site",
    ];
    let lines = names
        .iter()
        .filter_map(|name| Some(format!(" {name}: {}", sent.value(name)?)));
    let lines: String = lines.collect();
    format!("{} http://{host}{}{lines}", sent.method(), sent.target())
}

fn respond(documents: &Documents, record: &Record, page: &str, sent: &Sent, stream: &TcpStream) {
    if documents.send(sent, stream).is_some() {
        return;
    }
    let host = sent.value("host").unwrap_or_default();
    let agent = sent.value("user-agent").unwrap_or_default();
    let client = match agent.contains("cors-check") {
        true => Client::Check,
        false => Client::Browser,
    };
    if let Some(number) = pair::number(sent.target()) {
        let line = shown(sent, host);
        let mut record = record.lock().unwrap();
        record.entry((number, client)).or_default().push(line);
    }
    let (path, query) = sent.target().split_once('?').unwrap_or((sent.target(), ""));
    let row = RESPONSES
        .iter()
        .find(|row| row.0 == path.trim_start_matches('/'));
    let Some((_, preflight, response)) = row else {
        return write(stream, sent, "404");
    };
    let template = if sent.is_preflight() {
        preflight
    } else {
        response
    };
    let port = host.rsplit(':').next().unwrap_or_default();
    let text = template.replace("PAGE", page).replace("QUERY", query);
    let text = text.replace("OTHER", &format!("http://localhost:{port}"));
    write(stream, sent, &text.replace("HOST", host));
}

/// Sends a status with lines; nothing if there is no status.
fn write(mut stream: &TcpStream, sent: &Sent, text: &str) {
    let (status, lines) = text.split_once('\n').unwrap_or((text, ""));
    if status.is_empty() {
        return;
    }
    let body = match (sent.method(), status) {
        ("HEAD", _) | (_, "204" | "304") => "",
        _ => "text",
    };
    let lines: String = lines.lines().map(|line| format!("{line}\r\n")).collect();
    let length = match status {
        "204" | "304" => String::new(),
        _ => format!("content-length: {}\r\n", body.len()),
    };
    // The browser may have closed the connection.
    let _ = write!(
        stream,
        "HTTP/1.1 {status} X\r\nconnection: close\r\n{length}{lines}\r\n{body}"
    );
}

/// Path, response to a preflight, and response to another request: a status and header lines. `PAGE` is the origin of the
/// page, `HOST` the host and port of the request, `OTHER` the same server under another origin, and `QUERY` the query.
#[rustfmt::skip]
const RESPONSES: [(&str, &str, &str); 61] = [
    ("right", RIGHT, OK),
    ("any", ANY, "200\naccess-control-allow-origin: *"),
    ("any-with-credentials", ANY, "200\naccess-control-allow-origin: *\naccess-control-allow-credentials: true"),
    ("none", "200", "200"),
    ("null", RIGHT, "200\naccess-control-allow-origin: null\naccess-control-allow-credentials: true"),
    ("other", RIGHT, "200\naccess-control-allow-origin: https://other.example"),
    ("slash", RIGHT, "200\naccess-control-allow-origin: PAGE/"),
    ("list", RIGHT, "200\naccess-control-allow-origin: PAGE, https://other.example"),
    ("two-lines", RIGHT, "200\naccess-control-allow-origin: PAGE\naccess-control-allow-origin: PAGE"),
    ("two-lines-any", RIGHT, "200\naccess-control-allow-origin: *\naccess-control-allow-origin: *"),
    ("empty", RIGHT, "200\naccess-control-allow-origin:"),
    ("empty-and-right", RIGHT, "200\naccess-control-allow-origin:\naccess-control-allow-origin: PAGE"),
    ("spaces", RIGHT, "200\naccess-control-allow-origin: \t  PAGE \t\naccess-control-allow-credentials:true "),
    ("quotes", RIGHT, "200\naccess-control-allow-origin: \"PAGE\""),
    ("no-scheme", RIGHT, "200\naccess-control-allow-origin: HOST"),
    ("upper-case-name", RIGHT, "200\nACCESS-CONTROL-ALLOW-ORIGIN: PAGE\nAccess-Control-Allow-Credentials: true"),
    ("folded", RIGHT, "200\naccess-control-allow-origin:\n PAGE\naccess-control-allow-credentials: true"),
    ("non-ascii", RIGHT, "200\naccess-control-allow-origin: PAGE\u{e9}"),
    ("credentials-upper-case", RIGHT, "200\naccess-control-allow-origin: PAGE\naccess-control-allow-credentials: TRUE"),
    ("credentials-twice", RIGHT, "200\naccess-control-allow-origin: PAGE\naccess-control-allow-credentials: true\naccess-control-allow-credentials: true"),
    ("credentials-false", RIGHT, "200\naccess-control-allow-origin: PAGE\naccess-control-allow-credentials: false"),
    ("preflight-none", "204", OK),
    ("preflight-404", "404\naccess-control-allow-origin: PAGE\naccess-control-allow-methods: PUT", OK),
    ("preflight-401", "401\nwww-authenticate: Bearer", OK),
    ("preflight-405", "405\naccess-control-allow-origin: PAGE\naccess-control-allow-credentials: true", OK),
    ("preflight-500", "500\naccess-control-allow-origin: PAGE\naccess-control-allow-credentials: true", OK),
    ("preflight-206", "206\naccess-control-allow-origin: PAGE\naccess-control-allow-credentials: true\naccess-control-allow-methods: PUT, PATCH, DELETE\naccess-control-allow-headers: authorization, content-type, x-a", OK),
    ("preflight-304", "304\naccess-control-allow-origin: PAGE\naccess-control-allow-credentials: true", OK),
    ("preflight-redirect", "307\nlocation: /right?QUERY\naccess-control-allow-origin: PAGE\naccess-control-allow-credentials: true", OK),
    ("preflight-redirect-none", "301\nlocation: https://HOST/right?QUERY", OK),
    ("preflight-any", "204\naccess-control-allow-origin: *\naccess-control-allow-methods: *\naccess-control-allow-headers: *\naccess-control-allow-credentials: true", OK),
    ("preflight-any-list", "204\naccess-control-allow-origin: PAGE\naccess-control-allow-methods: *\naccess-control-allow-headers: *", OK),
    ("preflight-any-and-credentials", "204\naccess-control-allow-origin: PAGE\naccess-control-allow-methods: *\naccess-control-allow-headers: *\naccess-control-allow-credentials: true", OK),
    ("preflight-any-and-authorization", "204\naccess-control-allow-origin: PAGE\naccess-control-allow-methods: *\naccess-control-allow-headers: *, Authorization", OK),
    ("preflight-without-methods", "204\naccess-control-allow-origin: PAGE\naccess-control-allow-credentials: true\naccess-control-allow-headers: AUTHORIZATION, CONTENT-TYPE, X-A", OK),
    ("preflight-lower-case", "204\naccess-control-allow-origin: PAGE\naccess-control-allow-credentials: true\naccess-control-allow-methods: put, patch, delete\naccess-control-allow-headers: x-a, content-type", OK),
    ("preflight-semicolons", "204\naccess-control-allow-origin: PAGE\naccess-control-allow-credentials: true\naccess-control-allow-methods: PUT; PATCH; DELETE", OK),
    ("preflight-spaces", "204\naccess-control-allow-origin: PAGE\naccess-control-allow-credentials: true\naccess-control-allow-methods: PUT PATCH DELETE", OK),
    ("preflight-empty-elements", "204\naccess-control-allow-origin: PAGE\naccess-control-allow-credentials: true\naccess-control-allow-methods: ,, PUT ,\t,PATCH,\naccess-control-allow-headers: ,x-a,,\n access-control-allow-headers: ,", OK),
    ("preflight-several-lines", "204\naccess-control-allow-origin: PAGE\naccess-control-allow-credentials: true\naccess-control-allow-methods: PUT\naccess-control-allow-methods: PATCH, DELETE\naccess-control-allow-headers: x-a\naccess-control-allow-headers: content-type, authorization", OK),
    ("preflight-malformed-headers", "204\naccess-control-allow-origin: PAGE\naccess-control-allow-credentials: true\naccess-control-allow-methods: PUT, PATCH, DELETE\naccess-control-allow-headers: x-a content-type", OK),
    ("preflight-closed", "", OK),
    ("closed", RIGHT, ""),
    ("response-none", RIGHT, "200"),
    ("error", RIGHT, "500\naccess-control-allow-origin: PAGE\naccess-control-allow-credentials: true"),
    ("error-none", RIGHT, "500"),
    ("unauthorized", RIGHT, "401\nwww-authenticate: Bearer\naccess-control-allow-origin: PAGE\naccess-control-allow-credentials: true"),
    ("no-content", RIGHT, "204\naccess-control-allow-origin: PAGE\naccess-control-allow-credentials: true"),
    ("exposed", RIGHT, "200\naccess-control-allow-origin: PAGE\naccess-control-allow-credentials: true\naccess-control-expose-headers: X-Total, x-missing\nx-total: 1\nx-total: 2\nx-hidden: 1\ncontent-language: de\nset-cookie: a=1"),
    ("exposed-any", RIGHT, "200\naccess-control-allow-origin: PAGE\naccess-control-allow-credentials: true\naccess-control-expose-headers: *\nx-total: 1\nserver: x\nset-cookie: a=1"),
    ("exposed-malformed", RIGHT, "200\naccess-control-allow-origin: PAGE\naccess-control-allow-credentials: true\naccess-control-expose-headers: x-total x-other\nx-total: 1"),
    ("redirect", RIGHT, "302\nlocation: /right?QUERY\naccess-control-allow-origin: PAGE\naccess-control-allow-credentials: true"),
    ("redirect-none", RIGHT, "302\nlocation: /right?QUERY"),
    ("redirect-307", RIGHT, "307\nlocation: right?QUERY#fragment\naccess-control-allow-origin: PAGE\naccess-control-allow-credentials: true"),
    ("redirect-303", RIGHT, "303\nlocation: /any?QUERY\naccess-control-allow-origin: PAGE\naccess-control-allow-credentials: true"),
    ("redirect-to-other", RIGHT, "307\nlocation: OTHER/right?QUERY\naccess-control-allow-origin: PAGE\naccess-control-allow-credentials: true"),
    ("redirect-to-any", RIGHT, "308\nlocation: OTHER/any?QUERY\naccess-control-allow-origin: PAGE\naccess-control-allow-credentials: true"),
    ("redirect-to-null", RIGHT, "302\nlocation: OTHER/null?QUERY\naccess-control-allow-origin: PAGE\naccess-control-allow-credentials: true"),
    ("redirect-loop", RIGHT, "302\nlocation: /redirect-loop?QUERY&again\naccess-control-allow-origin: PAGE\naccess-control-allow-credentials: true"),
    ("redirect-nowhere", RIGHT, "302\naccess-control-allow-origin: PAGE\naccess-control-allow-credentials: true"),
    ("redirect-to-user", RIGHT, "302\nlocation: http://user:password@HOST/right?QUERY\naccess-control-allow-origin: PAGE\naccess-control-allow-credentials: true"),
];

const OK: &str = "200\naccess-control-allow-origin: PAGE\naccess-control-allow-credentials: true";

const RIGHT: &str = "204\naccess-control-allow-origin: PAGE\naccess-control-allow-credentials: true\n\
    access-control-allow-methods: PUT, PATCH, DELETE, patch\n\
    access-control-allow-headers: authorization, content-type, x-a, x-b, accept, content-language, range";

const ANY: &str = "204\naccess-control-allow-origin: *\naccess-control-allow-methods: PUT, PATCH, DELETE\n\
    access-control-allow-headers: *";
