//! Spring MVC and Spring Security.

use super::remedy::Remedy;
use super::wanted::{Wanted, quoted};

pub(super) fn lines(remedy: &Remedy, wanted: &Wanted) -> String {
    match remedy {
        // Before Spring Security, whose filters have the order -100.
        Remedy::Policy | Remedy::Outermost | Remedy::Vary => policy(wanted),
        Remedy::Once => "// Set the headers in one place: a CorsFilter, Spring Security, `@CrossOrigin`, or a proxy.\n\
                         // Spring Cloud Gateway, in front of services that set them:\n\
                         // spring.cloud.gateway.default-filters[0]=DedupeResponseHeader=Access-Control-Allow-Origin \
                         Access-Control-Allow-Credentials"
            .to_owned(),
        Remedy::Cookie(name) => format!(
            "ResponseCookie.from(\"{name}\", value).sameSite(\"None\").secure(true).httpOnly(true).path(\"/\").build()\n\
             // the session cookie, in application.properties:\n\
             // server.servlet.session.cookie.same-site=none\n\
             // server.servlet.session.cookie.secure=true"
        ),
    }
}

fn policy(wanted: &Wanted) -> String {
    let mut lines = vec![
        "// before all other filters, also those of Spring Security; keep the entries that each list already has"
            .to_owned(),
        "@Bean".to_owned(),
        "FilterRegistrationBean<CorsFilter> corsFilter() {".to_owned(),
        "    var cors = new CorsConfiguration();".to_owned(),
        format!("    cors.setAllowedOrigins(List.of(\"{}\"));", wanted.origin),
    ];
    let mut list = |key: &str, items: &[String]| {
        if !items.is_empty() {
            lines.push(format!("    cors.{key}(List.of({}));", quoted(items)));
        }
    };
    list("setAllowedMethods", &wanted.methods);
    list("setAllowedHeaders", &wanted.headers);
    list("setExposedHeaders", &wanted.exposed);
    if wanted.has_credentials {
        lines.push("    cors.setAllowCredentials(true);".to_owned());
    }
    lines.extend(REGISTRATION.map(str::to_owned));
    lines.join("\n")
}

const REGISTRATION: [&str; 6] = [
    "    var source = new UrlBasedCorsConfigurationSource();",
    "    source.registerCorsConfiguration(\"/**\", cors);",
    "    var filter = new FilterRegistrationBean<>(new CorsFilter(source));",
    "    filter.setOrder(Ordered.HIGHEST_PRECEDENCE);",
    "    return filter;",
    "}",
];
