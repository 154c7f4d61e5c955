// The errors and warnings of a policy, and their corrections: one by one, or all at once.

import { button, byId, element, sentence } from "./dom.js";
import { correctable, parse } from "./policy-text.js";

const place = byId("issues");

// `correct` gets the issues whose corrections the user wants.
export function showIssues({ malformed, errors, warnings }, text, correct) {
  const all = [...errors, ...warnings];
  const { policy } = parse(text);
  const offered = policy ? correctable(all, policy) : [];
  const rows = all.map((issue) => row(issue, offered.includes(issue) && (() => correct([issue]))));
  if (malformed) rows.unshift(row({ severity: "error", text: "", message: malformed }));
  if (offered.length > 1) {
    const whole = button(`Make all ${offered.length} corrections`, () => correct(offered), { class: "primary" });
    rows.unshift(element("li", { class: "all" }, whole));
  }
  place.replaceChildren(...rows);
}

// The issues refer to the text that was sent, so their corrections do not fit an edited text.
export function disableCorrections() {
  for (const each of place.querySelectorAll("button")) each.disabled = true;
}

export const nextCorrection = () => place.querySelector("li:not(.all) button");

function row({ severity, key, index, text, message, correction }, onCorrect) {
  const label = severity === "error" ? "✕ Error" : "! Warning";
  const made = element("li", { class: severity }, element("strong", {}, label), " ");
  if (key) made.append(element("code", {}, key), index == null ? " " : `, entry ${index + 1} `);
  if (text) made.append(element("code", { class: "text" }, text), " ");
  made.append(element("span", {}, ...sentence(message)));
  if (onCorrect) made.append(" ", button(correctionLabel(correction), onCorrect));
  return made;
}

function correctionLabel(correction) {
  if (correction === "remove") return "Remove";
  if (correction.split) return `Split into ${correction.split.join(" and ")}`;
  if (correction.entry) return `Write ${correction.entry} in the allowed origins instead`;
  return correction.rename_key ? `Rename to ${correction.rename_key}` : `Use ${correction.replace}`;
}
