"""Keeps SQLite's figures on its tables fresh. Without them it takes every index for equally good, and walks through all
published stories to find one by its number. PostgreSQL does this by itself. A leaf."""

from django.db import connection

# Rows looked at in each index: enough to tell a common value from a rare one, and quick however large the table is.
LOOKED_AT = 1_000


def refresh() -> None:
    """Look at the tables anew; every connection opened later knows. A few milliseconds, as often as one likes."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA analysis_limit = {LOOKED_AT}")
        cursor.execute("ANALYZE")
