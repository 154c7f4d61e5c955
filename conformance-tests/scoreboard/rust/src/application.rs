//! The test application, apart from the framework.

/// A response that is always the same.
#[derive(Clone, Copy)]
pub struct Reply {
    pub status: u16,
    pub headers: &'static [(&'static str, &'static str)],
    pub body: &'static str,
}

/// The methods of every path.
pub const METHODS: [&str; 6] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"];

/// The response of `/` and `/options`.
pub const OK: Reply = Reply {
    status: 200,
    headers: &[],
    body: "ok",
};

/// The response of `/options` to OPTIONS.
pub const HANDLED: Reply = Reply {
    body: "handled",
    ..OK
};

/// The content of `/stream`.
pub const CHUNKS: [&str; 3] = ["one,", "two,", "three"];

/// The paths with one response.
pub const FIXED: [(&str, Reply); 6] = [
    ("/", OK),
    (
        "/vary",
        Reply {
            headers: &[("Vary", "Accept-Encoding"), ("Vary", "Cookie")],
            ..OK
        },
    ),
    (
        "/error",
        Reply {
            status: 500,
            headers: &[],
            body: "error",
        },
    ),
    (
        "/unauthorized",
        Reply {
            status: 401,
            headers: &[("WWW-Authenticate", "Bearer")],
            body: "unauthorized",
        },
    ),
    (
        "/teapot",
        Reply {
            status: 418,
            headers: &[
                ("X-Teapot-Make", "Rocket"),
                ("Access-Control-Allow-Origin", "https://handler.example"),
            ],
            body: "teapot",
        },
    ),
    (
        "/redirect",
        Reply {
            status: 302,
            headers: &[("Location", "/")],
            body: "",
        },
    ),
];

/// The status and the header lines that the `X-Reply` lines of a request ask for.
pub fn dictated<'a>(lines: impl Iterator<Item = &'a [u8]>) -> (u16, Vec<(&'a str, &'a str)>) {
    let mut status = 200;
    let mut headers = Vec::new();
    let lines = lines.filter_map(|line| std::str::from_utf8(line).ok()?.split_once(':'));
    for (name, value) in lines.map(|(name, value)| (name.trim(), value.trim())) {
        match value.parse() {
            Ok(number) if name == "Status" => status = number,
            _ => headers.push((name, value)),
        }
    }
    (status, headers)
}

/// Panics like a handler, but without printing a message.
pub fn panic() -> ! {
    std::panic::resume_unwind(Box::new("the handler panicked"))
}
