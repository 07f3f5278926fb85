"""`manage.py replay_erasures FILE`: after a restore, forget again what had been forgotten since the backup."""

import datetime
import json

from django.core.management.base import BaseCommand, CommandError

from comments.erasure import erase
from comments.models import Comment, Erasure


class Command(BaseCommand):
    help = "Erase again what list_erasures wrote down. May be run again."

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", help="what list_erasures wrote")

    def handle(self, *, file: str, **_options) -> None:
        counts = {"erased": 0, "were erased": 0, "are not in this database": 0}
        for line in self._lines(file):
            counts[self._replay(line)] += 1
        self.stdout.write(", ".join(f"{count} {what}" for what, count in counts.items()) + ".")

    def _lines(self, path: str) -> list[dict]:
        """The whole list, checked before anything is erased: half a list would pass for a whole one."""
        lines = []
        try:
            with open(path, encoding="utf-8") as file:
                for number, text in enumerate(file, start=1):
                    lines.append(self._read(text, number))
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        return lines

    @staticmethod
    def _read(text: str, number: int) -> dict:
        try:
            line = json.loads(text)
            return {
                "comment": int(line["comment"]),
                "receipt": str(line["receipt"]),
                "cause": Erasure.Cause(line["cause"]),
                "at": datetime.datetime.fromisoformat(line["at"]),
            }
        except (ValueError, KeyError, TypeError) as error:
            raise CommandError(f"Line {number} is not one of list_erasures; nothing was erased.") from error

    @staticmethod
    def _replay(line: dict) -> str:
        """The receipt's hash must fit too: after a restore an id may belong to another comment."""
        comment = Comment.objects.filter(pk=line["comment"], receipt_hash=line["receipt"]).first()
        if comment is None:
            return "are not in this database"
        if Erasure.objects.filter(comment=comment).exists():
            return "were erased"
        erase(comment, cause=line["cause"], at=line["at"])
        return "erased"
