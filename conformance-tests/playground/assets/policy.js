// The policy: its JSON text, a form for the common keys, and the errors and warnings of the server.

import { byId, element } from "./dom.js";

const json = byId("json");
const common = byId("common");
const issues = byId("issues");
const trust = byId("trust");
const TRUST_SHOWN = 50; // sites
const fields = [...common.querySelectorAll("[name]")];

// Shows the active policy. The Apply button sends the text to the server.
export async function startPolicy({ onApplied }) {
  const apply = async () => {
    const response = await send(json.value);
    show(response);
    if (response.applied) onApplied();
  };
  const correct = async (issue) => {
    write(corrected(JSON.parse(json.value), issue));
    edited();
    await apply();
    (issues.querySelector("button") ?? byId("apply")).focus();
  };
  issues.addEventListener("correct", (event) => correct(event.detail));
  byId("policy").addEventListener("submit", (event) => {
    event.preventDefault();
    apply();
  });
  json.addEventListener("input", () => {
    fillForm();
    edited();
  });
  common.addEventListener("input", (event) => {
    write(withField(JSON.parse(json.value), event.target));
    edited();
  });

  const { text, warnings, trust } = await (await fetch("/policy")).json();
  write(JSON.parse(text));
  show({ applied: true, errors: [], warnings, trust });
}

export const policyText = () => json.value;

// Puts a text into the editor that is not from the user. Only the Apply button sends it to the server.
export function suggestPolicy(text) {
  json.value = text;
  fillForm();
  edited();
  byId("applied").textContent = "From the link, not applied. Read it, then press Apply to use it.";
}

async function send(text) {
  const headers = { "Content-Type": "application/json" };
  try {
    return await (await fetch("/apply", { method: "POST", headers, body: text })).json();
  } catch (error) {
    const malformed = `the playground server does not respond: ${error.message}`;
    return { applied: false, malformed, errors: [], warnings: [] };
  }
}

// ---- the text and the form

function write(policy) {
  json.value = pretty(policy);
  if (!common.contains(document.activeElement)) fillForm();
}

function fillForm() {
  let policy;
  let problem = "";
  try {
    policy = JSON.parse(json.value);
    if (!isObject(policy)) problem = "A policy must be a JSON object: { … }.";
  } catch (error) {
    problem = `Invalid JSON: ${error.message}.`;
  }
  byId("json-problem").textContent = problem && `${problem} The form is disabled until this is fixed.`;
  common.disabled = problem !== "";
  if (problem) return;
  for (const field of fields) {
    const value = policy[field.name];
    if (field.type === "checkbox") field.checked = value === true;
    else if (Array.isArray(value)) field.value = value.join(field.dataset.separator);
    else field.value = value ?? "";
  }
}

function withField(policy, field) {
  if (field.type === "checkbox") policy[field.name] = field.checked;
  else if (field.type === "number") policy[field.name] = field.value === "" ? undefined : Number(field.value);
  else policy[field.name] = items(field.value, field.dataset.separator.trim() || "\n");
  return policy;
}

const items = (text, separator) => text.split(separator).map((item) => item.trim()).filter((item) => item);

// One key per line. Only long lists are split into several lines.
function pretty(policy) {
  const lines = Object.entries(policy)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => {
      const flat = JSON.stringify(value, null, 1).replace(/\n */g, " ").replace(/^\[ (.*) \]$/, "[$1]");
      const text = flat.length <= 60 ? flat : JSON.stringify(value, null, 2).replace(/\n/g, "\n  ");
      return `  ${JSON.stringify(key)}: ${text}`;
    });
  return `{\n${lines.join(",\n")}\n}`;
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

// ---- errors and warnings

function show({ applied, malformed, errors, warnings, trust: trusted }) {
  const status = byId("applied");
  status.className = applied ? "good" : "bad";
  status.textContent = applied
    ? `✓ Active${count(warnings, "warning")}.`
    : `✕ Rejected${count(errors, "error")}${count(warnings, "warning")}. The previous policy remains active.`;
  const rows = [...errors, ...warnings].map(issueRow);
  if (malformed) rows.unshift(issueRow({ severity: "error", text: "", message: malformed }));
  issues.replaceChildren(...rows);
  if (trusted) trust.replaceChildren(...trustRows(trusted));
}

function trustRows({ sites, problem }) {
  const rows = sites.slice(0, TRUST_SHOWN).map(({ anyone, text }) => {
    const label = anyone ? [element("strong", { class: "bad" }, "! Anyone"), " "] : [];
    return element("li", {}, ...label, text);
  });
  if (sites.length > TRUST_SHOWN) rows.push(element("li", {}, `and ${sites.length - TRUST_SHOWN} more`));
  if (problem) rows.push(element("li", {}, `not known: ${problem}`));
  else if (rows.length === 0) rows.push(element("li", {}, "nobody"));
  return rows;
}

const count = (list, noun) => (list.length === 0 ? "" : `, ${list.length} ${noun}${list.length === 1 ? "" : "s"}`);

// The issues refer to the text that was sent, so their corrections do not fit an edited text.
function edited() {
  const status = byId("applied");
  status.className = "";
  status.textContent = "Edited, not applied.";
  for (const button of issues.querySelectorAll("button")) button.disabled = true;
}

function issueRow(issue) {
  const { severity, key, index, text, rule, message, correction } = issue;
  const label = severity === "error" ? "✕ Error" : "! Warning";
  const place = `${key ?? ""}${index == null ? "" : `[${index}]`}`;
  const row = element("li", { class: severity }, element("strong", {}, label), " ");
  if (place) row.append(element("code", {}, place), " ");
  if (text) row.append(element("code", { class: "text" }, text), " ");
  row.append(element("span", {}, message));
  if (rule) row.append(" ", element("small", {}, rule));
  if (correction && !isTaken(correction)) {
    const button = element("button", { type: "button" }, correctionLabel(correction));
    button.addEventListener("click", () => issues.dispatchEvent(new CustomEvent("correct", { detail: issue })));
    row.append(" ", button);
  }
  return row;
}

// A renamed key must not overwrite an existing key.
const isTaken = ({ rename_key }) => rename_key !== undefined && rename_key in JSON.parse(json.value);

function correctionLabel(correction) {
  if (correction === "remove") return "Remove";
  if (correction.split) return `Split into ${correction.split.join(" and ")}`;
  return correction.rename_key ? `Rename to ${correction.rename_key}` : `Use ${correction.replace}`;
}

function corrected(policy, { key, index, text, correction }) {
  if (correction.rename_key) {
    const renamed = ([name, value]) => [name === text ? correction.rename_key : name, value];
    return Object.fromEntries(Object.entries(policy).map(renamed));
  }
  const value = policy[key];
  const replacement = correction === "remove" ? [] : (correction.split ?? [correction.replace]);
  if (index != null) {
    const list = Array.isArray(value) ? value : value.split(",").map((item) => item.trim());
    policy[key] = list.toSpliced(index, 1, ...replacement);
  } else if (correction === "remove") delete policy[key];
  else policy[key] = key === "allow_origin_regex" ? correction.replace : JSON.parse(correction.replace);
  return policy;
}
