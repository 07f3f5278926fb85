"""The words of comments that wait, for the desk's search. ``moderation.search`` reads and writes them.

It has no model, since its shape is each database's own.
"""

from django.db import migrations

SQLITE = [
    # The words arrive folded and parted by spaces, so the plainest tokenizer gives back exactly those.
    "CREATE VIRTUAL TABLE moderation_search USING fts5("
    "language, words, tokenize = \"ascii tokenchars '_'\", prefix = '3')",
]
POSTGRESQL = [
    "CREATE TABLE moderation_search (comment_id bigint PRIMARY KEY, language varchar(8) NOT NULL, words tsvector NOT NULL)",
    "CREATE INDEX moderation_search_words ON moderation_search USING gin (words)",
]


def create(apps, schema_editor) -> None:
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement, params=None)


def drop(apps, schema_editor) -> None:
    schema_editor.execute("DROP TABLE moderation_search", params=None)


class Migration(migrations.Migration):
    dependencies = [('moderation', '0005_queue_facets')]
    operations = [migrations.RunPython(create, drop)]
