"""`manage.py export_ledger > ledger.jsonl`: the public ledger in one file, for the standalone verifier."""

import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from moderation import ledger


class Command(BaseCommand):
    help = "Write the public ledger, a JSON line a decision: hashes and public fields, no person and no text."

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", nargs="?", help="where to write it; standard output when left out")

    def handle(self, *, file: str | None, **_options) -> None:
        lines = ledger.Reading().lines()
        if file is None:
            sys.stdout.buffer.writelines(lines)
            return
        try:
            with Path(file).open("wb") as target:
                target.writelines(lines)
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error}") from error
