"""A FastAPI application that reads lines of configuration, and then requests, as JSON from standard input."""

import asyncio
import json
import sys

from fastapi import FastAPI, Request, Response
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI()


@app.api_route("/items", methods=["GET", "PUT", "POST", "DELETE"])
async def items(request: Request, response: Response):
    response.headers["cache-control"] = "public, max-age=60"
    if request.method == "DELETE":
        raise RuntimeError("unhandled")
    return "text"


async def respond(app, request):
    head = {}

    async def receive():
        return {"type": "http.request", "body": b""}

    async def send(message):
        if message["type"] == "http.response.start":
            head["status"] = message["status"]
            head["headers"] = [[name.decode(), value.decode()] for name, value in message["headers"]]

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request["method"],
        "scheme": "https",
        "path": "/items",
        "raw_path": b"/items",
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in request["headers"]],
    }
    try:
        await app(scope, receive, send)
    except RuntimeError:
        pass
    return [head["status"], head["headers"]]


names = {"app": app, "CORSMiddleware": CORSMiddleware}
exec(json.loads(sys.stdin.readline()), names)
for line in sys.stdin:
    print(json.dumps(asyncio.run(respond(names["app"], json.loads(line)))), flush=True)
