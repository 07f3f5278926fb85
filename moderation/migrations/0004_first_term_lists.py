from django.db import migrations

from moderation.migrations.first_lists import LISTS, SOURCE


def add_first_lists(apps, schema_editor=None):
    """The lists of ``first_lists``, active, each with its first line of history."""
    term_list, term, change = (apps.get_model("moderation", name) for name in ("TermList", "Term", "TermChange"))
    for (name, language, guideline), words in LISTS.items():
        made = term_list.objects.create(
            name=name, language=language, guideline=guideline, is_active=True, source=SOURCE
        )
        term.objects.bulk_create(term(list=made, text=text) for text in words.split(", "))
        change.objects.create(list=made, what="shipped with the newsroom")


class Migration(migrations.Migration):
    dependencies = [('moderation', '0003_hints')]
    operations = [migrations.RunPython(add_first_lists, migrations.RunPython.noop)]
