"""Reads the policy file, for the adapters in Python."""

import json
import re
import sys

METHODS = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY"]
SAFELISTED = ["Accept", "Accept-Language", "Content-Language", "Content-Type"]
KEYS = {
    "allow_origins",
    "allow_origin_regex",
    "allow_methods",
    "allow_headers",
    "allow_credentials",
    "expose_headers",
    "max_age",
}


def unsupported(reason):
    """Ends the program: the library has no options with the meaning of the policy."""
    print(reason, flush=True)
    sys.exit(77)


def read(library):
    """The policy and the port in the arguments of the program."""
    file, port = sys.argv[1:]
    with open(file, encoding="utf-8") as text:
        policy = json.load(text)
    for key in policy.keys() - KEYS:
        unsupported(f"{library} has no option like {key}")
    return policy, int(port)


def any_origin(policy):
    return "*" in policy["allow_origins"]


def exact_origins(policy):
    return [entry for entry in policy["allow_origins"] if "*" not in entry]


def regexes(policy):
    """A regex of Python for each pattern and for the regex. It matches whole origins, and never `null` or `file://`."""
    found = [pattern(entry) for entry in policy["allow_origins"] if "*" in entry and entry != "*"]
    if "allow_origin_regex" in policy:
        found.append(whole(policy["allow_origin_regex"]))
    return found


def pattern(entry):
    scheme, rest = entry.split("://")
    if rest == "*":
        return rf"{re.escape(scheme)}://[^/:@?#\s]+\Z"
    has_any_port = rest.endswith(":*")
    host = re.escape(rest.removesuffix(":*"))
    host = host.replace(r"\*\.", r"(?:[a-z0-9_-]+\.)+", 1) if host.startswith(r"\*\.") else host.replace(r"\*", "[a-z0-9-]+")
    port = "(?::[0-9]+)?" if has_any_port else ""
    return rf"{re.escape(scheme)}://{host}{port}\Z"


def whole(regex):
    flags, rest = re.fullmatch(r"(?:\(\?([aimsux]+)\))?(.*)", regex, re.DOTALL).groups()
    # Without the first group, a regex like `.*` allows pages in a sandbox and files, which the policy does not.
    regex = rf"(?{flags or ''}:(?!null\Z|file:)(?:{rest})\Z)"
    try:
        re.compile(regex)
    except re.error as error:
        unsupported(f"Python does not have the syntax of the regex: {error.msg}")
    return regex


def methods(policy):
    """The methods, with those that `*` stands for."""
    listed = policy["allow_methods"]
    others = [method for method in listed if method != "*" and method not in METHODS]
    return METHODS + others if "*" in listed else listed
