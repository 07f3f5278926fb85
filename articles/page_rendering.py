"""How every page of an edition is rendered and kept: with its breaking banner, and until the clock changes it."""

import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from articles import front
from articles.models.front import next_change
from articles.pagekeys import banner_key, next_by_clock
from newsroom.pages import depends_on, earliest, fact


def rendered(
    request: HttpRequest,
    template: str,
    context: dict,
    *keys: str,
    now: datetime.datetime,
    until: datetime.datetime | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of ``template``, to be stored until one of ``keys`` changes, the banner does, or the clock says so.

    ``now`` (aware) is the moment that the caller's queries asked for: what the clock changes after it ends the page's
    life, even if that was before the page was drawn. ``until`` is when the page itself changes with time, if known.
    """
    language = get_language()
    known = fact(("banners", language), lambda: front.banners(language, now), banner_key(language))
    banners = [banner for banner in known if banner.ends_at > now]
    response = render(request, template, {"banner": front.live_banner(banners, now), **context}, status=status)
    ends = earliest(request, until, next_by_clock(now), next_change(banners, now))
    return depends_on(response, *keys, banner_key(language), until=ends)
