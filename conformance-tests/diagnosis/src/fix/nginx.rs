//! nginx.

use super::remedy::Remedy;
use super::wanted::Wanted;

pub(super) fn lines(remedy: &Remedy, wanted: &Wanted) -> String {
    match remedy {
        // `return` comes before authentication and `proxy_pass`.
        Remedy::Policy | Remedy::Outermost | Remedy::Vary => policy(wanted),
        Remedy::Once => format!(
            "# nginx adds the headers, and removes those of the application:\n{}\n{}",
            "proxy_hide_header Access-Control-Allow-Origin;",
            "proxy_hide_header Access-Control-Allow-Credentials;"
        ),
        Remedy::Cookie(name) => {
            format!("proxy_cookie_flags {name} secure httponly samesite=none; # nginx 1.19.3")
        }
    }
}

fn policy(wanted: &Wanted) -> String {
    let mut lines = vec![
        "# in http { }".to_owned(),
        "map $http_origin $cors_origin {".to_owned(),
        "    default \"\"; # nginx sends no header with an empty value".to_owned(),
        format!(
            "    \"{}\" $http_origin; # one line for each origin",
            wanted.origin
        ),
        "}".to_owned(),
    ];
    if wanted.has_credentials {
        lines.push("map $cors_origin $cors_credentials {".to_owned());
        lines.push("    default true;".to_owned());
        lines.push("    \"\" \"\";".to_owned());
        lines.push("}".to_owned());
    }
    lines
        .push("# in location { }, and in each block inside of it that has `add_header`".to_owned());
    lines.extend(every_response(wanted).map(str::to_owned));
    if !wanted.exposed.is_empty() {
        let exposed = wanted.exposed.join(", ");
        lines.push(header(
            "Access-Control-Expose-Headers",
            &format!("\"{exposed}\""),
        ));
    }
    if wanted.has_preflight {
        lines.push("if ($request_method = OPTIONS) {".to_owned());
        lines.extend(every_response(wanted).map(|line| format!("    {line}")));
        let mut list = |name: &str, items: &[String]| {
            if !items.is_empty() {
                let items = format!("\"{}\"", items.join(", "));
                lines.push(format!("    {}", header(name, &items)));
            }
        };
        list("Access-Control-Allow-Methods", &wanted.methods);
        list("Access-Control-Allow-Headers", &wanted.headers);
        lines.push("    return 204;".to_owned());
        lines.push("}".to_owned());
    }
    lines.join("\n")
}

fn every_response(wanted: &Wanted) -> impl Iterator<Item = &'static str> {
    let credentials = wanted
        .has_credentials
        .then_some("add_header Access-Control-Allow-Credentials $cors_credentials always;");
    let lines = [
        "add_header Access-Control-Allow-Origin $cors_origin always;",
        "add_header Vary Origin always;",
    ];
    lines.into_iter().chain(credentials)
}

/// `always`, because without it nginx adds no header to errors.
fn header(name: &str, value: &str) -> String {
    format!("add_header {name} {value} always;")
}
