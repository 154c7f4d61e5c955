// Policies to start from, and broken ones to see corrected.

import { byId, element } from "./dom.js";
import { get } from "./server.js";

// Loads the policy that the user chooses, and asks for the pages that it is for.
export async function startExamples({ load, askFor }) {
  const examples = await get("/examples");
  const choice = byId("example");
  for (const kind of ["works", "broken"]) {
    const label = kind === "works" ? "For" : "Broken, to be corrected";
    const options = examples.filter((example) => example.kind === kind);
    choice.append(element("optgroup", { label }, ...options.map(({ name }) => element("option", {}, name))));
  }
  byId("examples").addEventListener("submit", (event) => {
    event.preventDefault();
    const { policy, about, origin } = examples.find(({ name }) => name === choice.value);
    byId("about-example").textContent = about;
    askFor(origin);
    load(forThisPage(policy));
  });
}

const forThisPage = (policy) => JSON.parse(JSON.stringify(policy).replaceAll("{page}", location.origin));
