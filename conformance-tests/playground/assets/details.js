// The details of a request: what was sent, each step of browser and server, and the three browser engines.

import { count, element, sentence } from "./dom.js";
import { thisPage } from "./origins.js";
import { headerOutcome, outcome } from "./outcome.js";
import { post } from "./server.js";

export async function showDetails(place, row) {
  const { request, known } = row;
  const parts = [];
  for (const [from, each] of known ?? []) parts.push(await section(from, each, request));
  // In the meantime, there may be newer answers.
  if (row.known === known) place.replaceChildren(...parts);
}

async function section(from, known, request) {
  const parts = [...sent(known, request), ...(await explained(known))];
  const title = from.send ? `From ${from.name}, ${from.origin}` : `From ${from.origin}, calculated`;
  if (from === thisPage) return element("section", {}, element("h4", {}, title), ...parts);
  return element("details", {}, element("summary", {}, title), ...parts);
}

// ---- what was sent

function sent(known, request) {
  if (!known.result) return [];
  const { result, received, agreement } = known;
  const parts = [element("p", { class: "outcome" }, browserSide(outcome(known), result))];
  if (result.error) parts.push(element("p", {}, `The script gets the error “${result.error}”.`));
  const header = result.header;
  if (header !== undefined && result.outcome === "readable" && request.read) {
    const value = headerOutcome(result) === "hidden" ? "cannot be read" : `is ${header}`;
    parts.push(element("p", {}, `The response header ${request.read} ${value}.`));
  }
  parts.push(...received.map(exchange));
  if (agreement === "agree") parts.push(element("p", { class: "note" }, "This library expects the same."));
  if (agreement === "disagree") parts.push(element("p", { class: "bad" }, "✕ This library expects something else."));
  return parts;
}

function browserSide(shown, { status }) {
  if (shown === "readable") return `✓ The script can read the response, status ${status}.`;
  if (shown === "not sent") return "✕ This browser refuses to send the request.";
  return shown === "blocked" ? "✕ The script cannot read the response." : "✕ There was no response in time.";
}

// A request that the server received, and the CORS headers of its response.
function exchange({ method, preflight, status, explanation, headers, other_headers, cookie }) {
  const lines = (pairs) => pairs.map(([name, value]) => `${name}: ${value}`).join("\n");
  const title = `${method}${preflight ? ", a preflight" : ""}${cookie ? ", with a cookie" : ""} → ${status}`;
  const shown = [...headers, ...other_headers];
  const more = element(
    "details",
    {},
    element("summary", {}, `${count(headers.length, "CORS header")} sent`),
    element("pre", { tabindex: "0" }, lines(shown) || "none"),
  );
  return element("div", { class: "exchange" }, element("code", {}, title), element("p", {}, ...sentence(explanation)), more);
}

// ---- what the library explains

async function explained({ asked }) {
  try {
    const { steps, engines, exchanges } = await post("/explain", asked);
    const mine = engines.find(({ name }) => name === engineOfThisBrowser());
    const parts = mine?.console ? [element("p", {}, "In the console of this browser: ", element("code", {}, mine.console))] : [];
    const heads = exchanges.map(head).join("\n\n") || "none: the browser sends nothing";
    parts.push(
      more("Step by step", element("ol", { class: "steps" }, ...steps.map(step))),
      more("In each browser", element("ul", { class: "engines" }, ...engines.map(engine))),
      more("Requests and responses, if the application sends 200 without headers", element("pre", { tabindex: "0" }, heads)),
    );
    return parts;
  } catch (error) {
    return [element("p", { class: "bad" }, `✕ ${error.message}`)];
  }
}

const more = (title, ...content) => element("details", {}, element("summary", {}, title), ...content);
const mark = (isGood) => element("strong", { class: isGood ? "good" : "bad" }, isGood ? "✓" : "✕");

function engineOfThisBrowser() {
  const { userAgent } = navigator;
  if (userAgent.includes("Firefox/")) return "Firefox";
  return /Chrom(e|ium)/.test(userAgent) ? "Chromium" : "WebKit";
}

function step({ by, passed, message, standard }) {
  const text = element("span", {}, ...sentence(message));
  return element("li", {}, mark(passed), ` ${by}: `, text, " ", element("small", {}, standard));
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
