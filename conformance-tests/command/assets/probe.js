// One real request, made in the origin of the page that loads this module.

const PATIENCE = 10_000; // milliseconds

// The answer is what a script can know: readable or blocked, never why.
export async function probe({ url, method, headers, credentials, body, read }) {
  const signal = AbortSignal.timeout(PATIENCE);
  const init = { method, headers, credentials: credentials ? "include" : "same-origin", signal };
  if (body) init.body = body;
  try {
    const response = await fetch(url, init);
    await response.text();
    const header = read ? response.headers.get(read) : null;
    return { outcome: "readable", status: response.status, header };
  } catch {
    return { outcome: signal.aborted ? "no answer" : "blocked" };
  }
}
