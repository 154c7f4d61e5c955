"""The test application of `src/app.rs` in Starlette. `PUT /policy` changes its policy.

It prints its address to standard output.
"""

import socket

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"]


def respond(status=200, headers=()):
    response = PlainTextResponse("ok", status)
    for name, value in headers:
        response.headers.append(name, value)
    return response


def fixed(status=200, headers=()):
    async def handler(request):
        return respond(status, headers)

    return handler


async def panic(request):
    raise RuntimeError("the handler panicked")


async def reply(request):
    status, headers = 200, []
    for line in request.headers.getlist("x-reply"):
        name, value = line.split(": ", 1)
        if name == "Status":
            status = int(value)
        else:
            headers.append((name, value))
    return respond(status, headers)


HANDLERS = {
    "/": fixed(),
    "/vary": fixed(headers=[("Vary", "Accept-Encoding"), ("Vary", "Cookie")]),
    "/error": fixed(500),
    "/panic": panic,
    "/reply": reply,
}
ROUTES = [Route(path, handler, methods=METHODS) for path, handler in HANDLERS.items()]


class Changeable:
    """The application under the latest policy."""

    async def __call__(self, scope, receive, send):
        if (scope["method"], scope["path"]) == ("PUT", "/policy"):
            policy = await Request(scope, receive).json()
            self.app = Starlette(routes=ROUTES, middleware=[Middleware(CORSMiddleware, **policy)])
            # Build the middleware now, so that an invalid policy fails here.
            self.app.middleware_stack = self.app.build_middleware_stack()
            await Response(status_code=204)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


listener = socket.create_server(("127.0.0.1", 0))
print("listening on", "%s:%d" % listener.getsockname(), flush=True)
config = uvicorn.Config(Changeable(), lifespan="off", log_level="critical")
uvicorn.Server(config).run(sockets=[listener])
