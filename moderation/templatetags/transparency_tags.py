"""The current wait for the form under a story, and times as the ledger tells them."""

import datetime

from django import template
from django.utils.formats import date_format
from django.utils.translation import ngettext, pgettext

from moderation import waits
from moderation.agreement import Interval
from moderation.waits import UsualWait

register = template.Library()


@register.simple_tag
def current_wait() -> UsualWait | None:
    """How long comments usually wait, as the transparency page says it. One query."""
    return waits.as_published()


@register.filter
def month_words(month: datetime.date) -> str:
    """ "November 2026" in the page's language."""
    return date_format(month, pgettext("date format", "F Y"))


@register.filter
def wait_words(minutes: int | None) -> str:
    """``minutes`` in words, rounded up: minutes to two hours, hours to two days, then days; a dash for None."""
    if minutes is None:
        return "–"
    if minutes <= 120:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    if minutes <= 2_880:
        hours = -(-minutes // 60)
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    days = -(-minutes // 1_440)
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


@register.filter
def date_utc(moment: datetime.datetime) -> str:
    """``moment`` (aware) in UTC, to the minute."""
    return f"{moment.astimezone(datetime.UTC):%Y-%m-%d %H:%M}"


@register.filter
def titled(titles: dict[str, str], code: str) -> str:
    """``titles|titled:code``: what a guideline is called now; the code itself when it is no longer in force."""
    return titles.get(code, code)


@register.filter
def interval(found: Interval) -> str:
    """ "0.80 (0.49 … 0.94)": the estimate and its interval."""
    return f"{found.estimate:.2f} ({found.low:.2f} … {found.high:.2f})".replace("-", "\N{MINUS SIGN}")
