// The editor of the policy: a form for the common keys, and JSON for all.

import { button, byId, count, report } from "./dom.js";
import { follow } from "./follow.js";
import { disableCorrections, nextCorrection, showIssues } from "./issues.js";
import { allCorrected, correctable, items, parse, pretty } from "./policy-text.js";
import { apply as send, get, post } from "./server.js";
import { showTrust } from "./trust.js";

const json = byId("json");
const common = byId("common");
const status = byId("applied");
const fields = [...common.querySelectorAll("[name]")];
const MOST_ROUNDS = 10; // of corrections; some are only known when others are made

let isEdited = false;
let revision; // of the policy in force
let applying = 0; // requests of this tab that apply a policy

// Shows the policy in force, and follows it. Calls `onApplied` whenever it is another one.
export async function startPolicy({ onApplied }) {
  const apply = async () => {
    applying++;
    const verdict = await send(json.value);
    applying--;
    show(verdict);
    if (verdict.applied) onApplied();
    return verdict;
  };
  const show = (verdict) => {
    if (verdict.applied) {
      isEdited = false;
      ({ revision } = verdict);
    }
    showVerdict(verdict, correct);
  };
  const correct = async (issues) => {
    for (let round = 0, wanted = issues; wanted.length > 0 && round < MOST_ROUNDS; round++) {
      write(allCorrected(parse(json.value).policy, wanted));
      const verdict = await apply();
      const found = [...verdict.errors, ...verdict.warnings];
      wanted = issues.length === 1 ? [] : correctable(found, parse(json.value).policy);
    }
    (nextCorrection() ?? byId("apply")).focus();
  };
  const showInForce = ({ text, ...verdict }) => {
    write(parse(text).policy);
    show({ applied: true, errors: [], ...verdict });
  };

  byId("policy").addEventListener("submit", (event) => {
    event.preventDefault();
    apply();
  });
  json.addEventListener("input", () => {
    fillForm();
    edited();
  });
  common.addEventListener("input", (event) => {
    json.value = pretty(withField(parse(json.value).policy, event.target));
    edited();
  });
  showInForce(await get("/policy"));
  follow({
    // While this tab applies a policy itself, it does not know the revision yet.
    known: () => (applying ? undefined : revision),
    onNewer: async () => {
      const newer = await get("/policy");
      if (applying) return; // what this tab applies is newer
      if (isEdited) {
        ({ revision } = newer);
        const showIt = button("Discard my edits and show it", async () => {
          showInForce(await get("/policy"));
          byId("apply").focus();
        });
        report(status, "", "Another policy was applied elsewhere. Your edits are kept, not applied. ", showIt);
      } else {
        showInForce(newer);
        status.append(" It was applied elsewhere.");
      }
      onApplied();
    },
  });
  return {
    load: (policy) => {
      write(policy);
      return apply();
    },
    // Makes changes that let a request pass.
    change: async (edits) => {
      // They are for the policy in force.
      if (isEdited) {
        report(status, "", "Edited, not applied. Press Apply first.");
        return;
      }
      try {
        const { text } = await post("/edit", { text: json.value, edits });
        write(parse(text).policy);
        await apply();
      } catch (error) {
        report(status, "bad", `✕ Not changed: ${error.message}`);
      }
    },
  };
}

export const policyText = () => json.value;

// Puts a text into the editor that is not from the user. Only the Apply button sends it to the server.
export function suggestPolicy(text) {
  json.value = text;
  fillForm();
  edited();
  status.textContent = "From the link, not applied. Read it, then press Apply to use it.";
}

// ---- the text and the form

function write(policy) {
  json.value = pretty(policy);
  fillForm();
}

function fillForm() {
  const { policy, problem = "" } = parse(json.value);
  byId("json-problem").textContent = problem && `${problem} The form is disabled until this is fixed.`;
  common.disabled = problem !== "";
  if (problem) {
    byId("all-keys").open = true;
    return;
  }
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

function edited() {
  isEdited = true;
  report(status, "", "Edited, not applied.");
  disableCorrections();
}

function showVerdict(verdict, correct) {
  const { applied, errors, warnings, trust } = verdict;
  const number = (list, noun) => (list.length === 0 ? "" : `, ${count(list.length, noun)}`);
  const found = number(errors, "error") + number(warnings, "warning");
  const text = applied ? `✓ In force${found}.` : `✕ Rejected${found}. The previous policy remains in force.`;
  report(status, applied ? "good" : "bad", text);
  showIssues(verdict, json.value, correct);
  if (trust) showTrust(trust);
}
