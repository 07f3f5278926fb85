"""`manage.py purge_personal_data`: delete and erase what its retention period has ended for. To be run every night."""

from django.core.management.base import BaseCommand

from comments.retention import purge


class Command(BaseCommand):
    help = "Delete contacts past their date and erase refused texts past theirs. May be stopped and run again."

    def handle(self, **_options) -> None:
        contacts, texts = purge(told=self._tell)
        self.stdout.write(f"Deleted {contacts} contacts, erased {texts} refused texts.")

    def _tell(self, what: str, count: int) -> None:
        self.stderr.write(f"{what}: {count} so far")
