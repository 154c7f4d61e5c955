// The list of requests: sends them, and says for how many the answer is yes.

import { ask, problemWith } from "./ask.js";
import { button, byId, count, report } from "./dom.js";
import { DEFAULT_REQUESTS } from "./default-requests.js";
import { anotherSite, askedOnly, thisPage } from "./origins.js";
import { outcome } from "./outcome.js";
import { OWN, readOwnRequest } from "./own-request.js";
import { startRow } from "./request-row.js";

const list = byId("requests");
const rows = [];

// Creates the rows. `change` makes changes of the policy.
export function startRequests({ api, other, change }) {
  const origins = [thisPage, anotherSite(other)];
  const add = (request) => {
    const row = startRow(request, {
      change,
      again: () => run([row]),
      remove: () => {
        rows.splice(rows.indexOf(row), 1);
        row.item.remove();
        summarise();
        byId("run").focus();
      },
    });
    rows.push(row);
    list.append(row.item);
    return row;
  };

  // Requests are sent one after another, so that the terminal lists them in the order of the page.
  let last = Promise.resolve();
  const run = (these) => {
    last = last.then(async () => {
      list.ariaBusy = "true";
      try {
        for (const row of these) {
          const known = new Map();
          for (const from of origins) known.set(from, await ask(row.request, from, api));
          row.known = known;
          row.show();
        }
        summarise();
      } catch (error) {
        report(byId("agreement"), "bad", `✕ The playground server does not respond: ${error.message}.`);
      }
      list.ariaBusy = "false";
    });
    return last;
  };

  const summarise = () => {
    showAnswer(rows, origins);
    showAgreement(rows);
    showChanges(rows, change);
  };

  for (const request of DEFAULT_REQUESTS) add(request);
  byId("run").addEventListener("click", () => run([...rows]));
  byId("own-request").addEventListener("submit", (event) => {
    event.preventDefault();
    const { request, problem } = readOwnRequest(new FormData(event.target), api);
    report(byId("own-problem"), "bad", problem ?? "");
    if (request) run([add(request)]).then(() => rows.at(-1).item.scrollIntoView({ block: "nearest" }));
  });
  const askFor = (origin) => origins.splice(2, 1, ...(origin && origin !== thisPage.origin ? [askedOnly(origin)] : []));
  byId("ask").addEventListener("submit", async (event) => {
    event.preventDefault();
    const origin = byId("page-origin").value.trim();
    const problem = origin && (await problemWith(origin, api));
    report(byId("ask-problem"), "bad", problem ? `✕ Not asked: ${problem}.` : "");
    if (problem) return;
    askFor(origin);
    run([...rows]);
  });
  return {
    runAll: () => run([...rows]), // not those that a link adds later
    own: () => rows.map(({ request }) => request).filter(({ own }) => own),
    suggest: (requests) => {
      for (const request of requests) add({ ...OWN, ...request, name: "From the link" });
    },
    // Also answers for pages of this origin, or for none.
    askFor: (origin = "") => {
      byId("page-origin").value = origin;
      askFor(origin);
    },
  };
}

// ---- the summary

const isAllowed = (known) => outcome(known) === "readable";
const isSent = ({ agreement }) => agreement !== "not sent";

function showAnswer(rows, origins) {
  const run = rows.filter(({ known }) => known);
  const answered = run.filter(({ known }) => isSent(known.get(thisPage)));
  const allowed = answered.filter(({ known }) => isAllowed(known.get(thisPage)));
  const all = answered.length;
  const line = byId("answer");
  if (allowed.length === all) report(line, "good", `✓ Yes, for all ${count(all, "request")}.`);
  else if (allowed.length === 0) report(line, "bad", `✕ No, for none of the ${count(all, "request")}.`);
  else report(line, "partly", `Partly: ${allowed.length} of ${count(all, "request")} allowed.`);
  const others = origins.slice(1).map((from) => {
    const yes = run.filter(({ known }) => known.has(from) && isAllowed(known.get(from)));
    return `${from.send ? `Another site, ${from.origin}` : from.origin}: ${yes.length} of ${run.length} allowed.`;
  });
  byId("others").textContent = others.join(" ");
}

function showAgreement(rows) {
  const known = rows.flatMap((row) => [...(row.known?.values() ?? [])]);
  const compared = known.filter(({ agreement }) => agreement === "agree" || agreement === "disagree");
  const agreeing = compared.filter(({ agreement }) => agreement === "agree");
  const notSent = known.filter(({ agreement }) => agreement === "not sent").length;
  const left = notSent ? `; this browser refused to send ${notSent}` : "";
  const numbers = `${agreeing.length} of ${count(compared.length, "request")}${left}`;
  if (agreeing.length === compared.length) {
    report(byId("agreement"), "", `✓ This library and your browser agree about ${numbers}.`);
  } else {
    report(byId("agreement"), "bad", `✕ This library and your browser DISAGREE: they agree only about ${numbers}. Please report this.`);
  }
}

// All changes that let this page send what is blocked, at once.
function showChanges(rows, change) {
  const edits = new Map();
  for (const { known } of rows.filter((row) => row.known)) {
    const { answer } = known.get(thisPage);
    for (const edit of answer.changes.edits) edits.set(JSON.stringify(edit), edit);
  }
  const all = [...edits.values()];
  const make = button(`Make all ${all.length} changes`, () => change(all), { id: "change-all" });
  if (byId("changes").contains(document.activeElement)) byId("run").focus();
  byId("changes").replaceChildren(...(all.length > 1 ? [make] : []));
}
