// Whom the policy in force trusts with its responses.

import { byId, element } from "./dom.js";

const SHOWN = 50; // sites

export function showTrust({ sites, problem }) {
  const rows = sites.slice(0, SHOWN).map(({ anyone, text }) => {
    const label = anyone ? [element("strong", { class: "bad" }, "! Anyone"), " "] : [];
    return element("li", {}, ...label, text);
  });
  if (sites.length > SHOWN) rows.push(element("li", {}, `and ${sites.length - SHOWN} more`));
  if (problem) rows.push(element("li", {}, `not known: ${problem}`));
  else if (rows.length === 0) rows.push(element("li", {}, "nobody"));
  byId("trust").replaceChildren(...rows);
}
