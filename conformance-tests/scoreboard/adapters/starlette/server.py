"""The test application in Starlette, with its `CORSMiddleware`.

Usage: server.py POLICY PORT
"""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "python"))

import uvicorn
from endpoints import ROUTES
from policy import read
from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Route
from starlette_options import options

policy, port = read("CORSMiddleware")
app = Starlette(routes=[Route(path, handler, methods=methods) for path, handler, methods in ROUTES])
# Around the application, as the documentation recommends under "CORSMiddleware Global Enforcement".
app = CORSMiddleware(app, **options(policy))
uvicorn.run(app, host="127.0.0.1", port=port, lifespan="off", log_level="critical")
