// The test application in Hono on Node.js, with `hono/cors`.
//
// Usage: node server.js POLICY PORT

import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { cors } from "hono/cors";
import { stream } from "hono/streaming";
import { CHUNKS, FIXED, METHODS, addHeaders, dictated } from "../../node/application.js";
import { exactOrigins, hasPatterns, headers, isAnyOrigin, methods, read, unsupported } from "../../node/policy.js";

// The options of `cors` with the meaning of this policy.
function options(policy) {
    if (policy.allow_origin_regex !== undefined || hasPatterns(policy)) {
        unsupported("hono/cors has no patterns of origins");
    }
    return {
        origin: isAnyOrigin(policy) ? "*" : exactOrigins(policy),
        allowMethods: methods(policy),
        // With an empty list, the requested headers are allowed.
        allowHeaders: headers(policy) ?? [],
        exposeHeaders: policy.expose_headers,
        credentials: policy.allow_credentials,
        maxAge: policy.max_age,
    };
}

function respond(context, status, lines, body) {
    addHeaders(
        lines,
        (name, value) => context.header(name, value),
        (name, value) => context.header(name, value, { append: true }),
    );
    return context.body([204, 304].includes(status) ? null : body, status);
}

const [policy, port] = read("hono/cors");
const app = new Hono();
app.use("*", cors(options(policy)));
for (const [path, reply] of Object.entries(FIXED)) {
    app.on(METHODS, path, (context) => respond(context, ...reply));
}
app.on(METHODS, "/stream", (context) =>
    stream(context, async (response) => {
        for (const chunk of CHUNKS) {
            await response.write(chunk);
        }
    }),
);
app.on(METHODS, "/panic", () => {
    throw new Error("the handler panicked");
});
app.on(METHODS, "/reply", (context) => respond(context, ...dictated(context.env.incoming), ""));
app.on(METHODS, "/options", (context) => respond(context, 200, [], "ok"));
app.on(["OPTIONS"], "/options", (context) => respond(context, 200, [], "handled"));
app.onError((error, context) => context.text("Internal Server Error", 500));
serve({ fetch: app.fetch, port, hostname: "127.0.0.1" });
