// The test application in Express, with its middleware `cors`.
//
// Usage: node server.js POLICY PORT

import cors from "cors";
import express from "express";
import { CHUNKS, FIXED, METHODS, addHeaders, dictated } from "../../node/application.js";
import { exactOrigins, headers, isAnyOrigin, methods, read, regexes } from "../../node/policy.js";

// The options of `cors` with the meaning of this policy.
const options = (policy) => ({
    origin: isAnyOrigin(policy) ? "*" : [...exactOrigins(policy), ...regexes(policy)],
    methods: methods(policy),
    // Without this option, the requested headers are allowed.
    allowedHeaders: headers(policy),
    exposedHeaders: policy.expose_headers,
    credentials: policy.allow_credentials,
    maxAge: policy.max_age,
});

function respond(response, status, lines, body) {
    const set = (name, value) => response.set(name, value);
    addHeaders(lines, set, (name, value) => response.append(name, value));
    response.status(status).type("text").end(body);
}

const [policy, port] = read("cors");
const app = express();
app.use(cors(options(policy)));
const on = (path, handler) => METHODS.forEach((method) => app[method.toLowerCase()](path, handler));
for (const [path, reply] of Object.entries(FIXED)) {
    on(path, (request, response) => respond(response, ...reply));
}
on("/stream", (request, response) => {
    CHUNKS.forEach((chunk) => response.write(chunk));
    response.end();
});
on("/panic", () => {
    throw new Error("the handler panicked");
});
on("/reply", (request, response) => respond(response, ...dictated(request), ""));
on("/options", (request, response) => respond(response, 200, [], "ok"));
app.options("/options", (request, response) => respond(response, 200, [], "handled"));
app.use((request, response) => {
    const known = app.router.stack.some((layer) => layer.route?.path === request.path);
    response.sendStatus(known ? 405 : 404);
});
// The default error handler removes all headers. https://expressjs.com/en/guide/error-handling.html tells how to set another one.
app.use((error, request, response, next) => response.sendStatus(500));
app.listen(port, "127.0.0.1");
