// The text of a policy: JSON, one key per line. Only long lists are split into several lines.

export function pretty(policy) {
  const lines = Object.entries(policy)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => {
      const flat = JSON.stringify(value, null, 1).replace(/\n */g, " ").replace(/^\[ (.*) \]$/, "[$1]");
      const text = flat.length <= 60 ? flat : JSON.stringify(value, null, 2).replace(/\n/g, "\n  ");
      return `  ${JSON.stringify(key)}: ${text}`;
    });
  return `{\n${lines.join(",\n")}\n}`;
}

// Returns the policy, or why the text is none.
export function parse(text) {
  try {
    const policy = JSON.parse(text);
    return isObject(policy) ? { policy } : { problem: "A policy must be a JSON object: { … }." };
  } catch (error) {
    return { problem: `Invalid JSON: ${error.message}.` };
  }
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

export const items = (text, separator) => text.split(separator).map((item) => item.trim()).filter((item) => item);

// ---- corrections

// The policy with the correction of an issue.
export function corrected(policy, { key, index, text, correction }) {
  if (correction.rename_key) {
    const renamed = ([name, value]) => [name === text ? correction.rename_key : name, value];
    return Object.fromEntries(Object.entries(policy).map(renamed));
  }
  if (correction.entry) {
    const { [key]: _, ...rest } = policy;
    return { ...rest, allow_origins: [...list(policy.allow_origins), correction.entry] };
  }
  const replacement = correction === "remove" ? [] : (correction.split ?? [correction.replace]);
  if (index != null) return { ...policy, [key]: list(policy[key]).toSpliced(index, 1, ...replacement) };
  if (correction === "remove") return { ...policy, [key]: undefined };
  return { ...policy, [key]: key === "allow_origin_regex" ? correction.replace : JSON.parse(correction.replace) };
}

// The policy with one correction for each place. Entries come from the end of a list, so that the positions of the others
// stay right, and keys that move come last.
export function allCorrected(policy, issues) {
  const places = new Map();
  for (const issue of correctable(issues, policy)) {
    const place = `${issue.key} ${issue.index ?? issue.text}`;
    if (!places.has(place)) places.set(place, issue);
  }
  const position = ({ index, correction }) => index ?? (correction.entry || correction.rename_key ? -2 : -1);
  const inOrder = [...places.values()].sort((a, b) => position(b) - position(a));
  return inOrder.reduce(
    (changed, issue) => (correctable([issue], changed).length > 0 ? corrected(changed, issue) : changed),
    policy,
  );
}

// The issues whose corrections can be made. A renamed key must not overwrite an existing key.
export const correctable = (issues, policy) => issues.filter(({ correction }) => correction && !(correction.rename_key in policy));

// A list may also be a text with commas or with a JSON array.
function list(value = []) {
  if (Array.isArray(value)) return value;
  return value.trim().startsWith("[") ? JSON.parse(value) : value.split(",").map((item) => item.trim());
}
