"""`manage.py checkpoint`: note now how long the ledger is and how it ends."""

from django.core.management.base import BaseCommand, CommandError

from moderation import checkpoints


class Command(BaseCommand):
    help = "Take a checkpoint of the ledger: publish it, mail it and write it to its file."

    def handle(self, **_options) -> None:
        try:
            checkpoint = checkpoints.take()
        except checkpoints.DoesNotFit as error:
            raise CommandError(f"No checkpoint taken: {error}. Run manage.py verify_ledger.") from error
        except OSError as error:
            raise CommandError(f"The checkpoint was taken, but its file cannot be written: {error}") from error
        self.stdout.write(str(checkpoints.line_of(checkpoint)))
        self.stderr.write(f"written to {checkpoints.path_of(checkpoint)}")
