"""`manage.py send_mail_queue`: one sweep over the mail that waits. For the worker's timetable or cron."""

from django.core.management.base import BaseCommand

import comments.letters  # noqa: F401  it writes letters of the queue
import moderation.checkpoints  # noqa: F401  and so does this
import moderation.letters  # noqa: F401  and this
from newsroom import mail


class Command(BaseCommand):
    help = "Send the mail that is due. What the mail server refuses is tried again later."

    def handle(self, **_options) -> None:
        self.stdout.write(f"Sent {mail.send_due()} mails.")
