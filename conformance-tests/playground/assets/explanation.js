// The panel that explains a request under the active policy: the server computes it, and sends no request for it.

import { byId, element } from "./dom.js";

const panel = byId("explanation");

export function startExplanation() {
  let last;
  const show = async (request) => {
    last = request;
    const parts = await explained(request);
    if (last === request) panel.replaceChildren(...parts);
  };
  return {
    show: async (request) => {
      await show(request);
      byId("explanation-title").focus();
    },
    // Another policy is active now.
    refresh: () => last && show(last),
  };
}

async function explained({ name, from, url, method, headers, credentials, body }) {
  const asked = {
    origin: from.origin,
    url,
    method,
    headers: Object.entries(headers ?? {}),
    credentials: Boolean(credentials),
    body: body || null,
  };
  const init = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(asked) };
  try {
    const response = await fetch("/explain", init);
    if (!response.ok) return [problem(await response.text())];
    return parts(name, from, await response.json());
  } catch (error) {
    return [problem(`the playground server does not respond: ${error.message}`)];
  }
}

const problem = (text) => element("p", { class: "bad" }, `✕ ${text}`);

function parts(name, from, { readable, blocked, steps, exchanges, engines, changes }) {
  const verdict = readable ? "✓ readable" : `✕ blocked: ${blocked}`;
  const out = [
    element("h3", {}, `${name} from ${from.name}`),
    element("p", { class: quality(readable), id: "explained" }, verdict),
    element("ol", { class: "steps" }, ...steps.map(step)),
    element("h3", {}, "Browser engines"),
    element("ul", { class: "engines" }, ...engines.map(engine)),
  ];
  if (changes.edits.length > 0 || changes.rest) {
    const lines = changes.edits.map(({ message }) => message);
    lines.push(changes.rest ?? "then CORS lets the script read the response");
    const items = lines.map((line) => element("li", {}, line));
    out.push(element("h3", {}, "What to change"), element("ul", { id: "changes" }, ...items));
  }
  const heads = exchanges.map(head).join("\n\n") || "none: the browser sends nothing";
  const title = "Requests and responses, if the application sends 200 without headers";
  out.push(element("details", {}, element("summary", {}, title), element("pre", {}, heads)));
  return out;
}

const quality = (isGood) => (isGood ? "good" : "bad");
const mark = (isGood) => element("strong", { class: quality(isGood) }, isGood ? "✓" : "✕");

function step({ by, passed, message, standard }) {
  return element("li", {}, mark(passed), ` ${by}: `, element("span", {}, message), element("small", {}, standard));
}

function engine({ name, readable, message, console, deviations }) {
  const notes = deviations.map((text) => `not as the standard says: ${text}`);
  if (console) notes.unshift(`console: ${console}`);
  const lines = notes.map((note) => element("small", {}, note));
  return element("li", {}, mark(readable), " ", element("strong", {}, name), ` ${message}`, ...lines);
}

function head({ method, preflight, request_headers, status, response_headers }) {
  const lines = (side, headers) => headers.map(([name, value]) => `${side} ${name}: ${value}`);
  return [
    `> ${method}${preflight ? " (preflight)" : ""}`,
    ...lines(">", request_headers),
    `< ${status}`,
    ...lines("<", response_headers),
  ].join("\n");
}
