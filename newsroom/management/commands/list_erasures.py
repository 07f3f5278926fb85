"""`manage.py list_erasures > FILE`: what was erased, to be replayed on a database restored from an older backup."""

import json

from django.core.management.base import BaseCommand

from comments.models import Erasure


class Command(BaseCommand):
    help = "Write one JSON line for each erased comment: its id, its receipt's hash, cause and time. No text, no name."

    def handle(self, **_options) -> None:
        erasures = Erasure.objects.order_by("pk").values_list(
            "comment_id", "comment__receipt_hash", "cause", "erased_at"
        )
        for comment, receipt_hash, cause, erased_at in erasures.iterator(chunk_size=2000):
            line = {"comment": comment, "receipt": receipt_hash, "cause": cause, "at": erased_at.isoformat()}
            self.stdout.write(json.dumps(line))
