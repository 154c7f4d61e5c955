"""A recipe for nginx that many pages have: an `if` for each method, as on https://enable-cors.org/server_nginx.html.

Usage: server.py POLICY PORT
"""

import sys
from pathlib import Path

sys.path += [str(Path(__file__).parents[2] / folder) for folder in ("nginx", "python")]

from policy import SAFELISTED, any_origin, exact_origins, methods, regexes, unsupported
from proxy import header, quoted, run


def recipe(policy):
    if any_origin(policy):
        origin = "*"
    elif regexes(policy) or len(exact_origins(policy)) != 1:
        unsupported("the recipe has one origin, or any")
    else:
        [origin] = exact_origins(policy)
    if "*" in policy["allow_headers"]:
        unsupported("the recipe lists the headers")
    every = [header("Allow-Origin", [origin])]
    if policy["allow_credentials"]:
        every.append(header("Allow-Credentials", ["true"]))
    if policy["allow_methods"]:
        every.append(header("Allow-Methods", methods(policy)))
    every.append(header("Allow-Headers", SAFELISTED + policy["allow_headers"]))
    preflight = [*every, header("Max-Age", [str(policy["max_age"])]), "add_header Content-Length 0;", "return 204;"]
    actual = [*every]
    if policy["expose_headers"]:
        actual.append(header("Expose-Headers", policy["expose_headers"]))
    location = block("OPTIONS", preflight)
    # The pages have GET and POST.
    for method in sorted({"GET", "HEAD", "POST", *methods(policy)} - {"OPTIONS"}):
        location += block(method, actual)
    return [], location


def block(method, lines):
    return [f"if ($request_method = {quoted(method)}) {{", *lines, "}"]


run(recipe)
