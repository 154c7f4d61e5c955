//! The situations in which browsers are asked for their messages.

use browser_model::{Redirect, Url};

use crate::case::{Case, fetch};

/// The method, the name of a header, whether there are credentials, and the responses to the preflight and to the
/// request: a status with header lines. In these, `@` stands for the origin of the page, `^` for this origin with the port 8443, `~`
/// with the other scheme and `!` in upper case, `&` for the URL, and `#` for its host and path.
#[derive(Debug)]
pub(crate) struct Row {
    method: &'static str,
    header: &'static str,
    has_credentials: bool,
    redirect: Redirect,
    has_body: bool,
    preflight: (u16, &'static str),
    response: (u16, &'static str),
}

/// A request without a preflight.
const fn get(status: u16, lines: &'static str) -> Row {
    Row {
        method: "GET",
        header: "",
        has_credentials: false,
        redirect: Redirect::Follow,
        has_body: false,
        preflight: (0, ""),
        response: (status, lines),
    }
}

/// A request with a preflight.
const fn put(status: u16, lines: &'static str) -> Row {
    Row {
        method: "PUT",
        preflight: (status, lines),
        ..get(200, "")
    }
}

impl Row {
    const fn credentials(self) -> Self {
        Self {
            has_credentials: true,
            ..self
        }
    }

    const fn method(self, method: &'static str) -> Self {
        Self { method, ..self }
    }

    const fn body(self) -> Self {
        Self {
            has_body: true,
            ..self
        }
    }

    const fn header(self, header: &'static str) -> Self {
        Self { header, ..self }
    }

    const fn redirect(self, redirect: Redirect) -> Self {
        Self { redirect, ..self }
    }

    /// The fetch of this URL by a page of this origin.
    pub(crate) fn at(&self, origin: &str, url: &str) -> Case {
        let (scheme, rest) = origin.split_once("://").unwrap();
        let host = rest.split(':').next().unwrap();
        let other_scheme = if scheme == "http" { "https" } else { "http" };
        let lines = |lines: &str| {
            lines
                .replace('^', &format!("{scheme}://{host}:8443"))
                .replace('~', &format!("{other_scheme}://{rest}"))
                .replace('!', &origin.to_uppercase())
                .replace('@', origin)
                .replace("%40", "@")
                .replace('&', url)
                .replace('#', url.split_once("://").unwrap().1)
        };
        let mut case = fetch(self.method, url).page(origin);
        case.fetch.url = Url::parse(url).unwrap();
        case = case.redirect(self.redirect);
        if !self.header.is_empty() {
            case = case.header(self.header);
        }
        if self.has_body {
            case = case.body();
        }
        if self.has_credentials {
            case = case.credentials();
        }
        if self.preflight.0 != 0 {
            case = case.preflight(self.preflight.0, &lines(self.preflight.1));
        }
        if self.response.0 != 0 {
            case = case.response(self.response.0, &lines(self.response.1));
        }
        case.at(&format!("{url}/to"), 200, "")
    }
}

const OK: &str = "access-control-allow-origin: @
    access-control-allow-methods: PUT
    access-control-allow-headers: x-trace
    access-control-allow-credentials: true";

pub(crate) const CASES: [Row; 64] = [
    get(200, ""),
    get(404, ""),
    get(500, ""),
    get(200, "access-control-allow-origin: https://other.example"),
    get(200, "access-control-allow-origin: @/"),
    get(200, "access-control-allow-origin: ^"),
    get(200, "access-control-allow-origin: ~"),
    get(200, "access-control-allow-origin: !"),
    get(200, "access-control-allow-origin: null"),
    get(200, "access-control-allow-origin: app.example.com"),
    get(200, "access-control-allow-origin:"),
    get(200, "access-control-allow-origin: @\u{e9}"),
    get(200, "access-control-allow-origin: https://\u{e9}.example"),
    get(200, "access-control-allow-origin: @\naccess-control-allow-origin: @"),
    get(200, "access-control-allow-origin: *\naccess-control-allow-origin: @"),
    get(200, "access-control-allow-origin: @, *"),
    get(302, "location: &/to"),
    get(302, "location: &/to\naccess-control-allow-origin: @"),
    get(302, "location: ftp://#\naccess-control-allow-origin: @").method("POST"),
    get(302, "location: &\naccess-control-allow-origin: @"),
    get(302, "location: &/to\naccess-control-allow-origin: @").redirect(Redirect::Error),
    get(302, "location: http://user:pass%40#\naccess-control-allow-origin: @"),
    get(302, "location: http://a b\naccess-control-allow-origin: @"),
    get(0, ""),
    get(200, "access-control-allow-origin: *").credentials(),
    get(200, "access-control-allow-origin: @").credentials(),
    get(200, "access-control-allow-origin: @\naccess-control-allow-credentials: TRUE").credentials(),
    get(200, "").method("TRACE"),
    get(200, "").header("a b"),
    get(200, "").body(),
    get(200, "").method("A B"),
    put(200, ""),
    put(204, OK),
    put(200, "access-control-allow-origin: https://other.example"),
    put(200, "access-control-allow-origin: @\naccess-control-allow-origin: @"),
    put(200, "access-control-allow-origin: *").credentials(),
    put(200, "access-control-allow-origin: @").credentials(),
    put(200, "access-control-allow-origin: @\naccess-control-allow-methods: GET"),
    put(200, "access-control-allow-origin: @\naccess-control-allow-methods: *\naccess-control-allow-credentials: true")
        .credentials(),
    put(200, OK).method("DELETE"),
    put(200, "access-control-allow-origin: @\naccess-control-allow-methods: PATCH").method("patch"),
    put(200, OK).header("X-Other"),
    put(200, OK).header("content-language"),
    put(200, "access-control-allow-origin: @\naccess-control-allow-methods: GET; PUT"),
    put(200, "access-control-allow-origin: @\naccess-control-allow-methods: PUT\naccess-control-allow-headers: a b"),
    put(200, "access-control-allow-origin: @\naccess-control-allow-headers: a b"),
    put(200, "access-control-allow-origin: @\naccess-control-allow-headers: *").header("authorization"),
    put(200, "access-control-allow-origin: @\naccess-control-allow-methods: PUT\naccess-control-allow-headers: *\naccess-control-allow-credentials: true")
        .credentials()
        .header("x-trace"),
    put(304, ""),
    put(307, "location: &/"),
    put(400, "access-control-allow-origin: @"),
    put(401, ""),
    put(401, OK),
    put(403, ""),
    put(404, ""),
    put(405, OK),
    put(500, ""),
    put(500, OK),
    put(307, "location: &/to"),
    put(307, "location: &/to\naccess-control-allow-origin: @"),
    put(307, "access-control-allow-origin: @"),
    put(0, ""),
    get(200, "").header("x-trace"),
    put(200, "access-control-allow-origin: *\naccess-control-allow-headers: x-trace").credentials().header("x-trace"),
];
