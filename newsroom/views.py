"""Addresses of the house itself: the way in, and what a load balancer asks."""

import logging
import time

from django.core.cache import cache
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request
from django.views.decorators.http import require_safe

from newsroom import frozen
from newsroom.addresses import reverse_in

try:
    from redis.exceptions import RedisError
except ImportError:  # the embedded default has no Redis
    RedisError = OSError

logger = logging.getLogger(__name__)
LOOK_EVERY = 10  # seconds


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """To the front page in the reader's language; not stored, since the next reader's may differ."""
    response = HttpResponseRedirect(reverse_in(get_language_from_request(request), "articles:front"))
    response["Cache-Control"] = "no-store"
    patch_vary_headers(response, ["Accept-Language"])
    return response


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """To the house's icon: where a page names none, as in the back office, browsers ask here."""
    response = HttpResponseRedirect(static("newsroom/icon.svg"))
    response["Cache-Control"] = "public, max-age=86400"
    return response


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when database, cache and triggers are there, else 503 with what is not. Looked at every 10 seconds."""
    problems = _problems_lately()
    return JsonResponse({"ready": not problems, "problems": problems}, status=503 if problems else 200)


_looked: tuple[float, list[str]] = (float("-inf"), [])


def _problems_lately() -> list[str]:
    """This process's last look, at most 10 seconds old: a health check must not become a load."""
    global _looked
    if time.monotonic() - _looked[0] > LOOK_EVERY:
        _looked = (time.monotonic(), _problems())
    return _looked[1]


def _problems() -> list[str]:
    problems = []
    try:
        missing = frozen.missing(connection)
        problems += [f"trigger missing: {name}" for name in sorted(missing)]
    except Error:
        logger.exception("readyz: the database does not answer")
        problems.append("database")
    try:
        cache.set("readyz", "ok", 60)
        if cache.get("readyz") != "ok":
            problems.append("cache")
    except (OSError, RedisError):
        logger.exception("readyz: the cache does not answer")
        problems.append("cache")
    return problems


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What crawlers may not fetch, and where the sitemaps are (sitemaps.org: by absolute address)."""
    maps = [f"Sitemap: {request.build_absolute_uri(reverse(name))}" for name in ("sitemap", "news_sitemap")]
    lines = ["User-agent: *", "Disallow: /admin/", "Disallow: /desk/", "", *maps, ""]
    return HttpResponse("\n".join(lines), content_type="text/plain")
