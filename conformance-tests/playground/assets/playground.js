// Starts the page: shows the origins, loads the policy, sends the requests, fills in what a link contains.

import { startCopy } from "./copy.js";
import { byId } from "./dom.js";
import { startExamples } from "./examples.js";
import { startLink } from "./link.js";
import { policyText, startPolicy, suggestPolicy } from "./policy.js";
import { startRequests } from "./requests.js";
import { get } from "./server.js";

const { api, other } = await get("/addresses");
byId("own-origin").textContent = location.origin;
byId("api-origin").textContent = api;
for (const part of document.querySelectorAll("details.narrow-closed")) {
  part.open = matchMedia("(min-width: 60rem)").matches;
}

const copy = startCopy();
let policy;
const requests = startRequests({ api, other, change: (edits) => policy.change(edits) });
policy = await startPolicy({
  onApplied: () => {
    requests.runAll();
    copy.show();
  },
});
const run = requests.runAll();
await Promise.all([copy.show(), startExamples({ load: policy.load, askFor: requests.askFor })]);
startLink({
  read: () => ({ policy: policyText(), requests: requests.own() }),
  fillIn: ({ policy: linked, requests: own }) => {
    suggestPolicy(linked);
    requests.suggest(own);
  },
});
await run;
