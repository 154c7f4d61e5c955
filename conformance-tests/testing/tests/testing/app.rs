//! A scripted application: the path says what is right or wrong about its CORS headers.

/// A request as the application receives it.
pub(crate) struct Received {
    pub(crate) method: String,
    /// The path and the query.
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
}

impl Received {
    fn header(&self, name: &str) -> &str {
        let mut headers = self.headers.iter();
        let header = headers.find(|line| line.0.eq_ignore_ascii_case(name));
        header.map_or("-", |line| line.1.as_str())
    }

    fn is_preflight(&self) -> bool {
        self.method == "OPTIONS" && self.header("access-control-request-method") != "-"
    }
}

pub(crate) fn respond(request: &Received) -> Reply {
    let origin = request.header("origin");
    let allow = ("access-control-allow-origin", origin);
    let credentials = ("access-control-allow-credentials", "true");
    let methods = ("access-control-allow-methods", "PUT, PATCH");
    let headers = ("access-control-allow-headers", "x-trace, content-type");
    let any = ("access-control-allow-origin", "*");
    let (path, _) = request
        .target
        .split_once('?')
        .unwrap_or((&request.target, ""));
    let is_preflight = request.is_preflight();
    let passed = reply(204, &[allow, credentials, methods, headers]);
    match (path, is_preflight) {
        ("/right" | "/bare", true) => passed,
        ("/echo", true) => {
            let methods = ("access-control-allow-methods", "PUT, DELETE");
            reply(204, &[allow, credentials, methods, headers])
        }
        ("/right", false) => reply(
            200,
            &[
                allow,
                credentials,
                ("access-control-expose-headers", "x-total"),
                ("x-total", "3"),
                ("x-secret", "4"),
                ("set-cookie", "a=b"),
            ],
        ),
        ("/echo", false) => {
            let names = ["host", "origin", "x-trace", "cookie", "content-type"];
            let values = names.map(|name| request.header(name)).join("|");
            let [method, target, body] = [&request.method, &request.target, &request.body];
            let echo = format!("{method}|{target}|{values}|{body}");
            let expose = ("access-control-expose-headers", "x-echo");
            reply(200, &[allow, credentials, expose, ("x-echo", &echo)])
        }
        ("/any", true) => reply(
            200,
            &[
                any,
                ("access-control-allow-methods", "*"),
                ("access-control-allow-headers", "*"),
            ],
        ),
        ("/any", false) => {
            let expose = ("access-control-expose-headers", "*");
            reply(200, &[any, expose, ("x-total", "3")])
        }
        // With credentials, `*` in a list is not a wildcard.
        ("/any-list", true) => {
            let lists = [
                "access-control-allow-methods",
                "access-control-allow-headers",
            ];
            reply(200, &[allow, credentials, (lists[0], "*"), (lists[1], "*")])
        }
        ("/any-list", false) => {
            let expose = ("access-control-expose-headers", "*");
            reply(200, &[allow, credentials, expose, ("x-total", "3")])
        }
        ("/bare", false) | ("/none", _) => reply(200, &[]),
        ("/no-credentials", _) => reply(200, &[allow, methods]),
        ("/other", _) => reply(
            200,
            &[("access-control-allow-origin", "https://other.example")],
        ),
        ("/slash", _) => reply(
            200,
            &[("access-control-allow-origin", &format!("{origin}/"))],
        ),
        ("/upper", _) => reply(
            200,
            &[("access-control-allow-origin", &origin.to_ascii_uppercase())],
        ),
        ("/twice", _) => reply(200, &[allow, allow]),
        ("/not-a-list", true) => reply(
            200,
            &[allow, ("access-control-allow-methods", "GET; PUT"), headers],
        ),
        ("/not-names", true) => reply(
            200,
            &[
                allow,
                methods,
                ("access-control-allow-headers", "x-trace x-other"),
            ],
        ),
        ("/credentials-in-upper-case", _) => {
            reply(200, &[allow, ("access-control-allow-credentials", "TRUE")])
        }
        ("/null", _) => reply(200, &[("access-control-allow-origin", "null")]),
        ("/invalid", _) => reply(200, &[("access-control-allow-origin", "any")]),
        ("/preflight-404", true) => reply(404, &[]),
        ("/preflight-401", true) => reply(401, &[]),
        ("/preflight-403", true) => reply(403, &[]),
        ("/preflight-400", true) => reply(400, &[allow]),
        ("/preflight-500", true) => reply(500, &[allow]),
        ("/preflight-redirect", true) => reply(308, &[("location", "/right")]),
        ("/redirect", _) => reply(302, &[allow, credentials, ("location", "/right")]),
        ("/redirect-bare", _) => reply(302, &[("location", "/right")]),
        ("/redirect-to-bare", _) => reply(302, &[allow, credentials, ("location", "/none")]),
        ("/away", _) => reply(302, &[allow, ("location", "https://other.example/")]),
        ("/bare-error", _) => reply(401, &[]),
        ("/error", _) => reply(500, &[allow]),
        _ => reply(200, &[allow]),
    }
}

fn reply(status: u16, headers: &[(&'static str, &str)]) -> Reply {
    let headers = headers.iter();
    Reply {
        status,
        headers: headers
            .map(|&(name, value)| (name, value.to_owned()))
            .collect(),
    }
}
