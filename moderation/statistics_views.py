"""The statistics page and its CSV files: leads only."""

import csv
import datetime

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from moderation import charts, statistics
from moderation.access import moderator_required
from moderation.charts import Drawing
from moderation.statistics import Table
from newsroom.roles import Role

DAYS = 30
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class RangeForm(forms.Form):
    """From which day to which, both included, in the house's zone."""

    first = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_("To"), widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self) -> dict:
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if first and last and not 0 <= (last - first).days < statistics.LONGEST_RANGE:
            raise ValidationError(_("Choose a range of at most 366 days that does not end before it begins."))
        if first and last and not 1900 < first.year <= last.year < 9000:
            raise ValidationError(_("Choose days of our time."))
        return self.cleaned_data


@moderator_required
@require_safe
def statistics_page(request: HttpRequest) -> HttpResponse:
    """Every table, each with its drawing and its CSV file."""
    _check_lead(request)
    form = _range(request)
    figures = []
    if form.is_valid():
        figures = [(table, _drawing(table)) for table in statistics.tables(**_days(form))]
    shown = {"form": form, "figures": figures}
    return render(request, "moderation/statistics.html", shown, status=200 if form.is_valid() else 400)


@moderator_required
@require_safe
def statistics_csv(request: HttpRequest, code: str) -> HttpResponse:
    """The table ``code`` as CSV in UTF-8; no cell can be taken for a formula."""
    _check_lead(request)
    form = _range(request)
    if not form.is_valid():
        return render(request, "moderation/statistics.html", {"form": form, "figures": []}, status=400)
    table = next((each for each in statistics.tables(**_days(form)) if each.code == code), None)
    if table is None:
        raise Http404
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{table.code}.csv"'
    writer = csv.writer(response)
    writer.writerows([cell_text(cell) for cell in row] for row in [table.columns, *table.rows])
    return response


def cell_text(cell: object) -> str:
    """``cell`` as text that a spreadsheet will not run (OWASP, CSV injection)."""
    text = str(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _check_lead(request: HttpRequest) -> None:
    if not request.user.is_(Role.MODERATION_LEAD):
        raise PermissionDenied


def _range(request: HttpRequest) -> RangeForm:
    """The range asked for; the last 30 days when none was."""
    today = timezone.localdate()
    usual = {"first": today - datetime.timedelta(days=DAYS - 1), "last": today}
    asked = {name: request.GET[name] for name in usual if name in request.GET}
    return RangeForm({**usual, **asked})


def _days(form: RangeForm) -> dict[str, datetime.date]:
    return {"first": form.cleaned_data["first"], "last": form.cleaned_data["last"]}


def _drawing(table: Table) -> Drawing | None:
    if table.bars is None:
        return None
    values = {str(row[0]): 0 if isinstance(row[table.bars], str) else row[table.bars] for row in table.rows}
    draw = charts.columns if table.code == statistics.HOURS else charts.bars
    return draw(table.code, table.title, values)
