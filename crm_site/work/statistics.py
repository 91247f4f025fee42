"""Statistics for the query planner. PostgreSQL gathers its own; SQLite plans blind until somebody asks it to look."""

from __future__ import annotations

from django.db import connection

#: Index entries looked at per index: enough for a good guess, and a large database is done in a second.
LOOKED_AT = 1000


def gather() -> None:
    """Without them SQLite may take an index that all rows share where another finds a few: many times slower."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA analysis_limit = {LOOKED_AT}")
        cursor.execute("ANALYZE")
