from django.db import migrations
from django.utils import timezone

from comments.migrations.first_edition import EXPECTATIONS, GUIDELINES


def publish_first_edition(apps, schema_editor=None):
    """Edition 1: without one, nothing could be decided."""
    GuidelineEdition = apps.get_model("comments", "GuidelineEdition")
    Guideline = apps.get_model("comments", "Guideline")
    GuidelineWording = apps.get_model("comments", "GuidelineWording")
    edition = GuidelineEdition.objects.create(number=1)
    wordings = [GuidelineWording(edition=edition, language=code, text=text) for code, text in EXPECTATIONS.items()]
    for told in GUIDELINES:
        guideline = Guideline.objects.create(edition=edition, code=told["code"], position=told["position"])
        wordings += [
            GuidelineWording(edition=edition, guideline=guideline, language=code, **words)
            for code, words in told["wordings"].items()
        ]
    GuidelineWording.objects.bulk_create(wordings)
    edition.published_at = timezone.now()
    edition.save()


class Migration(migrations.Migration):
    dependencies = [('comments', '0001_initial')]
    operations = [migrations.RunPython(publish_first_edition, migrations.RunPython.noop)]
