"""`manage.py demo`: a newsroom worth looking at, built through the real verbs. May be run again."""

from django.conf import settings
from django.core.management.base import BaseCommand

from newsroom.demo.build import ACCOUNTS, Demo


class Command(BaseCommand):
    help = "Build the demo newsroom: accounts, stories in five languages, comments in every state."

    def handle(self, *args, **options) -> None:
        demo = Demo()
        for line in demo.build():
            self.stdout.write(line)
        self.stdout.write(f"Accounts: {', '.join(ACCOUNTS)}")
        if settings.NEWSROOM_DEMO_PASSWORD:
            self.stdout.write("Password: the one in NEWSROOM_DEMO_PASSWORD")
        elif demo.password_is_new:
            self.stdout.write(f"Password, shown once and kept in var/demo-password: {demo.password}")
        else:
            self.stdout.write("Password: in var/demo-password")
