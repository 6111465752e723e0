"""The single-sign-on configuration: YAML that maps claims to roles."""

from __future__ import annotations

from typing import Any

import yaml

from local_registry.clock import Clock, to_datetime
from local_registry.identity.errors import InvalidInputError
from local_registry.identity.model import SsoConfig
from local_registry.state.database import Database

_VERSIONS = ("1.0", "1.1")


def _fail(message: str) -> InvalidInputError:
    return InvalidInputError.at("config", "InvalidConfig", message)


def _parse(text: str) -> dict[str, Any]:
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise _fail(f"Not YAML: {str(error).splitlines()[0]}") from error
    if not isinstance(document, dict):
        raise _fail("The configuration is a mapping with `version`, `default_role`, `mappings`")
    return document


def _mapping_roles(mapping: object) -> list[str]:
    if not isinstance(mapping, dict) or not isinstance(mapping.get("schema"), dict):
        raise _fail("A mapping has a `schema` and `roles`")
    roles = mapping.get("roles", [mapping["role"]] if "role" in mapping else [])
    if not isinstance(roles, list) or not roles or not all(isinstance(r, str) for r in roles):
        raise _fail("`roles` of a mapping is a list of names of roles")
    return roles


def _roles_named(document: dict[str, Any]) -> list[str]:
    if str(document.get("version")) not in _VERSIONS:
        raise _fail(f"`version` is one of {', '.join(_VERSIONS)}")
    default, mappings = document.get("default_role"), document.get("mappings", [])
    if not isinstance(default, str):
        raise _fail("`default_role` is the name of a role")
    if not isinstance(mappings, list):
        raise _fail("`mappings` is a list")
    return [default, *(role for mapping in mappings for role in _mapping_roles(mapping))]


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
        for name in _roles_named(_parse(text)):
            if not self._db.one("SELECT 1 FROM roles WHERE name = ?", name):
                raise _fail(f"There is no role {name!r}")
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
