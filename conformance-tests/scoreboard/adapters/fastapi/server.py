"""The test application in FastAPI, with its `CORSMiddleware`.

Usage: server.py POLICY PORT
"""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "python"))

import uvicorn
from endpoints import ROUTES
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from policy import read
from starlette_options import options

policy, port = read("CORSMiddleware")
app = FastAPI(openapi_url=None)
for path, handler, methods in ROUTES:
    app.add_api_route(path, handler, methods=methods)
app.add_middleware(CORSMiddleware, **options(policy))
uvicorn.run(app, host="127.0.0.1", port=port, lifespan="off", log_level="critical")
