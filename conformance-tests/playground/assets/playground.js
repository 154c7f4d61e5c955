// Starts the page: shows the origins, loads the policy, runs the requests, fills in what a link contains.

import { byId } from "./dom.js";
import { startExplanation } from "./explanation.js";
import { startLink } from "./link.js";
import { policyText, startPolicy, suggestPolicy } from "./policy.js";
import { startRequests } from "./requests.js";

const { api, other } = await (await fetch("/addresses")).json();
byId("own-origin").textContent = location.origin;
byId("other-origin").textContent = other;
byId("api-origin").textContent = api;

const explanation = startExplanation();
const requests = startRequests({ api, other, explain: explanation.show });
const onApplied = () => {
  requests.runAll();
  explanation.refresh();
};
await startPolicy({ onApplied });
const run = requests.runAll();
startLink({
  read: () => ({ policy: policyText(), requests: requests.own() }),
  fillIn: ({ policy, requests: linked }) => {
    suggestPolicy(policy);
    requests.suggest(linked);
  },
});
await run;
