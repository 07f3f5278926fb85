"""`manage.py reindex`: builds the search index anew."""

from django.core.management.base import BaseCommand

from articles import search
from articles.models import Article


class Command(BaseCommand):
    help = "Build the search index anew. The newsroom can go on working meanwhile."

    def handle(self, **_options) -> None:
        total, done = Article.objects.count(), 0
        for size in search.reindex():
            done += size
            self.stdout.write(f"\r{done:,} of {total:,} stories", ending="")
            self.stdout.flush()
        self.stdout.write(f"\r{done:,} stories are in the search index, or kept out of it.")
