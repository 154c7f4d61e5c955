//! Express, with the package `cors`.

use super::remedy::Remedy;
use super::wanted::{Wanted, quoted};

pub(super) fn lines(remedy: &Remedy, wanted: &Wanted) -> String {
    match remedy {
        Remedy::Policy => policy(wanted),
        Remedy::Outermost => format!(
            "// the first `app.use`, before authentication, body parsers, routers and redirects\n{}",
            policy(wanted)
        ),
        Remedy::Once => "// Use `cors(...)` once for each route, set no `Access-Control-*` headers elsewhere, and let no \
                         proxy add them.\n\
                         // In nginx in front of it, remove `add_header Access-Control-Allow-Origin ...`."
            .to_owned(),
        // With a list of origins, the package sends `Vary: Origin` with every response.
        Remedy::Vary => format!(
            "// the first `app.use`, with a list of origins: then every response has `Vary: Origin`\n{}",
            policy(wanted)
        ),
        Remedy::Cookie(name) => format!(
            "res.cookie(\"{name}\", value, {{ sameSite: \"none\", secure: true, httpOnly: true }});"
        ),
    }
}

fn policy(wanted: &Wanted) -> String {
    let mut lines = vec![
        "// keep the entries that each list already has".to_owned(),
        "app.use(cors({".to_owned(),
        format!("  origin: [\"{}\"],", wanted.origin),
    ];
    let mut list = |key: &str, items: &[String]| {
        if !items.is_empty() {
            lines.push(format!("  {key}: [{}],", quoted(items)));
        }
    };
    list("methods", &wanted.methods);
    list("allowedHeaders", &wanted.headers);
    list("exposedHeaders", &wanted.exposed);
    if wanted.has_credentials {
        lines.push("  credentials: true,".to_owned());
    }
    lines.push("}));".to_owned());
    lines.join("\n")
}
