// The routes of the playground's own server.

const JSON_TYPE = { "Content-Type": "application/json" };

export async function get(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

export async function post(path, value) {
  const response = await fetch(path, { method: "POST", headers: JSON_TYPE, body: JSON.stringify(value) });
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

// Applies the text of a policy. The verdict says why it is rejected.
export async function apply(text) {
  try {
    const response = await fetch("/apply", { method: "POST", headers: JSON_TYPE, body: text });
    return await response.json();
  } catch (error) {
    const malformed = `the playground server does not respond: ${error.message}`;
    return { applied: false, malformed, errors: [], warnings: [] };
  }
}
