"""The single-sign-on configuration: YAML that maps claims to roles."""

from __future__ import annotations

from typing import Any

from local_registry.clock import Clock, to_datetime
from local_registry.identity.errors import InvalidInputError
from local_registry.identity.model import SsoConfig
from local_registry.rules import RuleError, check_published, read_yaml
from local_registry.state.database import Database


def _parse(text: str) -> dict[str, Any]:
    """The configuration in a text; raises `RuleError` for what Quilt's JSON Schema refuses."""
    document: dict[str, Any] = read_yaml(text)
    check_published("sso-config-1.0", document)
    return document


def _roles_named(document: dict[str, Any]) -> list[str]:
    mappings = document["mappings"]
    return [document["default_role"], *(role for each in mappings for role in each["roles"])]


class SsoStore:
    """The one configuration of single sign-on, or none."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._db = database
        self._clock = clock

    def get(self) -> SsoConfig | None:
        """The configuration, or `None`."""
        row = self._db.one("SELECT * FROM sso_config")
        if row is None:
            return None
        return SsoConfig(
            text=row["text"],
            timestamp=to_datetime(row["timestamp"]),
            uploader_id=row["uploader_id"],
        )

    def set(self, text: str, uploader_id: str) -> SsoConfig:
        """Replace the configuration by YAML text, on behalf of the user with this id.

        Raises `InvalidInputError` (path `config`) for what is not a configuration, or names a role
        that does not exist.
        """
        try:
            for name in _roles_named(_parse(text)):
                if not self._db.one("SELECT 1 FROM roles WHERE name = ?", name):
                    raise RuleError(f"There is no role {name!r}")
        except RuleError as error:
            raise InvalidInputError.at("config", "InvalidConfig", str(error)) from error
        self._db.run(
            "INSERT OR REPLACE INTO sso_config VALUES (1, ?, ?, ?)",
            text,
            self._clock(),
            uploader_id,
        )
        config = self.get()
        assert config is not None  # noqa: S101 - just written
        return config

    def remove(self) -> None:
        """Remove the configuration; nothing happens when there is none."""
        self._db.run("DELETE FROM sso_config")

    def role_names(self) -> frozenset[str]:
        """Names of the roles that the configuration names."""
        config = self.get()
        return frozenset(_roles_named(_parse(config.text))) if config else frozenset()

    def default_role(self) -> str | None:
        """The default role that the configuration names, or `None`."""
        config = self.get()
        return str(_parse(config.text)["default_role"]) if config else None
