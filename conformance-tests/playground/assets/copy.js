// The policy in force as code or configuration, which the server writes.

import { byId, report } from "./dom.js";

const text = byId("code");
const form = byId("code-form");
const status = byId("copied");

export function startCopy() {
  const show = async () => {
    report(status, "");
    const response = await fetch(`/code?form=${form.value}`);
    text.value = await response.text();
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
