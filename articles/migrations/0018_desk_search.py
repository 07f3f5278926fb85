"""The back office's own search index: drafts and versions that wait. Built like ``articles_search``; see 0004.

It stands apart so that no question of a reader's ever reads a row of it. ``manage.py reindex`` fills it for stories
older than it.
"""

from django.db import migrations

SQLITE = [
    "CREATE VIRTUAL TABLE articles_desk_search USING fts5("
    "language, headline, summary, body, tokenize = \"ascii tokenchars '_'\", prefix = '3')",
]
POSTGRESQL = [
    "CREATE TABLE articles_desk_search "
    "(article_id bigint PRIMARY KEY, language varchar(8) NOT NULL, words tsvector NOT NULL)",
    "CREATE INDEX articles_desk_search_words ON articles_desk_search USING gin (words)",
]


def create(apps, schema_editor) -> None:
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement, params=None)


def drop(apps, schema_editor) -> None:
    schema_editor.execute("DROP TABLE articles_desk_search", params=None)


class Migration(migrations.Migration):
    dependencies = [('articles', '0017_former_tags')]
    operations = [migrations.RunPython(create, drop)]
