// One request in the list: the answer for each origin, why, and what to change.

import { button, element, sentence } from "./dom.js";
import { showDetails } from "./details.js";
import { thisPage } from "./origins.js";
import { headerOutcome, outcome } from "./outcome.js";

let rowsMade = 0;

export function startRow(request, { change, again, remove }) {
  const id = `details-${++rowsMade}`;
  const answers = element("p", { class: "answers" });
  const why = element("div", { class: "why" });
  const content = element("div");
  const details = element("div", { class: "details", id, hidden: "" }, content, actions(request, again, remove));
  const toggle = button("Details", () => open(details.hidden), {
    class: "small",
    "aria-expanded": "false",
    "aria-controls": id,
    "aria-label": `Details of ${request.name}`,
  });
  const heading = element("h3", {}, element("span", { class: "name" }, request.name), " ", ...what(request));
  const head = element("div", { class: "head" }, heading, answers, toggle);
  const item = element("li", { class: "request" }, head, why, details);
  const row = { request, item, known: undefined };

  const open = (isOpen) => {
    details.hidden = !isOpen;
    toggle.ariaExpanded = String(isOpen);
    if (isOpen) showDetails(content, row);
  };
  row.show = () => {
    answers.replaceChildren(...[...row.known].map(([from, known]) => answer(from, known)));
    if (why.contains(document.activeElement)) toggle.focus(); // the button may not be there again
    why.replaceChildren(...reasons(row, change));
    item.dataset.outcome = outcome(row.known.get(thisPage));
    item.dataset.agreement = [...row.known.values()].some(({ agreement }) => agreement === "disagree") ? "disagree" : "agree";
    if (!details.hidden) showDetails(content, row);
  };
  answers.append(element("span", { class: "answer" }, "not sent: press Send again or Apply"));
  return row;
}

function actions(request, again, remove) {
  const { name, own } = request;
  const buttons = [button("Send again", again, { class: "small", "aria-label": `Send again: ${name}` })];
  if (own) buttons.push(button("Remove", remove, { class: "small", "aria-label": `Remove ${name}` }));
  return element("p", { class: "edits" }, ...buttons);
}

function what({ method, path, headers, credentials, body, read }) {
  const parts = [element("code", {}, `${method} ${path}`)];
  for (const [name, value] of Object.entries(headers ?? {})) parts.push(element("code", {}, `${name}: ${value}`));
  if (credentials) parts.push(element("small", {}, "with cookies"));
  if (body) parts.push(element("small", {}, "with a body"));
  if (read) parts.push(element("small", {}, `reads ${read}`));
  return parts.flatMap((part) => [part, " "]);
}

const WORDS = { readable: "✓ Allowed", blocked: "✕ Blocked", "not sent": "✕ Not sent", "no response": "✕ No response" };

function answer(from, known) {
  const shown = outcome(known);
  const quality = shown === "readable" ? "good" : "bad";
  const mark = element("strong", { class: quality }, WORDS[shown]);
  const made = element("span", { class: from === thisPage ? "answer" : "answer other" });
  made.dataset.from = from.name;
  made.dataset.outcome = shown;
  if (from === thisPage) made.append(mark);
  else made.append(element("span", {}, from.send ? from.name : `${from.name}, calculated`), " ", mark);
  return made;
}

// Why this page is blocked, and what changes that.
function reasons({ known, request }, change) {
  const parts = [];
  const { answer, result, agreement } = known.get(thisPage);
  const say = (quality, text) => parts.push(element("span", { class: quality }, ...sentence(text)));
  if (agreement === "disagree") say("bad", "this library and your browser disagree");
  for (const name of answer.left_out) say("note", `\`${name}\` is dropped: browsers do not let scripts set it`);
  if (agreement === "not sent" && result.error) say("", `this browser says: “${result.error}”`);
  else if (answer.why && result.outcome !== "readable") say("", answer.why);
  if (answer.changes.rest && agreement !== "not sent") say("", answer.changes.rest);
  if (result.outcome === "readable" && request.read && headerOutcome(result) === "hidden") {
    const isThere = answer.changes.edits.some(({ key }) => key === "expose_headers");
    say("", `the script ${isThere ? "cannot read the" : "finds no"} response header \`${request.read}\``);
  }
  if (answer.note) say("note", answer.note);
  const { edits } = answer.changes;
  if (edits.length > 0) parts.push(button(editsLabel(edits), () => change(edits), { class: "small" }));
  return parts.flatMap((part) => [part, " "]);
}

// All changes that the request needs, as one sentence.
function editsLabel(edits) {
  const text = edits.map(editLabel).join(", ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

// The words for a key are those of its field in the form.
function editLabel({ key, add, set }) {
  const words = document.querySelector(`label[for="${key}"] .key`)?.textContent ?? key.replaceAll("_", " ");
  const name = words.charAt(0).toLowerCase() + words.slice(1);
  if (add) return `add ${add.join(" and ")} to the ${name}`;
  return typeof set === "boolean" ? `turn on “${words}”` : `replace * by ${set.join(" and ")} in the ${name}`;
}
