"""The test application, for Starlette and FastAPI."""

from application import CHUNKS, FIXED, METHODS, dictated
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse


def response(status, headers, body):
    response = PlainTextResponse(body, status)
    for name, value in headers:
        response.headers.append(name, value)
    return response


def fixed(*reply):
    async def handler(request: Request) -> Response:
        return response(*reply)

    return handler


async def stream(request: Request) -> Response:
    async def chunks():
        for chunk in CHUNKS:
            yield chunk

    return StreamingResponse(chunks())


async def panic(request: Request) -> Response:
    raise RuntimeError("the handler panicked")


async def reply(request: Request) -> Response:
    return response(*dictated(request.headers.getlist("x-reply")), "")


async def options(request: Request) -> Response:
    return PlainTextResponse("handled" if request.method == "OPTIONS" else "ok")


# The path, the handler and the methods of each route.
ROUTES = [(path, fixed(*reply), METHODS) for path, reply in FIXED.items()]
ROUTES += [(path, handler, METHODS) for path, handler in [("/stream", stream), ("/panic", panic), ("/reply", reply)]]
ROUTES.append(("/options", options, [*METHODS, "OPTIONS"]))
