"""The search index: a full-text table of SQLite's FTS5, or a tsvector with GIN. ``articles.search`` reads and writes it.

It has no model, since its shape is each database's own; ``manage.py reindex`` fills it for stories older than it.
"""

from django.db import migrations

SQLITE = [
    # The words arrive folded and parted by spaces, so the plainest tokenizer gives back exactly those.
    "CREATE VIRTUAL TABLE articles_search USING fts5("
    "language, headline, summary, body, tokenize = \"ascii tokenchars '_'\", prefix = '3')",
]
POSTGRESQL = [
    "CREATE TABLE articles_search (article_id bigint PRIMARY KEY, language varchar(8) NOT NULL, words tsvector NOT NULL)",
    "CREATE INDEX articles_search_words ON articles_search USING gin (words)",
]


def create(apps, schema_editor) -> None:
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement, params=None)


def drop(apps, schema_editor) -> None:
    schema_editor.execute("DROP TABLE articles_search", params=None)


class Migration(migrations.Migration):
    dependencies = [('articles', '0003_section_comments')]
    operations = [migrations.RunPython(create, drop)]
