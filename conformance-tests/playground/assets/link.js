// A link that contains a policy and requests. They are in the fragment of the URL, which browsers never send.
//
// Anyone can make a link. So it only fills in the page: nothing is applied or sent until the user presses a button.

import { byId, report } from "./dom.js";

const START = "#1."; // the version of the format
const LONGEST = 16_384; // characters of the fragment
const MOST_REQUESTS = 20;
const LONGEST_TEXT = 2_000; // characters of a part of a request

const status = byId("link-status");

export function startLink({ read, fillIn }) {
  const follow = () => {
    if (location.hash === "" || location.hash === "#") return;
    try {
      fillIn(decode(location.hash));
      report(status, "good", "Filled in from the link. Nothing is applied yet.");
    } catch (error) {
      report(status, "bad", `✕ The link is ignored: ${error.message}.`);
    }
  };
  byId("make-link").addEventListener("click", () => {
    const fragment = encode(read());
    const isTooLong = fragment.length > LONGEST;
    byId("link-label").hidden = isTooLong;
    if (isTooLong) {
      report(status, "bad", `✕ The link would have ${fragment.length} characters, and ${LONGEST} is the limit. Pass on the policy as a file.`);
      return;
    }
    history.replaceState(null, "", fragment);
    byId("link").value = location.href;
    byId("link").select();
    report(status, "", "Copy the link below, or the address of this page.");
  });
  window.addEventListener("hashchange", follow);
  follow();
}

// ---- the format: JSON in UTF-8 in base64url

function encode({ policy, requests }) {
  const parts = ({ method, path, headers, credentials, body, read }) => ({ method, path, headers, credentials, body, read });
  const text = JSON.stringify({ policy, requests: requests.map(parts) });
  const bytes = Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte));
  return START + btoa(bytes.join("")).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function decode(fragment) {
  if (!fragment.startsWith(START)) throw new Error("it is not a link of this version of the playground");
  if (fragment.length > LONGEST) throw new Error(`it has more than ${LONGEST} characters`);
  const content = parsed(fragment.slice(START.length));
  if (!isObject(content) || typeof content.policy !== "string" || !Array.isArray(content.requests)) {
    throw new Error("it has no policy with requests");
  }
  if (content.requests.length > MOST_REQUESTS) throw new Error(`it has more than ${MOST_REQUESTS} requests`);
  return { policy: content.policy, requests: content.requests.map(request) };
}

function parsed(text) {
  try {
    const bytes = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    const utf8 = Uint8Array.from(bytes, (byte) => byte.charCodeAt(0));
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(utf8));
  } catch {
    throw new Error("it is damaged");
  }
}

// Only the known parts, each of the right type.
function request(asked) {
  if (!isObject(asked)) throw new Error("a request is not an object");
  const { method, path = "/items", headers = {}, credentials = false, body = "", read = "" } = asked;
  const texts = isObject(headers) ? [method, path, body, read, ...Object.entries(headers).flat()] : [null];
  const isText = (text) => typeof text === "string" && text.length <= LONGEST_TEXT;
  if (!texts.every(isText) || typeof credentials !== "boolean" || method === "" || !/^\/(?![/\\])/.test(path)) {
    throw new Error("a request has a part of the wrong type or length");
  }
  return { method, path, headers: { ...headers }, credentials, body, read };
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
