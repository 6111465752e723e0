"""The part of a plan about single sign-on: its new text, and the roles that the text names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from quilt_core.administration.changes import Change, FieldChange, Skipped
from quilt_core.administration.document import yaml_text
from quilt_core.administration.planning import Planning, field_change
from quilt_core.errors import ValidationError


def sso_changes(planning: Planning) -> Iterator[Change]:
    """A change of the configuration; the change shows the roles that it names, but not its text."""
    given = planning.file.given().get("sso")
    present = planning.state.sso
    if given is None:
        return
    if not given or (isinstance(given, str) and not given.strip()):
        planning.refuse(("sso",), "it is empty; write null for no configuration.")
        return
    wanted = given if isinstance(given, str) else yaml_text().dump(given)
    before, after = _read(present), _read(wanted)
    if wanted == present or (after is not None and before == after):
        return
    roles = _roles_in(after)
    for role in sorted(roles - planning.afterwards("roles")):
        planning.refuse(("sso",), f"it names the role {role!r}, and there is none.")
    yield Change(
        action="create" if present is None else "update",
        kind="sso",
        name="",
        fields=tuple(_fields(before, after)),
        operation="set_sso_config",
        arguments={"config": wanted},
        needs=planning.needs("role", "roles", sorted(roles)),
    )


def sso_removal(planning: Planning) -> Iterator[Change]:
    """The removal of the existing configuration, which only `--prune` allows."""
    given = planning.file.given()
    if "sso" not in given or given["sso"] is not None or planning.state.sso is None:
        return
    if not planning.prune:
        reason = "the configuration is removed only with --prune (prune=True)"
        planning.skipped.append(Skipped(kind="sso", name="", reason=reason))
        return
    yield Change(action="delete", kind="sso", name="", operation="remove_sso_config", arguments={})


def sso_afterwards(planning: Planning) -> str | dict[str, Any] | None:
    """The configuration after the plan."""
    given = planning.file.given()
    if "sso" not in given or (given["sso"] is None and not planning.prune):
        return planning.state.sso
    wanted: str | dict[str, Any] | None = given["sso"]
    return wanted


def roles_of(config: str | dict[str, Any] | None) -> set[str]:
    """The roles that a configuration names; none if it cannot be parsed."""
    return _roles_in(config if isinstance(config, dict) else _read(config))


def _roles_in(found: Any) -> set[str]:
    """Like `roles_of`, for the content of a configuration."""
    if not isinstance(found, dict):
        return set()
    mappings = found.get("mappings")
    each = mappings if isinstance(mappings, list) else []
    lists = [one.get("roles") for one in each if isinstance(one, dict)]
    names = [name for one in lists if isinstance(one, list) for name in one]
    return {name for name in [found.get("default_role"), *names] if isinstance(name, str)}


def _read(text: str | None) -> Any:
    """The content of a configuration; None if there is none or it cannot be parsed."""
    if text is None:
        return None
    try:
        return yaml_text().parse(text, "the configuration").value
    except ValidationError:
        return None  # the registry validates it


def _fields(before: Any, after: Any) -> Iterator[FieldChange]:
    one, other = _summary(before), _summary(after)
    for field in other:
        if one.get(field) != other[field]:
            yield field_change(field, one.get(field), other[field])


def _summary(config: Any) -> dict[str, Any]:
    """What is shown of a configuration: only the names of roles."""
    found = config if isinstance(config, dict) else {}
    mappings = found.get("mappings")
    each = [one for one in mappings if isinstance(one, dict)] if isinstance(mappings, list) else []
    default = found.get("default_role")
    return {
        "default_role": default if isinstance(default, str) else None,
        "roles": sorted(_roles_in(found)),
        "mappings": len(each),
        "mappings_to_administrators": sum(one.get("admin") is True for one in each),
    }
