// The test application, as data for each framework in JavaScript.

export const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"];

// The status, the headers and the body of paths that always have the same response.
export const FIXED = {
    "/": [200, [], "ok"],
    "/vary": [200, [["Vary", "Accept-Encoding"], ["Vary", "Cookie"]], "ok"],
    "/error": [500, [], "error"],
    "/unauthorized": [401, [["WWW-Authenticate", "Bearer"]], "unauthorized"],
    "/teapot": [
        418,
        [["X-Teapot-Make", "Rocket"], ["Access-Control-Allow-Origin", "https://handler.example"]],
        "teapot",
    ],
    "/redirect": [302, [["Location", "/"]], ""],
};

export const CHUNKS = ["one,", "two,", "three"];

// The status and the headers that the `X-Reply` lines of a request of Node.js state.
export function dictated(request) {
    let status = 200;
    const headers = [];
    for (const line of request.headersDistinct["x-reply"] ?? []) {
        const [, name, value] = /^([^:]*):\s*(.*)$/.exec(line);
        if (name === "Status") {
            status = Number(value);
        } else {
            headers.push([name, value]);
        }
    }
    if (status === 101) {
        // The frameworks cannot switch protocols.
        return [501, headers.filter(([name]) => !["Connection", "Upgrade"].includes(name))];
    }
    return [status, headers];
}

// Sets a header as handlers usually do: `Vary` and repeated lines are added, others replace what is there.
export function addHeaders(headers, set, append) {
    const names = new Set();
    for (const [name, value] of headers) {
        const isAdded = name.toLowerCase() === "vary" || names.has(name.toLowerCase());
        (isAdded ? append : set)(name, value);
        names.add(name.toLowerCase());
    }
}
