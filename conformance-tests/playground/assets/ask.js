// Asks about one request from one origin: sends it, if this browser can, and gets what the library says about it.

import { headerOutcome } from "./outcome.js";
import { get, post } from "./server.js";

const session = Math.random().toString(36).slice(2, 8);
let sent = 0;

// What is known about the request. `result` and `agreement` are missing if it was not sent.
export async function ask(request, from, api) {
  const url = api + request.path;
  const asked = question(request, from, url);
  if (!from.send) return { asked, answer: await post("/answer", asked) };
  const id = `${session}-${++sent}`; // a new URL each time, so that no cached response or preflight is used
  const result = await from.send({ ...request, url: withRow(url, id) });
  const query = new URLSearchParams({ row: id, credentials: Boolean(request.credentials), read: request.read ?? "" });
  const [log, answer] = await Promise.all([get(`/log?${query}`), post("/answer", asked)]);
  const { requests, expected } = log;
  if (expected?.change) answer.changes.edits.push(expected.change);
  return { asked, answer, result, received: requests, agreement: agreement(result, log) };
}

// Only the server knows which origins browsers send. Returns the problem with this one.
export async function problemWith(origin, api) {
  try {
    await post("/answer", question({ method: "GET" }, { origin }, api));
    return undefined;
  } catch (error) {
    return error.message.trim();
  }
}

function question({ method, headers, credentials, body }, from, url) {
  return {
    origin: from.origin,
    url,
    method,
    headers: Object.entries(headers ?? {}),
    credentials: Boolean(credentials),
    body: body || null,
  };
}

function withRow(url, id) {
  const [address] = url.split("#");
  return `${address}${address.includes("?") ? "&" : "?"}row=${id}`;
}

function agreement(result, { requests, expected }) {
  if (requests.length === 0) return result.outcome === "blocked" ? "not sent" : "disagree";
  if (!expected) return "not compared"; // a redirect
  if (result.outcome !== expected.outcome) return "disagree";
  if (!expected.header) return "agree";
  return expected.header === headerOutcome(result) ? "agree" : "disagree";
}
