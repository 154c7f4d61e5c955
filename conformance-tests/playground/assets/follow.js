// Notices that another tab, or another browser, applied a policy.

import { get } from "./server.js";

const INTERVAL = 1_000; // milliseconds

// Calls `onNewer` when the revision in force is not `known()`.
export function follow({ known, onNewer }) {
  let isAsking = false;
  const ask = async () => {
    if (isAsking || document.hidden) return;
    isAsking = true;
    try {
      const before = known();
      const { revision } = await get("/revision");
      // While this tab applies a policy itself, it does not know the revision yet.
      if (before === known() && revision !== before) await onNewer();
    } catch {
      // The server has stopped, or starts again.
    }
    isAsking = false;
  };
  setInterval(ask, INTERVAL);
  document.addEventListener("visibilitychange", ask);
}
