"""The test application, as data for each framework in Python."""

import re

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"]

# The status, the headers and the body of paths that always have the same response.
FIXED = {
    "/": (200, [], "ok"),
    "/vary": (200, [("Vary", "Accept-Encoding"), ("Vary", "Cookie")], "ok"),
    "/error": (500, [], "error"),
    "/unauthorized": (401, [("WWW-Authenticate", "Bearer")], "unauthorized"),
    "/teapot": (418, [("X-Teapot-Make", "Rocket"), ("Access-Control-Allow-Origin", "https://handler.example")], "teapot"),
    "/redirect": (302, [("Location", "/")], ""),
}
CHUNKS = ["one,", "two,", "three"]


def dictated(lines):
    """The status and the headers that `X-Reply` lines state."""
    status = 200
    headers = []
    # Servers with WSGI join lines.
    for line in (part for line in lines for part in re.split(r",\s*(?=[\w-]+: )", line)):
        name, value = line.split(":", 1)
        if name == "Status":
            status = int(value)
        else:
            headers.append((name, value.strip()))
    if status == 101:
        # An application in Python cannot switch protocols.
        return 501, [(name, value) for name, value in headers if name not in ("Connection", "Upgrade")]
    return status, headers
