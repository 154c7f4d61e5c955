"""FastAPI applications with one set-up of CORS each, at a path prefix of its name, for the page of this origin."""

import socket
import sys

import uvicorn
from fastapi import FastAPI, HTTPException, Response
from fastapi.middleware.cors import CORSMiddleware

PAGE = sys.argv[1]
ALL = {"allow_methods": ["*"], "allow_headers": ["*"]}


def routes(app):
    @app.get("/")
    def read():
        return "text"

    @app.put("/")
    def write():
        return "text"

    @app.get("/crash")
    def crash():
        raise RuntimeError

    @app.get("/missing")
    def missing():
        raise HTTPException(404)

    @app.get("/items/")
    def items():
        return "text"


def with_cors(**options):
    app = FastAPI()
    routes(app)
    app.add_middleware(CORSMiddleware, **options)
    return app


def without_cors():
    app = FastAPI()
    routes(app)
    return app


def authentication_outside():
    app = with_cors(allow_origins=[PAGE], **ALL)

    @app.middleware("http")
    async def check(request, call_next):
        if "authorization" not in request.headers:
            return Response(status_code=401)
        return await call_next(request)

    return app


def header_by_hand():
    app = with_cors(allow_origins=[PAGE], **ALL)

    @app.middleware("http")
    async def add(request, call_next):
        response = await call_next(request)
        response.headers.append("access-control-allow-origin", PAGE)
        return response

    return app


APPS = {
    "right": with_cors(allow_origins=[PAGE], allow_credentials=True, **ALL),
    "any": with_cors(allow_origins=["*"], **ALL),
    "any-with-credentials": with_cors(allow_origins=["*"], allow_credentials=True, **ALL),
    "none": without_cors(),
    "slash": with_cors(allow_origins=[PAGE + "/"], **ALL),
    "other": with_cors(allow_origins=["https://app.example.com"], **ALL),
    "no-methods": with_cors(allow_origins=[PAGE], allow_headers=["*"]),
    "no-headers": with_cors(allow_origins=[PAGE], allow_methods=["*"]),
    "no-credentials": with_cors(allow_origins=[PAGE], **ALL),
    "authentication-outside": authentication_outside(),
    "twice": header_by_hand(),
}


async def app(scope, receive, send):
    _, name, *path = scope["path"].split("/")
    path = "/" + "/".join(path)
    scope = {**scope, "path": path, "raw_path": path.encode()}
    await APPS[name](scope, receive, send)


listener = socket.create_server(("127.0.0.1", 0))
print("listening on", "%s:%d" % listener.getsockname(), flush=True)
config = uvicorn.Config(app, lifespan="off", log_level="critical")
uvicorn.Server(config).run(sockets=[listener])
