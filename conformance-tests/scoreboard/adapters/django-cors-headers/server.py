"""The test application in Django, with django-cors-headers.

Usage: server.py POLICY PORT
"""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "python"))

import waitress
from application import CHUNKS, FIXED, METHODS, dictated
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import path
from django.views.decorators.http import require_http_methods
from policy import SAFELISTED, any_origin, exact_origins, methods, read, regexes, unsupported


def options(policy):
    """The settings with the meaning of this policy."""
    headers = policy["allow_headers"]
    if "*" in headers and policy["allow_credentials"]:
        unsupported("CORS_ALLOW_HEADERS cannot allow all headers with credentials")
    return {
        "CORS_ALLOW_ALL_ORIGINS": any_origin(policy),
        "CORS_ALLOWED_ORIGINS": exact_origins(policy),
        "CORS_ALLOWED_ORIGIN_REGEXES": regexes(policy),
        "CORS_ALLOW_METHODS": methods(policy),
        # Browsers do not take `*` as Authorization.
        "CORS_ALLOW_HEADERS": ["*", "authorization"] if "*" in headers else SAFELISTED + headers,
        "CORS_EXPOSE_HEADERS": policy["expose_headers"],
        "CORS_ALLOW_CREDENTIALS": policy["allow_credentials"],
        "CORS_PREFLIGHT_MAX_AGE": policy["max_age"],
    }


def respond(status, headers, body):
    response = HttpResponse(body, status=status, content_type="text/plain; charset=utf-8")
    for name, value in headers:
        # Django has one line for each name.
        is_list = name.lower() == "vary" and response.has_header(name)
        response[name] = f"{response[name]}, {value}" if is_list else value
    return response


def fixed(*reply):
    return lambda request: respond(*reply)


def panic(request):
    raise RuntimeError("the handler panicked")


def reply(request):
    return respond(*dictated(filter(None, [request.headers.get("X-Reply")])), "")


def options_route(request):
    return respond(200, [], "handled" if request.method == "OPTIONS" else "ok")


policy, port = read("django-cors-headers")
settings.configure(
    ALLOWED_HOSTS=["*"],
    INSTALLED_APPS=["corsheaders"],
    LOGGING_CONFIG=None,
    MIDDLEWARE=["corsheaders.middleware.CorsMiddleware"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="test",
    **options(policy),
)
handlers = {path: fixed(*reply) for path, reply in FIXED.items()}
handlers |= {"/stream": lambda request: StreamingHttpResponse(iter(CHUNKS)), "/panic": panic, "/reply": reply}
urlpatterns = [path(name[1:], require_http_methods(METHODS)(handler)) for name, handler in handlers.items()]
urlpatterns.append(path("options", require_http_methods([*METHODS, "OPTIONS"])(options_route)))
waitress.serve(get_wsgi_application(), host="127.0.0.1", port=port, threads=2)
