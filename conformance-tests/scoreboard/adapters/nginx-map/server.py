"""A recipe for nginx: `map $http_origin`.

Usage: server.py POLICY PORT
"""

import sys
from pathlib import Path

sys.path += [str(Path(__file__).parents[2] / folder) for folder in ("nginx", "python")]

from policy import SAFELISTED, any_origin, exact_origins, methods, regexes
from proxy import header, quoted, run


def recipe(policy):
    http = []
    every = []
    if any_origin(policy):
        every.append("add_header Access-Control-Allow-Origin * always;")
    else:
        # nginx sends no header with an empty value.
        http += ["map $http_origin $cors_origin {", 'default "";']
        http += [f"{quoted(origin)} $http_origin;" for origin in exact_origins(policy)]
        http += [f"{quoted('~' + perl(regex))} $http_origin;" for regex in regexes(policy)]
        http.append("}")
        every += ["add_header Access-Control-Allow-Origin $cors_origin always;", "add_header Vary Origin always;"]
    if policy["allow_credentials"]:
        http += ["map $cors_origin $cors_credentials {", "default true;", '"" "";', "}"]
        every.append("add_header Access-Control-Allow-Credentials $cors_credentials always;")
    location = [*every, *list_of("Expose-Headers", policy["expose_headers"])]
    location += ["if ($request_method = OPTIONS) {", *every, *preflight(policy), "return 204;", "}"]
    return http, location


def perl(regex):
    """Without `^`, nginx searches."""
    return "^(?:" + regex.replace(r"\Z", r"\z") + ")"


def preflight(policy):
    lines = list_of("Allow-Methods", methods(policy))
    if "*" not in policy["allow_headers"]:
        lines.append(header("Allow-Headers", SAFELISTED + policy["allow_headers"]))
    elif policy["allow_credentials"]:
        lines.append("add_header Access-Control-Allow-Headers $http_access_control_request_headers always;")
    else:
        lines.append(header("Allow-Headers", ["*", "Authorization"]))
    return [*lines, header("Max-Age", [str(policy["max_age"])])]


def list_of(name, values):
    return [header(name, values)] if values else []


run(recipe)
