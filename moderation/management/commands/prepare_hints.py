from django.core.management.base import BaseCommand

from moderation.prepared import prepare


class Command(BaseCommand):
    help = "Write down the hints of waiting comments, so that the desk can filter by them. Run it every minute."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--most", type=int, default=10_000, help="at most so many comments in one run")

    def handle(self, *args, most: int, **options) -> None:
        self.stdout.write(f"hints prepared for {sum(prepare(most=most))} comments")
