"""The test application in Flask, with Flask-CORS.

Usage: server.py POLICY PORT
"""

import re
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "python"))

import waitress
from application import CHUNKS, FIXED, METHODS, dictated
from flask import Flask, Response, request
from flask_cors import CORS
from policy import SAFELISTED, any_origin, exact_origins, methods, read, regexes, unsupported


def options(policy):
    """The keyword arguments of `CORS` with the meaning of this policy."""
    allowed = methods(policy)
    if any(method != method.upper() for method in allowed):
        unsupported("Flask-CORS changes methods to upper case")
    # A text with a bracket would be a regex.
    exact = [re.compile(re.escape(origin) + r"\Z") if "[" in origin else origin for origin in exact_origins(policy)]
    return {
        "origins": "*" if any_origin(policy) else exact + [re.compile(regex) for regex in regexes(policy)],
        "send_wildcard": any_origin(policy),
        "methods": allowed,
        "allow_headers": "*" if "*" in policy["allow_headers"] else SAFELISTED + policy["allow_headers"],
        "expose_headers": policy["expose_headers"],
        "supports_credentials": policy["allow_credentials"],
        # The number 0 is not sent, but the text is.
        "max_age": str(policy["max_age"]),
    }


def respond(status, headers, body):
    response = Response(body, status, content_type="text/plain; charset=utf-8")
    for name, value in headers:
        response.headers.add(name, value)
    return response


def panic():
    raise RuntimeError("the handler panicked")


policy, port = read("Flask-CORS")
app = Flask(__name__, static_folder=None)
app.logger.disabled = True
CORS(app, **options(policy))
handlers = {path: lambda reply=reply: respond(*reply) for path, reply in FIXED.items()}
handlers |= {
    "/stream": lambda: respond(200, [], iter(CHUNKS)),
    "/panic": panic,
    "/reply": lambda: respond(*dictated(request.headers.getlist("X-Reply")), ""),
}
for path, handler in handlers.items():
    app.add_url_rule(path, path, handler, methods=METHODS)
handled = {"OPTIONS": "handled"}
app.add_url_rule("/options", "/options", lambda: handled.get(request.method, "ok"), methods=[*METHODS, "OPTIONS"])
waitress.serve(app, host="127.0.0.1", port=port, threads=2)
