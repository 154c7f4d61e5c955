// The frame on the other origin: sends the requests that it receives from the page.

import { byId } from "./dom.js";
import { probe } from "./probe.js";

byId("own-origin").textContent = location.origin;

// The page at one of its addresses. Only it can be the parent (`frame-ancestors`), and fetches can only reach the API
// (`connect-src`).
const pages = document.querySelector("meta[name=page-origins]").content.split(" ");
window.addEventListener("message", async (event) => {
  if (event.source !== window.parent || !pages.includes(event.origin)) return;
  const [port] = event.ports;
  port.postMessage(await probe(event.data));
  byId("sent").value = Number(byId("sent").value) + 1;
});
