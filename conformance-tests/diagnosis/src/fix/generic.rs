//! The headers to send, whatever the server.

use super::remedy::Remedy;
use super::wanted::Wanted;

pub(super) fn lines(remedy: &Remedy, wanted: &Wanted) -> String {
    match remedy {
        Remedy::Policy | Remedy::Outermost | Remedy::Vary => policy(wanted),
        Remedy::Once => "Set `Access-Control-Allow-Origin` in one place, the application or the proxy in front of it, and \
                         remove it from the other."
            .to_owned(),
        Remedy::Cookie(name) => {
            format!("Set-Cookie: {name}=...; Path=/; SameSite=None; Secure; HttpOnly")
        }
    }
}

fn policy(wanted: &Wanted) -> String {
    let mut shared = vec![
        format!("Access-Control-Allow-Origin: {}", wanted.origin),
        "Vary: Origin".to_owned(),
    ];
    if wanted.has_credentials {
        shared.push("Access-Control-Allow-Credentials: true".to_owned());
    }
    let shared = shared.join("\n");
    let list = |name: &str, items: &[String]| match items {
        [] => String::new(),
        items => format!("\n{name}: {}", items.join(", ")),
    };
    let response = format!(
        "# every response to this origin, also errors and redirects; without the origin, only `Vary: Origin`\n{shared}{}",
        list("Access-Control-Expose-Headers", &wanted.exposed)
    );
    if !wanted.has_preflight {
        return response;
    }
    format!(
        "# OPTIONS with Access-Control-Request-Method, before authentication, routing and redirects: status 204 with\n\
         {shared}{}{}\n{response}",
        list("Access-Control-Allow-Methods", &wanted.methods),
        list("Access-Control-Allow-Headers", &wanted.headers)
    )
}
