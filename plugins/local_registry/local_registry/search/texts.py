"""Texts that are searched by the rules of the index without being kept in it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing

EVERYTHING = "everything_matches_this"
"""A word that every document has, so that a query of exclusions has something to exclude from."""


def matching(
    columns: Iterable[str], rows: Iterable[Mapping[str, str]], expression: str
) -> dict[int, float]:
    """The numbers of the rows (from 0) that match an FTS5 expression, each with its score.

    Parameters
    ----------
    columns:
        Names of columns, constants of this program.
    rows:
        Texts by column; a column that is missing is empty.
    expression:
        As `to_fts5` makes it, over these columns.
    """
    names = [*columns, "everything"]
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute(f"CREATE VIRTUAL TABLE texts USING fts5({', '.join(names)})")
        places = ", ".join("?" for _ in names)
        database.executemany(
            f"INSERT INTO texts VALUES ({places})",  # noqa: S608 - constants only
            ([row.get(name, "") for name in names[:-1]] + [EVERYTHING] for row in rows),
        )
        found = database.execute(
            "SELECT rowid - 1, -bm25(texts) FROM texts WHERE texts MATCH ?", (expression,)
        )
        return dict(found.fetchall())
