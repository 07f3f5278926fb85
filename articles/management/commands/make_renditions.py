"""`manage.py make_renditions`: makes the sizes of photos that are due. May be stopped at any moment and run again."""

import time

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from articles import photos
from articles.models import Photo, Rendition

BAR = 30  # characters


class Command(BaseCommand):
    help = "Make the sizes of photos that are due, one at a time; with --watch, go on looking for new ones."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--watch", type=float, metavar="SECONDS", help="look again every so many seconds")

    def handle(self, *, watch: float | None, **options) -> None:
        while True:
            failed = self.make_all()
            if watch is None:
                break
            connection.close()
            time.sleep(max(1.0, watch))
        if failed:
            self.stderr.write(f"{failed} photos could not be read; their originals may be missing.")
            raise SystemExit(1)

    def make_all(self) -> int:
        """Make everything due, photo by photo, newest first; how many photos could not be read."""
        waiting = Rendition.objects.filter(is_due=True)
        total, done, failed = waiting.count(), 0, 0
        for photo in Photo.objects.filter(pk__in=waiting.values("photo")).order_by("-pk"):
            try:
                for rendition in photos.make_renditions(photo):
                    done += 1
                    self.show(done, total, rendition)
            except (photos.Refused, OSError) as error:
                failed += 1
                self.stderr.write(f"photo {photo.pk}: {error}")
        return failed

    def show(self, done: int, total: int, rendition: Rendition) -> None:
        total = max(total, done)
        bar = "#" * (BAR * done // total)
        line = f"[{bar:<{BAR}}] {done}/{total} photo {rendition.photo_id}: {rendition.width} {rendition.format}"
        if self.stdout.isatty():
            self.stdout.write(f"\r{line:<70}", ending="\n" if done == total else "")
        else:
            self.stdout.write(line)
