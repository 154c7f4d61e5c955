// The page under the other origin: makes the requests that the outer page asks for.

import { byId } from "./dom.js";
import { probe } from "./probe.js";

byId("own-origin").textContent = location.origin;

// Only pages of this machine can be the parent (`frame-ancestors`), and only the API can be called (`connect-src`).
window.addEventListener("message", async (event) => {
  if (event.source !== window.parent) return;
  const [port] = event.ports;
  port.postMessage(await probe(event.data));
  byId("ran").value = Number(byId("ran").value) + 1;
});
