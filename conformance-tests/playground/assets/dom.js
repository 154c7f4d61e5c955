// Creates elements without parsing markup: texts from servers and users only become text nodes.

export const byId = (id) => document.getElementById(id);

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

export function button(text, onClick, attributes = {}) {
  const made = element("button", { type: "button", ...attributes }, text);
  made.addEventListener("click", onClick);
  return made;
}

// A text as a sentence. What is between backticks is code.
export function sentence(text) {
  const whole = text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");
  return whole.split("`").map((part, index) => (index % 2 ? element("code", {}, part) : part));
}

// Shows a line of status. `quality` is "good", "bad" or "".
export function report(line, quality, ...children) {
  line.className = quality;
  line.replaceChildren(...children);
}

export const count = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;
