"""Comments from before fingerprints get theirs. The key must be the product's own, so two leaves are imported."""

from django.db import migrations

from newsroom.folding import fold
from newsroom.keys import keyed_hash

BATCH = 2_000


def fingerprint_what_is_there(apps, schema_editor):
    Comment = apps.get_model("comments", "Comment")
    CommentFingerprint = apps.get_model("comments", "CommentFingerprint")
    without = Comment.objects.filter(fingerprint__isnull=True).exclude(body="").order_by("pk")
    while batch := list(without.values_list("pk", "body")[:BATCH]):
        CommentFingerprint.objects.bulk_create(
            CommentFingerprint(comment_id=pk, key=keyed_hash("fingerprint", fold(body))[:16].hex())
            for pk, body in batch
        )


class Migration(migrations.Migration):
    dependencies = [('comments', '0006_fingerprints')]
    operations = [migrations.RunPython(fingerprint_what_is_there, migrations.RunPython.noop)]
