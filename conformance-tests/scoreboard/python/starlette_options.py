"""The keyword arguments of `CORSMiddleware` of Starlette, which FastAPI uses, too."""

from policy import any_origin, exact_origins, methods, regexes, unsupported


def options(policy):
    if policy["allow_credentials"] and "*" in policy["allow_headers"]:
        unsupported("allow_headers of CORSMiddleware must not be * with credentials")
    regex = "|".join(f"(?:{regex})" for regex in regexes(policy))
    return {
        "allow_origins": ["*"] if any_origin(policy) else exact_origins(policy),
        "allow_origin_regex": regex or None,
        # Its `*` stands for the same methods, but other methods cannot be listed beside it.
        "allow_methods": methods(policy),
        "allow_headers": policy["allow_headers"],
        "allow_credentials": policy["allow_credentials"],
        "expose_headers": policy["expose_headers"],
        "max_age": policy["max_age"],
    }
