// The test application in Koa, with @koa/cors.
//
// Usage: node server.js POLICY PORT

import { Readable } from "node:stream";
import cors from "@koa/cors";
import Koa from "koa";
import { CHUNKS, FIXED, METHODS, addHeaders, dictated } from "../../node/application.js";
import { exactOrigins, hasPatterns, headers, isAnyOrigin, methods, read, unsupported } from "../../node/policy.js";

// The options of @koa/cors with the meaning of this policy.
function options(policy) {
    const origins = exactOrigins(policy);
    if (policy.allow_origin_regex !== undefined || hasPatterns(policy)) {
        unsupported("@koa/cors has no patterns of origins");
    }
    if (!isAnyOrigin(policy) && origins.length !== 1) {
        unsupported("origin of @koa/cors is one origin or a function");
    }
    return {
        origin: isAnyOrigin(policy) ? "*" : origins[0],
        allowMethods: methods(policy),
        // Without this option, the requested headers are allowed.
        allowHeaders: headers(policy),
        exposeHeaders: policy.expose_headers,
        credentials: policy.allow_credentials,
        // The number 0 is not sent, but the text is.
        maxAge: String(policy.max_age),
    };
}

function respond(context, status, lines, body) {
    context.body = body;
    context.status = status;
    addHeaders(lines, (name, value) => context.set(name, value), (name, value) => context.append(name, value));
}

const handlers = {
    "/stream": (context) => (context.body = Readable.from(CHUNKS)),
    "/panic": () => {
        throw new Error("the handler panicked");
    },
    "/reply": (context) => respond(context, ...dictated(context.req), ""),
    "/options": (context) => respond(context, 200, [], context.method === "OPTIONS" ? "handled" : "ok"),
};
for (const [path, reply] of Object.entries(FIXED)) {
    handlers[path] = (context) => respond(context, ...reply);
}

const [policy, port] = read("@koa/cors");
const app = new Koa();
app.silent = true;
app.use(cors(options(policy)));
app.use((context) => {
    const handler = handlers[context.path];
    const allowed = context.path === "/options" ? [...METHODS, "OPTIONS"] : METHODS;
    if (handler && allowed.includes(context.method)) {
        return handler(context);
    }
    context.status = handler ? 405 : 404;
});
app.listen(port, "127.0.0.1");
