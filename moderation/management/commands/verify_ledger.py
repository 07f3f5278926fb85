"""`manage.py verify_ledger`: whether the history of decisions is whole, and how far a checkpoint says so."""

import time
from itertools import islice

from django.core.management.base import BaseCommand, CommandError

from moderation import checkpoints, ledger
from moderation.models import Decision
from moderation.verify_ledger import Checkpoint, NotALedger, examine, read_checkpoints

NAMED = 20


class Command(BaseCommand):
    help = (
        "Follow the chain of decisions, compare it with the checkpoints and open what each decision commits to; exit "
        "code 1 when anything does not fit."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "--checkpoint",
            action="append",
            default=[],
            metavar="FILE",
            help="checkpoints kept elsewhere: a file or folder; may be said several times. Without it only this "
            "database's own are compared, which whoever rewrote the history could have rewritten too",
        )
        parser.add_argument("--chain-only", action="store_true", help="do not open the commitments to the texts")

    def handle(self, *, checkpoint: list[str], chain_only: bool, verbosity: int, **_options) -> None:
        began = time.monotonic()
        reading = ledger.Reading(opening=not chain_only)
        known = self._known(checkpoint)
        self._bar = self._progress(Decision.objects.count()) if verbosity else lambda _done: None
        report = examine(reading.links, known, told=self._bar)
        for line in report.lines():
            self.stdout.write(line)
        wrong = bool(report.broken)
        if not report.broken and not chain_only:
            wrong |= self._say_commitments(reading)
        wrong |= self._say_unexplained()
        seconds = max(time.monotonic() - began, 0.001)
        self.stderr.write(f"{seconds:.1f} seconds, {report.decisions / seconds:,.0f} decisions a second")
        if wrong:
            raise SystemExit(1)

    def _known(self, files: list[str]) -> list[Checkpoint]:
        try:
            return [*checkpoints.known(), *read_checkpoints(files)]
        except (OSError, UnicodeDecodeError, NotALedger) as error:
            raise CommandError(f"The checkpoints cannot be read: {error}") from error

    def _progress(self, total: int):
        def told(done: int) -> None:
            self.stderr.write(f"\r{done:,} of {total:,} decisions", ending="\n" if done >= total else "")

        return told

    def _say_commitments(self, reading: ledger.Reading) -> bool:
        self.stdout.write(f"{reading.opened:,} decisions opened: each is about the very text that is stored")
        if reading.erased:
            self.stdout.write(f"{reading.erased:,} decisions about erased comments: the commitment can't be opened")
        for words in reading.mistaken:
            self.stdout.write(f"BROKEN: {words}")
        if reading.wrong > len(reading.mistaken):
            self.stdout.write(f"BROKEN: and {reading.wrong - len(reading.mistaken):,} more")
        return bool(reading.wrong)

    def _say_unexplained(self) -> bool:
        """Comments whose state no decision explains: a cut or a rewrite that forgot them shows here."""
        found = list(islice(ledger.unexplained_comments(), NAMED + 1))
        if found:
            numbers = ", ".join(map(str, found[:NAMED])) + (" and more" if len(found) > NAMED else "")
            self.stdout.write(f"BROKEN: no decision of the ledger explains the state of the comments {numbers}")
        return bool(found)
