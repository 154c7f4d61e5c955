// The pages that a request is sent from: this one, one of another site in a frame, and one that is only asked about.

import { byId } from "./dom.js";
import { probe } from "./probe.js";

const TIMEOUT = 65_000; // milliseconds; longer than the timeout of a request in the frame

export const thisPage = { name: "this page", origin: location.origin, send: probe };

export function anotherSite(origin) {
  return { name: "another site", origin, send: frameSender(byId("other"), origin) };
}

// This browser cannot send from there, so the answer is calculated.
export const askedOnly = (origin) => ({ name: origin, origin });

function frameSender(frame, origin) {
  const loaded = new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
  frame.src = `${origin}/frame`;
  return async (request) => {
    await loaded;
    const { port1, port2 } = new MessageChannel();
    const response = new Promise((resolve) => {
      port1.onmessage = (event) => resolve(event.data);
      setTimeout(resolve, TIMEOUT, { outcome: "no response" });
    });
    frame.contentWindow.postMessage(request, origin, [port2]);
    return response.finally(() => port1.close());
  };
}
