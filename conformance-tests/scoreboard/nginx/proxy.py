"""The test application without CORS, behind nginx.

Each recipe is a function that returns what is in `http { }` and what is in `location / { }` of nginx.conf.
"""

import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "python"))

from application import CHUNKS, FIXED, METHODS, dictated
from policy import read, unsupported

CONFIGURATION = """\
daemon off;
master_process off;
pid nginx.pid;
error_log error.log;
events {{ }}
http {{
    access_log off;
    map_hash_bucket_size 512;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    {http}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            {location}
            proxy_pass http://127.0.0.1:{backend};
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
        }}
    }}
}}
"""


class Application(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __getattr__(self, name):
        # `do_GET` and so on.
        if name.startswith("do_"):
            return self.respond
        raise AttributeError(name)

    def respond(self):
        path = self.path.split("?")[0]
        known = path in FIXED or path in ("/stream", "/panic", "/reply", "/options")
        if path == "/options" and self.command == "OPTIONS":
            self.reply(200, [], "handled")
        elif not known:
            self.reply(404, [], "")
        elif self.command not in METHODS:
            self.reply(405, [], "")
        elif path == "/panic":
            self.reply(500, [], "")
        elif path == "/reply":
            self.reply(*dictated(self.headers.get_all("X-Reply", [])), "")
        elif path == "/stream":
            self.stream()
        else:
            self.reply(*FIXED.get(path, (200, [], "ok")))

    def reply(self, status, headers, body):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if status not in (204, 304):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD" and status not in (204, 304):
            self.wfile.write(body.encode())

    def stream(self):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        if self.command != "HEAD":
            for chunk in [*CHUNKS, ""]:
                self.wfile.write(f"{len(chunk):x}\r\n{chunk}\r\n".encode())

    def log_message(self, *arguments):
        pass


def quoted(text):
    """A word of nginx.conf."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def header(name, values):
    value = ", ".join(values)
    if "$" in value:
        unsupported("add_header of nginx has no syntax for a dollar sign")
    return f"add_header Access-Control-{name} {quoted(value)} always;"


def run(recipe):
    policy, port = read("nginx")
    http, location = recipe(policy)
    backend = ThreadingHTTPServer(("127.0.0.1", 0), Application)
    threading.Thread(target=backend.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "nginx.conf"
        values = {"port": port, "backend": backend.server_port}
        file.write_text(CONFIGURATION.format(http="\n    ".join(http), location="\n            ".join(location), **values))
        sys.exit(subprocess.run(["nginx", "-p", folder, "-c", file], stdout=subprocess.DEVNULL).returncode)
