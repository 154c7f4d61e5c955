//! Responses: as a handler of the test application defines them, and as a client reads them.

/// The response of a handler.
#[derive(Clone, Copy, Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// Header lines.
    pub headers: &'static [(&'static str, &'static str)],
    /// The content.
    pub body: &'static str,
}

/// A response, byte for byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// Header lines in order, names in lower case.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The content.
    pub body: Vec<u8>,
}

impl Response {
    /// The response that a client reads for this reply.
    pub fn new(reply: Reply) -> Self {
        let Reply {
            status,
            headers,
            body,
        } = reply;
        let mut response = Self {
            status,
            headers: Vec::new(),
            body: body.into(),
        };
        for (name, value) in headers {
            response.append(name, value.as_bytes());
        }
        response
    }

    /// Adds a line.
    pub fn append(&mut self, name: &str, value: &[u8]) {
        self.headers
            .push((name.to_ascii_lowercase(), value.to_owned()));
    }

    /// The values of all lines of a header; `name` is in lower case.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        let lines = self.headers.iter().filter(move |line| line.0 == name);
        lines.map(|line| line.1.as_slice())
    }
}
