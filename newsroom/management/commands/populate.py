"""`manage.py populate`: synthetic stories and comments, to see and measure a large newsroom."""

import time
from collections.abc import Iterator

from django.core.management.base import BaseCommand, CommandError

from articles.models import Article
from newsroom import statistics_of_tables
from newsroom.demo.bulk import make_room
from newsroom.demo.populate import Populator


class Command(BaseCommand):
    help = "Add synthetic stories, decided comments and pending comments."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--articles", type=int, default=0, metavar="N", help="stories to add")
        parser.add_argument("--comments", type=int, default=0, metavar="M", help="decided comments to add")
        parser.add_argument("--pending", type=int, default=0, metavar="K", help="pending comments to add")
        parser.add_argument("--seed", type=int, default=1, metavar="S", help="the same seed gives the same texts")
        parser.add_argument("--into-existing", action="store_true", help="even where there are real stories")

    def handle(self, *, articles: int, comments: int, pending: int, seed: int, into_existing: bool, **_options) -> None:
        if min(articles, comments, pending) < 0:
            raise CommandError("A number to add cannot be negative.")
        if not into_existing and Article.objects.exclude(created_by__username="synthetic-editor").exists():
            raise CommandError("There are real stories here. Say --into-existing to add synthetic ones to them.")
        make_room()
        populator = Populator(seed=seed)
        self._add("stories", articles, populator.articles(articles))
        if (comments or pending) and not Article.objects.public().exists():
            raise CommandError("Comments need a public story to stand under: add --articles.")
        self._add("decided comments", comments, populator.decided(comments))
        self._add("pending comments", pending, populator.pending(pending))
        statistics_of_tables.refresh()

    def _add(self, what: str, total: int, batches: Iterator[int]) -> None:
        """Run through ``batches``, drawing one bar a kind of row."""
        done, began = 0, time.monotonic()
        for size in batches:
            done += size
            filled = 30 * done // total
            rate = done / max(time.monotonic() - began, 0.001)
            bar = f"[{'#' * filled}{'.' * (30 - filled)}] {done:,} of {total:,} {what}, {rate:,.0f} a second"
            self.stdout.write(f"\r{bar}", ending="")
            self.stdout.flush()
        if total:
            self.stdout.write("")
