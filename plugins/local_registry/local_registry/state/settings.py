"""Single values: the signing key, the default role, open query."""

from __future__ import annotations

from local_registry.state.database import Database

_OPEN_QUERY = "tabulator_open_query"


class SettingsStore:
    """Texts by name."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def get(self, name: str) -> str | None:
        """The text, or `None`."""
        row = self._db.one("SELECT value FROM settings WHERE name = ?", name)
        return str(row["value"]) if row else None

    def set(self, name: str, value: str) -> None:
        """Keep a text under a name."""
        self._db.run("INSERT OR REPLACE INTO settings VALUES (?, ?)", name, value)

    def get_or_set(self, name: str, value: str) -> str:
        """The stored text or, if there is none, `value`, which is stored."""
        with self._db.transaction():
            self._db.run("INSERT OR IGNORE INTO settings VALUES (?, ?)", name, value)
            return self.get(name) or value

    @property
    def open_query(self) -> bool:
        """Whether tabulator's open query is on (GraphQL `admin.tabulatorOpenQuery`)."""
        return self.get(_OPEN_QUERY) == "true"

    @open_query.setter
    def open_query(self, enabled: bool) -> None:
        self.set(_OPEN_QUERY, "true" if enabled else "false")
