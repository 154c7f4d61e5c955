//! FastAPI and Starlette.

use super::remedy::Remedy;
use super::wanted::{Wanted, quoted};

pub(super) fn lines(remedy: &Remedy, wanted: &Wanted) -> String {
    match remedy {
        Remedy::Policy => format!("# keep the entries that each list already has\n\
             app.add_middleware(\n    CORSMiddleware,\n{})", arguments(wanted)),
        Remedy::Outermost => format!(
            "# at the end, instead of `app.add_middleware(CORSMiddleware, ...)`, which covers neither middlewares that are \
             added later,\n\
             # nor the status 500 of unhandled exceptions; keep the entries that each list already has\n\
             app = CORSMiddleware(\n    app,\n{})",
            arguments(wanted)
        ),
        Remedy::Once => "# Add CORSMiddleware once, set no `Access-Control-*` headers in routes, and let no proxy add \
                         them.\n\
                         # In nginx in front of it, remove `add_header Access-Control-Allow-Origin ...`."
            .to_owned(),
        Remedy::Vary => "# In older versions, CORSMiddleware sends `Vary: Origin` only if the request has `Origin`: update, or add it.\n\
                         @app.middleware(\"http\")\n\
                         async def vary_by_origin(request, call_next):\n    \
                             response = await call_next(request)\n    \
                             response.headers.add_vary_header(\"Origin\")\n    \
                             return response"
            .to_owned(),
        Remedy::Cookie(name) => format!(
            "response.set_cookie(\"{name}\", value, samesite=\"none\", secure=True, httponly=True)"
        ),
    }
}

fn arguments(wanted: &Wanted) -> String {
    let mut lines = format!("    allow_origins=[\"{}\"],\n", wanted.origin);
    let mut list = |key: &str, items: &[String]| {
        if !items.is_empty() {
            lines += &format!("    {key}=[{}],\n", quoted(items));
        }
    };
    list("allow_methods", &wanted.methods);
    list("allow_headers", &wanted.headers);
    list("expose_headers", &wanted.exposed);
    if wanted.has_credentials {
        lines += "    allow_credentials=True,\n";
    }
    lines
}
