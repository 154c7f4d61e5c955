// The pages of the folder `manual`, as modules. They exist only in the documentation.
//
// A page links to `credentials.md`, as a code host needs it. Here, the same link must lead to a module. So each page has
// the definitions of `links.md` before its own: of two definitions of a link, Markdown takes the first.

#![doc = include_str!("manual/links.md")]
#![doc = include_str!("../manual/README.md")]

macro_rules! pages {
    ($($(#[$attribute:meta])* $name:ident $file:literal,)*) => {
        $(
            $(#[$attribute])*
            #[doc = include_str!("manual/links.md")]
            #[doc = include_str!(concat!("../manual/", $file))]
            pub mod $name {}
        )*
    };
}

pages! {
    ten_minutes "ten-minutes.md",
    keys "keys.md",
    origins "origins.md",
    configuration "configuration.md",
    preflights "preflights.md",
    credentials "credentials.md",
    errors "errors.md",
    caches "caches.md",
    several_policies "several-policies.md",
    // Its examples need an adapter: `conformance-tests` runs them.
    #[cfg(not(doctest))]
    production "production.md",
    security "security.md",
    refusals "refusals.md",
    faq "faq.md",
    troubleshooting "troubleshooting.md",
    websockets "websockets.md",
    sse "sse.md",
    uploads "uploads.md",
    grpc_web "grpc-web.md",
    mcp "mcp.md",
    apps "apps.md",
    extensions "extensions.md",
    local_networks "local-networks.md",
}
