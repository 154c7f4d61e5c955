// Reads the policy file, for the adapters in JavaScript.

import { readFileSync } from "node:fs";

const METHODS = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY"];
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

// Ends the program: the library has no options with the meaning of the policy.
export function unsupported(reason) {
    console.log(reason);
    process.exit(77);
}

// The policy and the port in the arguments of the program.
export function read(library) {
    const [file, port] = process.argv.slice(2);
    const policy = JSON.parse(readFileSync(file, "utf8"));
    const unknown = Object.keys(policy).find((key) => !KEYS.includes(key));
    if (unknown) {
        unsupported(`${library} has no option like ${unknown}`);
    }
    return [policy, Number(port)];
}

export const isAnyOrigin = (policy) => policy.allow_origins.includes("*");

export const exactOrigins = (policy) => policy.allow_origins.filter((entry) => !entry.includes("*"));

export const hasPatterns = (policy) => policy.allow_origins.some((entry) => entry !== "*" && entry.includes("*"));

// A RegExp for each pattern and for the regex. It matches whole origins, and never `null` or `file://`.
export function regexes(policy) {
    const patterns = policy.allow_origins.filter((entry) => entry !== "*" && entry.includes("*"));
    const regex = policy.allow_origin_regex;
    return [...patterns.map(pattern), ...(regex === undefined ? [] : [whole(regex)])];
}

function pattern(entry) {
    const [scheme, rest] = entry.split("://");
    if (rest === "*") {
        return new RegExp(`^${escape(scheme)}://[^/:@?#\\s]+$`);
    }
    const hasAnyPort = rest.endsWith(":*");
    const host = escape(hasAnyPort ? rest.slice(0, -2) : rest);
    const name = host.startsWith("\\*\\.")
        ? host.replace("\\*\\.", "(?:[a-z0-9_-]+\\.)+")
        : host.replace("\\*", "[a-z0-9-]+");
    return new RegExp(`^${escape(scheme)}://${name}${hasAnyPort ? "(?::[0-9]+)?" : ""}$`);
}

const escape = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

function whole(regex) {
    try {
        // Without the first group, a regex like `.*` allows pages in a sandbox and files, which the policy does not.
        return new RegExp(`^(?!null$|file:)(?:${regex})$`, "u");
    } catch {
        return unsupported("JavaScript does not have the syntax of the regex");
    }
}

// The methods, with those that `*` stands for.
export function methods(policy) {
    const listed = policy.allow_methods;
    const others = listed.filter((method) => method !== "*" && !METHODS.includes(method));
    return listed.includes("*") ? [...METHODS, ...others] : listed;
}

// The headers, or `undefined` for all.
export const headers = (policy) =>
    policy.allow_headers.includes("*") ? undefined : [...SAFELISTED, ...policy.allow_headers];
