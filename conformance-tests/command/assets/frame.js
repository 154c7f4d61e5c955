// The frame on the other origin: sends the requests that it receives from the page.

import { byId } from "./dom.js";
import { probe } from "./probe.js";

byId("own-origin").textContent = location.origin;

// Only pages on this machine can be the parent (`frame-ancestors`), and fetches can only reach the API (`connect-src`).
window.addEventListener("message", async (event) => {
  if (event.source !== window.parent) return;
  const [port] = event.ports;
  port.postMessage(await probe(event.data));
  byId("sent").value = Number(byId("sent").value) + 1;
});
