"""A column that SQLite compares row by row, though an index on it exists. A leaf: imports no app.

Its planner takes every comparison of times for one that leaves a quarter of the rows, and until it has figures on the
tables every index for equally good. What nearly all rows pass ("its time has come", "still waiting") then wins over the
index that finds the few rows wanted. PostgreSQL knows its tables better.
"""

from django.db.models import CharField, DateTimeField, Transform


@CharField.register_lookup
@DateTimeField.register_lookup
class NoIndex(Transform):
    """``filter(publish_at__no_index__lte=now)``, or around a column: ``NoIndex("article_id")``."""

    lookup_name = "no_index"

    def as_sql(self, compiler, connection):
        return compiler.compile(self.lhs)

    def as_sqlite(self, compiler, connection):
        column, parameters = compiler.compile(self.lhs)
        return f"+{column}", parameters  # sqlite.org/optoverview.html, 2: a unary plus disqualifies a term
