// Sends one real request from the origin of the page that loads this module.

const TIMEOUT = 60_000; // milliseconds; only a broken server takes that long

// Returns what a script can know: whether the response is readable, and what the error says if not.
export async function probe({ url, method, headers, credentials, body, read }) {
  const signal = AbortSignal.timeout(TIMEOUT);
  const init = { method, headers, credentials: credentials ? "include" : "same-origin", signal };
  if (body) init.body = body;
  try {
    const response = await fetch(url, init);
    await response.text();
    const header = read ? response.headers.get(read) : null;
    return { outcome: "readable", status: response.status, header };
  } catch (error) {
    return { outcome: signal.aborted ? "no response" : "blocked", error: error.message };
  }
}
