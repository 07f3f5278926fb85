"""`manage.py populate`: synthetic stories and comments, to see and measure a large newsroom."""

import time
from collections.abc import Iterator

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from articles.models import Article
from comments.models import Comment
from newsroom import indexes, statistics_of_tables
from newsroom.demo.bulk import make_room
from newsroom.demo.populate import INDEXED_LATER, Populator


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
        try:
            if articles or comments or pending:
                self._add_rows(articles, comments, pending, seed, into_existing)
        finally:
            lost = indexes.missing(*apps.get_models())
            self._add("indexes", len(lost), indexes.put_back(lost))
        statistics_of_tables.refresh()

    def _add_rows(self, articles: int, comments: int, pending: int, seed: int, into_existing: bool) -> None:
        if not into_existing and Article.objects.exclude(created_by__username="synthetic-editor").exists():
            raise CommandError("There are real stories here. Say --into-existing to add synthetic ones to them.")
        make_room()
        if connection.vendor == "sqlite" and comments + pending > Comment.objects.count():
            indexes.drop(*INDEXED_LATER)
        populator = Populator(seed=seed)
        self._add("stories", articles, populator.articles(articles))
        if (comments or pending) and not Article.objects.public().exists():
            raise CommandError("Comments need a public story to stand under: add --articles.")
        self._add("decided comments", comments, populator.decided(comments))
        self._add("pending comments", pending, populator.pending(pending))

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
