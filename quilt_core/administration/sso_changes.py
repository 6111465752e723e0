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
    if planning.removes_sso:
        yield Change(
            action="delete", kind="sso", name="", operation="remove_sso_config", arguments={}
        )
    elif planning.file.sso is None and planning.state.sso is not None:
        reason = "the configuration is removed only with --prune (prune=True)"
        planning.skipped.append(Skipped(kind="sso", name="", reason=reason))


def sso_roles(planning: Planning) -> set[str]:
    """The roles that the configuration names after the plan; none if it cannot be parsed."""
    return _roles_in(_afterwards(planning))


def sso_default_role(planning: Planning) -> str | None:
    """The default role that the configuration determines after the plan; None if it names none."""
    found = _afterwards(planning)
    default = found.get("default_role") if isinstance(found, dict) else None
    return default if isinstance(default, str) else None


def _afterwards(planning: Planning) -> Any:
    """The content of the configuration after the plan."""
    if planning.removes_sso:
        return None
    config = planning.file.given().get("sso") or planning.state.sso
    return config if isinstance(config, dict) else _read(config)


def _roles_in(found: Any) -> set[str]:
    """The roles that the content of a configuration names."""
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
