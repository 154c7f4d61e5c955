// Starts the page: shows the origins, loads the policy, runs the requests.

import { byId } from "./dom.js";
import { startPolicy } from "./policy.js";
import { startRequests } from "./requests.js";

const { api, other } = await (await fetch("/addresses")).json();
byId("own-origin").textContent = location.origin;
byId("other-origin").textContent = other;
byId("api-origin").textContent = api;

const runAll = startRequests({ api, other });
await startPolicy({ onApplied: runAll });
await runAll();
