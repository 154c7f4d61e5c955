// The requests that the page shows at first.

const path = "/items";

export const DEFAULT_REQUESTS = [
  { name: "Read", method: "GET", path },
  { name: "Send JSON", method: "POST", path, headers: { "Content-Type": "application/json" }, body: '{"name":"tea"}' },
  { name: "Replace", method: "PUT", path, body: "tea" },
  { name: "Delete", method: "DELETE", path },
  { name: "Bearer token", method: "GET", path, headers: { Authorization: "Bearer playground" } },
  { name: "Own header", method: "GET", path, headers: { "X-Requested-With": "playground" } },
  { name: "Cookies", method: "GET", path: "/session", credentials: true },
  { name: "Read a header", method: "GET", path, read: "X-Request-Id" },
];
