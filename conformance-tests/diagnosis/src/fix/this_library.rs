//! The adapters of this repository.

use super::remedy::Remedy;
use super::wanted::{Wanted, quoted};

pub(super) fn lines(remedy: &Remedy, wanted: &Wanted) -> String {
    match remedy {
        Remedy::Policy => policy(wanted),
        Remedy::Outermost => format!(
            "{}\n\
             // axum: app.layer(CorsLayer::new(policy)), after all routes and layers\n\
             // actix-web: app.wrap(Cors::new(policy)), as the last wrap\n\
             // Rocket: rocket.attach(Cors::new(policy)), after the fairings that set headers\n\
             // warp: Cors::new(policy).wrap(routes), around all routes, as the last step before `warp::serve`",
            policy(wanted)
        ),
        Remedy::Once => "// The middleware replaces CORS headers of the application. Remove those that are added outside \
                         of it,\n\
                         // by another middleware or by a proxy, for example `add_header Access-Control-Allow-Origin` \
                         in nginx."
            .to_owned(),
        Remedy::Vary => "// The middleware sends `Vary: Origin` with every response that passes it. Mount it around all \
                         routes and layers,\n\
                         // and let no layer outside of it, and no proxy, replace `Vary`."
            .to_owned(),
        Remedy::Cookie(name) => format!(
            "// crate `cookie`\n\
             Cookie::build((\"{name}\", value)).same_site(SameSite::None).secure(true).http_only(true).path(\"/\")"
        ),
    }
}

fn policy(wanted: &Wanted) -> String {
    let mut lines = vec![
        "// keep the entries that each list already has".to_owned(),
        "let policy = Config::new()".to_owned(),
        format!("    .allow_origins([\"{}\"])", wanted.origin),
    ];
    let mut list = |key: &str, items: &[String]| {
        if !items.is_empty() {
            lines.push(format!("    .{key}([{}])", quoted(items)));
        }
    };
    list("allow_methods", &wanted.methods);
    list("allow_headers", &wanted.headers);
    list("expose_headers", &wanted.exposed);
    if wanted.has_credentials {
        lines.push("    .allow_credentials(true)".to_owned());
    }
    lines.push("    .build()?;".to_owned());
    lines.join("\n")
}
