// The test application in Fastify, with @fastify/cors.
//
// Usage: node server.js POLICY PORT

import { Readable } from "node:stream";
import cors from "@fastify/cors";
import fastify from "fastify";
import { CHUNKS, FIXED, METHODS, addHeaders, dictated } from "../../node/application.js";
import { exactOrigins, headers, isAnyOrigin, methods, read, regexes } from "../../node/policy.js";

// The options of @fastify/cors with the meaning of this policy.
function options(policy) {
    const exposed = policy.expose_headers;
    return {
        origin: isAnyOrigin(policy) ? "*" : [...exactOrigins(policy), ...regexes(policy)],
        methods: methods(policy),
        // Without this option, the requested headers are allowed.
        ...(headers(policy) && { allowedHeaders: headers(policy) }),
        ...(exposed.length > 0 && { exposedHeaders: exposed }),
        credentials: policy.allow_credentials,
        maxAge: policy.max_age,
    };
}

function respond(reply, status, lines, body) {
    // `header` replaces the `Vary` that the plugin has set.
    const append = (name, value) => {
        const before = reply.getHeader(name);
        reply.header(name, name.toLowerCase() === "vary" && before ? `${before}, ${value}` : [before ?? [], value].flat());
    };
    addHeaders(lines, (name, value) => reply.header(name, value), append);
    return reply.code(status).type("text/plain").send(body);
}

const [policy, port] = read("@fastify/cors");
const app = fastify();
// The test application accepts any body.
app.addContentTypeParser("*", { parseAs: "string" }, (request, body, done) => done(null, body));
await app.register(cors, options(policy));
const on = (url, handler, method = METHODS) => app.route({ method, url, handler });
for (const [path, reply] of Object.entries(FIXED)) {
    on(path, (request, response) => respond(response, ...reply));
}
on("/stream", (request, response) => response.send(Readable.from(CHUNKS)));
on("/panic", () => {
    throw new Error("the handler panicked");
});
on("/reply", (request, response) => respond(response, ...dictated(request.raw), ""));
on("/options", (request, response) => respond(response, 200, [], "ok"));
on("/options", (request, response) => respond(response, 200, [], "handled"), ["OPTIONS"]);
await app.listen({ port, host: "127.0.0.1" });
