// Notices that another tab, or another browser, applied a policy.

import { get } from "./server.js";

const INTERVAL = 1_000; // milliseconds

// Calls `onNewer` when the revision in force is not `known()`. Does not ask while that is undefined.
export function follow({ known, onNewer }) {
  let isAsking = false;
  const ask = async () => {
    const before = known();
    if (isAsking || document.hidden || before === undefined) return;
    isAsking = true;
    try {
      const { revision } = await get("/revision");
      if (before === known() && revision !== before) await onNewer();
    } catch {
      // The server has stopped, or starts again.
    }
    isAsking = false;
  };
  setInterval(ask, INTERVAL);
  document.addEventListener("visibilitychange", ask);
}
