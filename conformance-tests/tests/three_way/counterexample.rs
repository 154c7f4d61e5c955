//! Formats a counterexample so that it can be turned into vectors.

use browser_model::Outcome;
use conformance_tests::response::Response;
use conformance_tests::run::{cors, vary};
use conformance_tests::vector::Request;
use cors_core::Config;
use test_support::cases::Case;
use toml::{Table, Value};

use super::server::on_the_wire;

/// The problem, the fetch, and a file of vectors without the expected responses.
pub(crate) fn shown(
    config: &Config,
    case: &Case,
    subject: &str,
    outcome: &Outcome,
    problem: &str,
) -> String {
    let mut text = format!("{subject}: {problem}\n\n{case:#?}\n\n{}", policy(config));
    for (number, (request, response)) in outcome.exchanges.iter().enumerate() {
        let request = on_the_wire(request, &case.reply(&request.url));
        let response = response.as_ref().map(|response| Response {
            status: response.status,
            headers: response.headers.clone(),
            body: Vec::new(),
        });
        text += &vector(number, &request, response.as_ref());
    }
    text
}

/// The policy as a table for a file of vectors.
pub(crate) fn policy(config: &Config) -> String {
    // TOML has no unsigned 64-bit integers.
    let table = toml::to_string(config).unwrap_or_else(|_| format!("{config:?}\n"));
    format!("[policies.found]\n{table}")
}

/// The request as a vector. The actual response may be wrong, so it is only a comment.
pub(crate) fn vector(number: usize, request: &Request, came: Option<&Response>) -> String {
    let lines = request.lines.iter();
    let lines = lines.map(|line| String::from_utf8_lossy(line.as_bytes()).into_owned());
    let mut fields = Table::new();
    fields.insert("method".to_owned(), request.method.clone().into());
    fields.insert("target".to_owned(), request.target.clone().into());
    fields.insert("headers".to_owned(), lines.collect::<Vec<_>>().into());
    if !request.body.is_empty() {
        fields.insert("body".to_owned(), request.body.clone().into());
    }
    let came = came.map(|came| (came.status, cors(came), vary(came)));
    format!(
        "\n[[vector]]\nname = \"found-{number}\"\npolicy = \"found\"\nrequest = {}\n# came: {came:?}\n",
        Value::Table(fields),
    )
}
