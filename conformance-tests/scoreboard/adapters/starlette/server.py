"""The test application in Starlette, with its `CORSMiddleware`, which FastAPI uses, too.

Usage: server.py POLICY PORT
"""

import json
import re
import sys

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"]
STANDARD_METHODS = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY"]
OPTIONS = {
    "allow_origins",
    "allow_origin_regex",
    "allow_methods",
    "allow_headers",
    "allow_credentials",
    "expose_headers",
    "max_age",
}


def unsupported(reason):
    print(reason, flush=True)
    sys.exit(77)


def options(policy):
    """The keyword arguments of `CORSMiddleware` with the meaning of this policy."""
    for key in policy.keys() - OPTIONS:
        unsupported(f"CORSMiddleware has no option like {key}")
    origins = policy["allow_origins"]
    if "*" in origins:
        policy["allow_origins"] = ["*"]
    elif any("*" in origin for origin in origins):
        unsupported("allow_origins of CORSMiddleware has no patterns")
    try:
        re.compile(policy.get("allow_origin_regex", ""))
    except re.error as error:
        unsupported(f"Python does not have the syntax of the regex: {error.msg}")
    if "*" in policy["allow_methods"]:
        # Its `*` has other methods.
        extra = [method for method in policy["allow_methods"] if method != "*"]
        policy["allow_methods"] = STANDARD_METHODS + extra
    return policy


def fixed(body="ok", status=200, headers=()):
    async def handler(request):
        response = PlainTextResponse(body, status)
        for name, value in headers:
            response.headers.append(name, value)
        return response

    return handler


async def panic(request):
    raise RuntimeError("the handler panicked")


async def stream(request):
    async def chunks():
        for chunk in ["one,", "two,", "three"]:
            yield chunk

    return StreamingResponse(chunks())


async def reply(request):
    response = PlainTextResponse()
    for line in request.headers.getlist("x-reply"):
        name, value = line.split(":", 1)
        if (name, value.strip()) == ("Status", "101"):
            response.status_code = 501  # an ASGI application cannot switch protocols
        elif name == "Status":
            response.status_code = int(value)
        else:
            response.headers.append(name, value.strip())
    return response


async def options_route(request):
    body = "handled" if request.method == "OPTIONS" else "ok"
    return PlainTextResponse(body)


TEAPOT = [("X-Teapot-Make", "Rocket"), ("Access-Control-Allow-Origin", "https://handler.example")]
HANDLERS = {
    "/": fixed(),
    "/vary": fixed(headers=[("Vary", "Accept-Encoding"), ("Vary", "Cookie")]),
    "/error": fixed("error", 500),
    "/unauthorized": fixed("unauthorized", 401, [("WWW-Authenticate", "Bearer")]),
    "/teapot": fixed("teapot", 418, TEAPOT),
    "/redirect": fixed("", 302, [("Location", "/")]),
    "/stream": stream,
    "/panic": panic,
    "/reply": reply,
}

if __name__ == "__main__":
    with open(sys.argv[1]) as file:
        middleware = Middleware(CORSMiddleware, **options(json.load(file)))
    routes = [Route(path, handler, methods=METHODS) for path, handler in HANDLERS.items()]
    routes.append(Route("/options", options_route, methods=[*METHODS, "OPTIONS"]))
    app = Starlette(routes=routes, middleware=[middleware])
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), lifespan="off", log_level="warning")
