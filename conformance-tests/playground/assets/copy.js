// The policy in force as code or configuration, which the server writes.

import { byId, report } from "./dom.js";

const text = byId("code");
const form = byId("code-form");
const status = byId("copied");

export function startCopy() {
  const show = async () => {
    report(status, "");
    const wanted = form.value;
    const response = await fetch(`/code?form=${wanted}`);
    const written = await response.text();
    if (wanted !== form.value) return; // a later request is for another form
    text.value = response.ok ? written : "";
    if (!response.ok) report(status, "bad", `✕ ${written}`);
    text.rows = Math.min(text.value.split("\n").length, 24);
  };
  form.addEventListener("change", show);
  byId("copy").addEventListener("click", async () => {
    text.select();
    try {
      await navigator.clipboard.writeText(text.value);
      report(status, "good", "✓ Copied.");
    } catch {
      report(status, "", "Selected: press Ctrl+C or ⌘C.");
    }
  });
  return { show };
}
