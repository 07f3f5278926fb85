"""`manage.py export_statements`: statements of reasons in the fields of the EU's transparency database."""

import csv
import datetime
import json
from collections.abc import Iterator

from django.core.management.base import BaseCommand, CommandError

from moderation import eu_statements
from moderation.statistics_views import cell_text


class Command(BaseCommand):
    help = (
        "Write a statement of reasons for each rejection and removal of some days (UTC, both included), in the fields "
        "of the EU's DSA Transparency Database. Sending them is the operator's."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "--from", dest="first", required=True, metavar="YYYY-MM-DD", type=datetime.date.fromisoformat
        )
        parser.add_argument("--to", dest="last", required=True, metavar="YYYY-MM-DD", type=datetime.date.fromisoformat)
        parser.add_argument("--format", choices=["json", "csv"], default="json")

    def handle(self, *, first: datetime.date, last: datetime.date, format: str, **_options) -> None:
        if last < first:
            raise CommandError("The last day lies before the first.")
        if last == datetime.date.max:
            raise CommandError("Choose days of our time.")
        found = eu_statements.statements(first, last)
        self._json(found) if format == "json" else self._csv(found)

    def _json(self, found: Iterator[dict]) -> None:
        """As the API takes several at once, but of any number: it takes 100 a call."""
        self.stdout.write('{"statements": [', ending="")
        for number, statement in enumerate(found):
            self.stdout.write(("," if number else "") + "\n" + json.dumps(statement, ensure_ascii=False), ending="")
        self.stdout.write("\n]}")

    def _csv(self, found: Iterator[dict]) -> None:
        """A column a field; lists with | between, and no cell that a spreadsheet would run."""
        writer = csv.writer(self.stdout, lineterminator="\n")
        writer.writerow(eu_statements.FIELDS)
        for statement in found:
            cells = (statement.get(field, "") for field in eu_statements.FIELDS)
            writer.writerow([cell_text("|".join(cell) if isinstance(cell, list) else cell) for cell in cells])
