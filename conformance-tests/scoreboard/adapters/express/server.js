// The test application in Express, with its middleware `cors`.
//
// Usage: node server.js POLICY PORT

import { readFileSync } from "node:fs";
import cors from "cors";
import express from "express";

const METHODS = ["get", "post", "put", "patch", "delete", "head"];
const STANDARD_METHODS = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY"];
const SAFELISTED = ["Accept", "Accept-Language", "Content-Language", "Content-Type"];
const KEYS = [
    "allow_origins",
    "allow_origin_regex",
    "allow_methods",
    "allow_headers",
    "allow_credentials",
    "expose_headers",
    "max_age",
];

function unsupported(reason) {
    console.log(reason);
    process.exit(77);
}

function regex(text) {
    try {
        return new RegExp(`^(?:${text})$`, "u");
    } catch {
        unsupported("JavaScript does not have the syntax of the regex");
    }
}

// The options of `cors` with the meaning of this policy.
function options(policy) {
    const unknown = Object.keys(policy).find((key) => !KEYS.includes(key));
    if (unknown) {
        unsupported(`cors has no option like ${unknown}`);
    }
    const anyOrigin = policy.allow_origins.includes("*");
    if (!anyOrigin && policy.allow_origins.some((origin) => origin.includes("*"))) {
        unsupported("cors has no patterns of origins");
    }
    const origins = [...policy.allow_origins];
    if (policy.allow_origin_regex !== undefined) {
        origins.push(regex(policy.allow_origin_regex));
    }
    const methods = policy.allow_methods.filter((method) => method !== "*");
    const anyMethod = methods.length < policy.allow_methods.length;
    return {
        origin: anyOrigin ? "*" : origins,
        methods: anyMethod ? [...STANDARD_METHODS, ...methods] : methods,
        // Without this option, the requested headers are allowed.
        allowedHeaders: policy.allow_headers.includes("*")
            ? undefined
            : [...SAFELISTED, ...policy.allow_headers],
        exposedHeaders: policy.expose_headers,
        credentials: policy.allow_credentials,
        maxAge: policy.max_age,
    };
}

const [file, port] = process.argv.slice(2);
const app = express();
app.disable("etag");
app.use(cors(options(JSON.parse(readFileSync(file, "utf8")))));

const on = (path, handler) => METHODS.forEach((method) => app[method](path, handler));
const fixed = (path, status, headers, body) =>
    on(path, (request, response) => {
        headers.forEach(([name, value]) => response.append(name, value));
        response.status(status).type("text").send(body);
    });

fixed("/", 200, [], "ok");
fixed("/vary", 200, [["Vary", "Accept-Encoding"], ["Vary", "Cookie"]], "ok");
fixed("/error", 500, [], "error");
fixed("/unauthorized", 401, [["WWW-Authenticate", "Bearer"]], "unauthorized");
fixed("/redirect", 302, [["Location", "/"]], "");
on("/teapot", (request, response) => {
    response.set("X-Teapot-Make", "Rocket");
    response.set("Access-Control-Allow-Origin", "https://handler.example");
    response.status(418).type("text").send("teapot");
});
on("/stream", (request, response) => {
    ["one,", "two,", "three"].forEach((chunk) => response.write(chunk));
    response.end();
});
on("/panic", () => {
    throw new Error("the handler panicked");
});
fixed("/options", 200, [], "ok");
app.options("/options", (request, response) => response.type("text").send("handled"));
on("/reply", (request, response) => {
    const names = new Set();
    for (const line of request.headersDistinct["x-reply"] ?? []) {
        const [, name, value] = /^([^:]*):\s*(.*)$/.exec(line);
        if (name === "Status") {
            // Node.js cannot switch protocols in this way.
            response.status(value === "101" ? 501 : Number(value));
        } else if (name.toLowerCase() === "vary" || names.has(name.toLowerCase())) {
            response.append(name, value);
        } else {
            // The usual way to set a header in a handler.
            response.set(name, value);
        }
        names.add(name.toLowerCase());
    }
    response.end();
});
app.use((request, response) => {
    const known = app.router.stack.some((layer) => layer.route?.path === request.path);
    response.sendStatus(known ? 405 : 404);
});
app.use((error, request, response, next) => response.sendStatus(500));
app.listen(Number(port), "127.0.0.1");
