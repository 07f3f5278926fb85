"""The public transparency page with its files, and the ledger with what is needed to check it."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from comments import policy
from moderation import charts, checkpoints, ledger, transparency, verify_ledger, waits
from moderation.models import Checkpoint, Decision, Snapshot
from moderation.public_numbers import PAGE_KEY, SEVERAL, is_counted, month_of
from moderation.statistics_views import cell_text
from moderation.templatetags.transparency_tags import month_words
from moderation.transparency import Month
from newsroom.pages import depends_on

PART = 5_000  # decision numbers in one file of the ledger: some two megabytes
CHECKPOINTS_SHOWN = 10
A_DAY = 86_400


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What came in, what was decided and why, how long it took, and how to check it. Stored until the next snapshot."""
    months = transparency.months(month_of(timezone.now() - transparency.SHOWN))
    snapshot = Snapshot.objects.filter(pk=1).first()
    titles = _titles(months)
    shown = {
        "months": months[::-1],
        "decisions": charts.bars(
            "decisions", _("Decisions by month"), {month_words(m.month): m.decided for m in months}
        ),
        "grounds": charts.bars("grounds", _("Rejected, by guideline"), _grounds(months, titles)),
        "by_guideline": _by_guideline(months, titles),
        "snapshot": snapshot,
        "waiting": transparency.rounded(snapshot.waiting) if snapshot else 0,
        "usual_wait": waits.as_published(),
        "checkpoints": Checkpoint.objects.order_by("-pk")[:CHECKPOINTS_SHOWN],
        "has_appeals": is_counted("appeals"),
        "has_notices": is_counted("notices"),
        "step": transparency.STEP,
        "fewest": transparency.FEWEST,
    }
    return depends_on(render(request, "moderation/transparency.html", shown), PAGE_KEY, "guidelines")


@require_safe
def numbers_json(request: HttpRequest) -> HttpResponse:
    """Every month's published figures as JSON."""
    snapshot = Snapshot.objects.filter(pk=1).first()
    answer = {
        "taken_at": snapshot and snapshot.taken_at,
        "counts": f"rounded to the nearest multiple of {transparency.STEP}; totals are sums of rounded parts",
        "months_are": "UTC",
        "waiting": transparency.rounded(snapshot.waiting) if snapshot else 0,
        "usual_wait_hours": snapshot and snapshot.usual_wait,
        "months": [month.as_json() for month in transparency.months()],
    }
    return depends_on(JsonResponse(answer, json_dumps_params={"indent": 1}), PAGE_KEY)


@require_safe
def numbers_csv(request: HttpRequest) -> HttpResponse:
    """The same as CSV in UTF-8, a figure a line; no cell can be taken for a formula."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    writer = csv.writer(response)
    writer.writerow(["month", "figure", "value"])
    for month in transparency.months():
        for name, value in month.cells():
            writer.writerow([f"{month.month:%Y-%m}", cell_text(name), cell_text(value)])
    response["Content-Disposition"] = 'attachment; filename="transparency.csv"'
    return depends_on(response, PAGE_KEY)


# The ledger and what checks it ----------------------------------------------------------------------------------------


@require_safe
def ledger_index(request: HttpRequest) -> HttpResponse:
    """How long the public ledger is and which files it is in."""
    parts = [f"ledger/{number}.jsonl" for number in range(1, _parts() + 1)]
    index = {
        "format": verify_ledger.FORMAT,
        "decisions": checkpoints.length(),
        "last_hash": ledger.newest_hash(),
        "parts": parts,
        "checkpoints": "checkpoints.txt",
        "verifier": "verify_ledger.py",
    }
    return _public(JsonResponse(index), seconds=60)


@require_safe
def ledger_part(request: HttpRequest, number: int) -> HttpResponse:
    """One file of the public ledger: hashes and public fields of at most ``PART`` decisions; a full one stays."""
    last = _parts()
    if not 1 <= number <= last:
        raise Http404
    lines = ledger.Reading().lines(PART * (number - 1), PART * number)
    response = HttpResponse(b"".join(lines), content_type="application/jsonl")
    return _public(response, seconds=A_DAY if number < last else 0)


@require_safe
def checkpoints_txt(request: HttpRequest) -> HttpResponse:
    """Every checkpoint, a line each, as the verifiers read them."""
    lines = "".join(f"{line}\n" for line in checkpoints.known())
    return _public(HttpResponse(lines, content_type="text/plain; charset=utf-8"), seconds=60)


@require_safe
def verifier(request: HttpRequest) -> HttpResponse:
    """The program with which anybody checks the ledger: the very one this newsroom runs."""
    source = Path(verify_ledger.__file__).read_bytes()
    response = HttpResponse(source, content_type="text/x-python; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="verify_ledger.py"'
    return _public(response, seconds=A_DAY)


def _parts() -> int:
    newest = Decision.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    return -(-newest // PART)


def _public(response: HttpResponse, *, seconds: int) -> HttpResponse:
    response["Cache-Control"] = f"public, max-age={seconds}" if seconds else "no-cache"
    return response


# Words and drawings ---------------------------------------------------------------------------------------------------


def _titles(months: Sequence[Month]) -> dict[str, str]:
    """What each guideline code is called now, in the page's language; a code that is no longer in force, itself."""
    now = policy.in_force(get_language())
    worded = [*now.grounds, *([now.reserved] if now.reserved else [])]
    known = {guideline.code: wording.title for guideline, wording in worded if wording}
    known[SEVERAL] = _("several guidelines at once")
    return {code: known.get(code, code) for month in months[-1:] for code in month.rejected_by}


def _decisions(months: Sequence[Month]) -> dict[str, int]:
    return {month_words(month.month): month.decided for month in months}


def _grounds(months: Sequence[Month], titles: Mapping[str, str]) -> dict[str, int]:
    return {title: sum(month.rejected_by[code] for month in months) for code, title in titles.items()}


def _by_guideline(months: Sequence[Month], titles: Mapping[str, str]) -> list[tuple[str, list[tuple[int, int]]]]:
    """A row a guideline: its title, and for each month, newest first, how many were rejected and removed by it."""
    return [
        (title, [(month.rejected_by[code], month.removed_by[code]) for month in months[::-1]])
        for code, title in titles.items()
    ]
