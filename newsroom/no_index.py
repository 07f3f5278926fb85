"""A time that SQLite compares row by row, though an index on it exists. A leaf: imports no app.

Its planner takes every comparison for one that leaves a quarter of the rows. One that nearly all rows pass ("its time
has come") then wins over the index that finds the few rows wanted. PostgreSQL knows its tables better.
"""

from django.db.models import DateTimeField, Transform


@DateTimeField.register_lookup
class NoIndex(Transform):
    """``filter(publish_at__no_index__lte=now)``"""

    lookup_name = "no_index"

    def as_sql(self, compiler, connection):
        return compiler.compile(self.lhs)

    def as_sqlite(self, compiler, connection):
        column, parameters = compiler.compile(self.lhs)
        return f"+{column}", parameters  # sqlite.org/optoverview.html, 2: a unary plus disqualifies a term
