"""`manage.py recount_public_numbers`: whether the public numbers are what the ledger says."""

from django.core.management.base import BaseCommand

from moderation import public_numbers


class Command(BaseCommand):
    help = "Count every public number anew from the ledger and compare; exit code 1 on any difference."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--repair", action="store_true", help="throw the stored counts away and count again")

    def handle(self, *, repair: bool, **_options) -> None:
        if repair:
            public_numbers.repair()
        else:
            public_numbers.take_snapshot()
        differences = public_numbers.differences()
        for (month, what), (stored, counted) in differences.items():
            self.stdout.write(f"{month:%Y-%m} {what}: stored {stored:,}, counted {counted:,}")
        self.stdout.write(f"{len(differences)} differences")
        if differences:
            raise SystemExit(1)
