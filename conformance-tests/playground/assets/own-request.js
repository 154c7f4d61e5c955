// The form for a request of the user's own.

import { items } from "./policy-text.js";

export const OWN = { name: "Your request", own: true, path: "/items" };

// Returns the request, or the problem with it.
export function readOwnRequest(form, api) {
  const path = form.get("path").trim();
  if (!isPath(path, api)) return { problem: "✕ The path must start with one / and belong to the API." };
  const headers = {};
  for (const line of items(form.get("headers"), "\n")) {
    const colon = line.indexOf(":");
    if (colon < 1) return { problem: `✕ Write each header as Name: value, and not as ${line}.` };
    const name = line.slice(0, colon).trim();
    const value = line.slice(colon + 1).trim();
    headers[name] = Object.hasOwn(headers, name) ? `${headers[name]}, ${value}` : value;
  }
  const request = {
    ...OWN,
    path,
    method: form.get("method").trim(),
    headers,
    credentials: form.has("credentials"),
    body: form.get("body"),
    read: form.get("read").trim(),
  };
  return { request };
}

// `//host/` would be another server.
const isPath = (path, api) => path.startsWith("/") && URL.canParse(path, api) && new URL(path, api).origin === api;
