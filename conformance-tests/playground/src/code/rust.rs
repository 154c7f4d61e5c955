//! A policy as a Rust function for a framework.

use cors_core::issue::Key;
use serde_json::Value;

#[derive(Clone, Copy)]
pub(super) enum Framework {
    Axum,
    Actix,
    Rocket,
    Warp,
}

impl Framework {
    /// The crate, its middleware, and where to mount it.
    fn parts(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Axum => (
                "cors_axum",
                "CorsLayer",
                "Mount it last, so that it covers all routes: `router.layer(cors()?)`.",
            ),
            Self::Actix => (
                "cors_actix",
                "Cors",
                "Call it once, outside of the closure of `HttpServer::new`. Mount a clone last: `app.wrap(cors.clone())`.",
            ),
            Self::Rocket => (
                "cors_rocket",
                "Cors",
                "Mount it with `rocket.attach(cors()?)`.",
            ),
            Self::Warp => (
                "cors_warp",
                "Cors",
                "Wrap it around all routes, as the last step: `cors()?.wrap(routes)`.",
            ),
        }
    }
}

pub(super) fn function(framework: Framework, settings: &[(Key, Value)]) -> String {
    let (package, middleware, mount) = framework.parts();
    let calls: String = settings
        .iter()
        .map(|(key, value)| call(*key, value))
        .collect();
    format!(
        "use {package}::{{Config, ConfigError, {middleware}}};\n\
         \n\
         /// {mount}\n\
         pub fn cors() -> Result<{middleware}, ConfigError> {{\n\
         \x20   let policy = Config::new()\n\
         {calls}\
         \x20       .build()?;\n\
         \x20   for warning in policy.warnings() {{\n\
         \x20       eprintln!(\"warning: {{warning}}\");\n\
         \x20   }}\n\
         \x20   Ok({middleware}::new(policy))\n\
         }}\n"
    )
}

/// The call of a builder method. A long list is on several lines, as `rustfmt` does it.
fn call(key: Key, value: &Value) -> String {
    const LONGEST: usize = 60;
    let indent = "        ";
    let argument = literal(value);
    match value {
        Value::Array(entries) if argument.len() > LONGEST => {
            let entries = entries
                .iter()
                .map(|entry| format!("{indent}    {},\n", literal(entry)));
            format!(
                "{indent}.{key}([\n{}{indent}])\n",
                entries.collect::<String>()
            )
        }
        _ => format!("{indent}.{key}({argument})\n"),
    }
}

fn literal(value: &Value) -> String {
    match value {
        Value::Array(entries) if entries.is_empty() => "[\"\"; 0]".to_owned(), // of a type that the compiler knows
        Value::Array(entries) => {
            let entries: Vec<_> = entries.iter().map(literal).collect();
            format!("[{}]", entries.join(", "))
        }
        Value::String(text) => format!("{text:?}"),
        other => other.to_string(),
    }
}
