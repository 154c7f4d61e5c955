// The table: real requests from both origins, the records of the server, and whether decision and browser agree.

import { byId, element } from "./dom.js";
import { probe } from "./probe.js";

const REQUESTS = [
  { name: "Simple GET", method: "GET", path: "/items" },
  {
    name: "JSON POST",
    method: "POST",
    path: "/items",
    headers: { "Content-Type": "application/json" },
    body: '{"name":"tea"}',
  },
  { name: "PUT", method: "PUT", path: "/items", body: "tea" },
  { name: "DELETE", method: "DELETE", path: "/items" },
  { name: "Custom header", method: "GET", path: "/items", headers: { "X-Requested-With": "playground" } },
  { name: "Authorization", method: "GET", path: "/items", headers: { Authorization: "Bearer playground" } },
  { name: "Cookies", method: "GET", path: "/session", credentials: true },
  { name: "Exposed header", method: "GET", path: "/items", read: "X-Request-Id" },
];
const TIMEOUT = 65_000; // milliseconds; longer than the timeout of a request in the frame

const table = byId("requests");
const summary = byId("summary");
const rows = [];
const session = Math.random().toString(36).slice(2, 8);
let sent = 0;

// Creates the rows. Returns how to run all of them, which are the user's, and how to add others without running them.
export function startRequests({ api, other, explain }) {
  const origins = [
    { name: "this page", origin: location.origin, send: probe },
    { name: "other origin", origin: other, send: frameSender(byId("other"), other) },
  ];
  const add = (request) => {
    const body = element("tbody", { role: "rowgroup" });
    const added = origins.map((from) => ({ request, from, api, explain, line: element("tr", { role: "row" }) }));
    rows.push(...added);
    added[0].line.append(heading(request, body, added));
    body.append(...added.map((row) => row.line));
    table.append(body);
    return added;
  };

  for (const request of REQUESTS) add(request);
  byId("run").addEventListener("click", () => run(rows));
  byId("own-request").addEventListener("submit", (event) => {
    event.preventDefault();
    run(add(ownRequest(new FormData(event.target))));
  });
  return {
    runAll: () => run([...rows]), // not those that a link adds later
    own: () => rows.filter(({ request, from }) => request.own && from === origins[0]).map(({ request }) => request),
    suggest: (requests) => {
      for (const request of requests) add({ ...OWN, ...request, name: "From the link" }).forEach(waiting);
    },
  };
}

const OWN = { name: "Your request", own: true, path: "/own" };

// A row whose request the user has not sent yet.
function waiting({ from, line }) {
  line.append(
    cell("From", element("span", {}, from.name), element("code", {}, from.origin)),
    cell("Preflight", "–"),
    cell("Decision", "not sent: press Run or Apply"),
    cell("Browser", "–"),
    cell("Agreement", "–"),
  );
}

function ownRequest(form) {
  const name = form.get("header-name");
  return {
    ...OWN,
    method: form.get("method"),
    headers: name ? { [name]: form.get("header-value") } : {},
    credentials: form.has("credentials"),
    body: form.get("body"),
    read: form.get("read"),
  };
}

// Requests are sent one after another, so that the terminal lists them in the order of the table.
let last = Promise.resolve();
function run(these) {
  last = last.then(async () => {
    table.ariaBusy = "true";
    try {
      for (const row of [...these]) await runRow(row);
      summarise();
    } catch (error) {
      summary.className = "bad";
      summary.textContent = `✕ The playground server does not respond: ${error.message}.`;
    }
    table.ariaBusy = "false";
  });
  return last;
}

async function runRow(row) {
  const { request, from, api } = row;
  const id = `${session}-${++sent}`; // a new URL each time, so that no cached response or preflight is used
  const result = await from.send({ ...request, url: `${api}${request.path}?row=${id}` });
  const query = new URLSearchParams({ row: id, credentials: Boolean(request.credentials), read: request.read ?? "" });
  const { requests, expected } = await (await fetch(`/log?${query}`)).json();
  row.agreement = agreement(result, expected);
  fill(row, result, requests, expected);
}

function frameSender(frame, origin) {
  const loaded = new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
  frame.src = `${origin}/frame`;
  return async (request) => {
    await loaded;
    const { port1, port2 } = new MessageChannel();
    const response = new Promise((resolve) => {
      port1.onmessage = (event) => resolve(event.data);
      setTimeout(resolve, TIMEOUT, { outcome: "no response" });
    });
    frame.contentWindow.postMessage(request, origin, [port2]);
    return response.finally(() => port1.close());
  };
}

function agreement(result, expected) {
  if (!expected) return result.outcome === "blocked" ? "not sent" : "disagree";
  if (result.outcome !== expected.outcome) return "disagree";
  if (!expected.header) return "agree";
  return expected.header === headerOutcome(result) ? "agree" : "disagree";
}

const headerOutcome = ({ header }) => (header === null ? "hidden" : "readable");

function summarise() {
  const run = rows.filter((row) => row.agreement);
  const counted = run.filter((row) => row.agreement !== "not sent");
  const agreeing = counted.filter((row) => row.agreement === "agree");
  const notSent = run.length - counted.length;
  const all = agreeing.length === counted.length;
  summary.className = all ? "good" : "bad";
  summary.textContent =
    (all ? "✓ Decision and browser agree in " : "✕ Decision and browser DISAGREE: they agree only in ") +
    `${agreeing.length} of ${counted.length} rows` +
    (notSent ? `; the browser refused to send ${notSent} requests` : "");
}

// ---- one row

function heading(request, body, added) {
  const cell = element(
    "th",
    { role: "rowheader", scope: "rowgroup", rowspan: "2" },
    element("span", { class: "name" }, request.name),
    element("code", {}, `${request.method} ${request.path}`),
  );
  for (const [name, value] of Object.entries(request.headers ?? {})) cell.append(element("code", {}, `${name}: ${value}`));
  if (request.credentials) cell.append(element("small", {}, "with credentials"));
  if (request.read) cell.append(element("small", {}, `reads ${request.read}`));
  const again = element("button", { type: "button", "aria-label": `Run ${request.name} again` }, "Run");
  again.addEventListener("click", () => run(added));
  const buttons = element("span", { class: "buttons" }, again);
  if (request.own) {
    const remove = element("button", { type: "button", "aria-label": `Remove ${request.name}` }, "Remove");
    remove.addEventListener("click", () => {
      rows.splice(rows.indexOf(added[0]), added.length);
      body.remove();
      summarise();
      byId("run").focus();
    });
    buttons.append(remove);
  }
  cell.append(buttons);
  return cell;
}

function fill({ request, from, api, explain, line, agreement }, result, requests, expected) {
  const preflight = requests.find(({ decision }) => decision.startsWith("preflight-"));
  line.dataset.agreement = agreement;
  line.dataset.outcome = result.outcome;
  line.replaceChildren(
    ...line.querySelectorAll("th"),
    cell("From", element("span", {}, from.name), element("code", {}, from.origin)),
    cell("Preflight", preflight ? `yes, ${preflight.status}` : requests.length ? "none" : "–"),
    cell("Decision", ...(requests.length ? requests.map(exchange) : ["the server received no request"])),
    cell("Browser", ...browser(request, result, agreement)),
    cell("Agreement", verdict(agreement), ...expectation(expected), explainButton({ request, from, api, explain })),
  );
}

function explainButton({ request, from, api, explain }) {
  const label = `Explain ${request.name} from ${from.name}`;
  const button = element("button", { type: "button", class: "small", "aria-label": label }, "Explain");
  button.addEventListener("click", () => explain({ ...request, from, url: `${api}${request.path}` }));
  return button;
}

const cell = (label, ...children) => element("td", { role: "cell", "data-label": label }, ...children);

// A request that the server received, its decision, and the CORS headers of its response.
function exchange({ method, status, decision, allowed, reasons, explanation, headers, cookie }) {
  const lines = headers.map(([name, value]) => `${name}: ${value}`).join("\n") || "none";
  return element(
    "div",
    { class: "exchange" },
    element("code", {}, method),
    " ",
    element("strong", { class: allowed ? "good" : "bad" }, `${allowed ? "✓" : "✕"} ${decision}`),
    ...reasons.flatMap((reason) => [" ", element("code", { class: "reason" }, reason)]),
    ...(cookie ? [" ", element("small", {}, "with a cookie")] : []),
    element("p", {}, explanation),
    element(
      "details",
      {},
      element("summary", {}, `${status}, ${headers.length} CORS header${headers.length === 1 ? "" : "s"} sent`),
      element("pre", {}, lines),
    ),
  );
}

function expectation(expected) {
  if (!expected) return [];
  const header = expected.header ? `, header ${expected.header}` : "";
  const why = expected.why ? `: ${expected.why}` : "";
  return [element("p", {}, `expected: ${expected.outcome}${header}${why}`)];
}

function browser(request, result, agreement) {
  if (agreement === "not sent") return ["– not sent"];
  const readable = result.outcome === "readable";
  const label = `${readable ? "✓" : "✕"} ${result.outcome}`;
  const parts = [element("strong", { class: readable ? "good" : "bad" }, label)];
  if (readable) parts.push(element("p", {}, `status ${result.status}`));
  if (readable && request.read) {
    const shown = headerOutcome(result);
    parts.push(element("p", {}, `${request.read} ${shown}${shown === "readable" ? `: ${result.header}` : ""}`));
  }
  return parts;
}

function verdict(agreement) {
  if (agreement === "agree") return element("strong", { class: "good" }, "✓ agree");
  if (agreement === "not sent") return "– the browser refused to send it";
  return element("strong", { class: "bad" }, "✕ DISAGREE");
}
