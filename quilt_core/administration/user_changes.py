"""The part of a plan about users: one change per operation, so that each has its own outcome."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from quilt_core.administration.changes import Change, Key, Skipped
from quilt_core.administration.planning import Planning, field_change, in_order_of_release
from quilt_core.domain.admin import User


def user_changes(planning: Planning) -> Iterator[Change]:
    """The users to create, and those who change; no user is deleted."""
    _check_addresses(planning)
    yield from in_order_of_release(
        planning,
        _changes(planning),
        lambda field, value: value if field.field == "email" else None,
        lambda change: ("users", change.name, "email"),
    )


def _changes(planning: Planning) -> Iterator[Change]:
    for name, entry in planning.listed("users").items():
        given = entry.given()
        _check_roles(planning, name, given)
        present = planning.state.users.get(name)
        if present is not None:
            yield from _update(planning, present, given)
        else:
            planning.check_spelling("users", name)
            yield from _creation(planning, name, given)


def _creation(planning: Planning, name: str, given: dict[str, Any]) -> Iterator[Change]:
    missing = [field for field in ("email", "role") if not str(given.get(field) or "").strip()]
    for field in missing:
        planning.refuse(("users", name), f"there is no such user, and a new one needs {field!r}.")
    if missing:
        return
    if not planning.invite:
        reason = "there is no such user, and users are created only with --invite (invite=True)"
        planning.skipped.append(Skipped(kind="user", name=name, reason=reason))
        return
    extra = _extra(given.get("extra_roles", ()), given["role"])
    arguments = {
        "name": name,
        "email": given["email"],
        "role": given["role"],
        "extra_roles": extra,
    }
    told = ("email", "role", *(("extra_roles",) if extra else ()))
    yield Change(
        action="create",
        kind="user",
        name=name,
        fields=tuple(field_change(field, None, arguments[field]) for field in told),
        operation="create_user",
        arguments=arguments,
        needs=planning.needs("role", "roles", (given["role"], *extra)),
    )
    made: tuple[Key, ...] = (("user", name),)
    if given.get("admin"):
        yield _flag(name, "admin", False, True, made)
    if given.get("active") is False:
        yield _flag(name, "active", True, False, made)


def _update(planning: Planning, present: User, given: dict[str, Any]) -> Iterator[Change]:
    name = present.name
    email = given.get("email", present.email)
    if email != present.email:
        yield Change(
            action="update",
            kind="user",
            name=name,
            fields=(field_change("email", present.email, email),),
            operation="set_user_email",
            arguments={"name": name, "email": email},
        )
    yield from _roles(planning, present, given)
    for field, before in (("admin", present.is_admin), ("active", present.is_active)):
        after = given.get(field, before)
        if after != before:
            yield _flag(name, field, before, after, ())


def _roles(planning: Planning, present: User, given: dict[str, Any]) -> Iterator[Change]:
    role, extra = roles_afterwards(present, given)
    fields = []
    if role != present.role:
        fields.append(field_change("role", present.role, role))
    if set(extra) != set(present.extra_roles):
        fields.append(field_change("extra_roles", present.extra_roles, extra))
    if not fields:
        return
    if role is None:
        planning.refuse(("users", present.name), "the user has no role yet: give 'role', too.")
        return
    yield Change(
        action="update",
        kind="user",
        name=present.name,
        fields=tuple(fields),
        operation="set_user_role",
        arguments={"name": present.name, "role": role, "extra_roles": extra},
        needs=planning.needs("role", "roles", (role, *extra)),
    )


def roles_afterwards(present: User, given: dict[str, Any]) -> tuple[str | None, tuple[str, ...]]:
    """The active role and the others that a user will have."""
    role = given.get("role", present.role)
    return role, _extra(given.get("extra_roles", present.extra_roles), role)


def _extra(names: Any, role: str | None) -> tuple[str, ...]:
    return tuple(sorted({*names} - {role}))


def _flag(name: str, field: str, before: bool, after: bool, needs: tuple[Key, ...]) -> Change:
    return Change(
        action="update",
        kind="user",
        name=name,
        fields=(field_change(field, before, after),),
        operation=f"set_user_{field}",
        arguments={"name": name, field: after},
        needs=needs,
    )


def _check_roles(planning: Planning, name: str, given: dict[str, Any]) -> None:
    known = planning.afterwards("roles")
    if "role" in given and given["role"] not in known:
        planning.refuse(("users", name, "role"), f"there is no role {given['role']!r}.")
    extra = given.get("extra_roles", [])
    planning.check_names("role", ("users", name, "extra_roles"), extra, known)


def _check_addresses(planning: Planning) -> None:
    """Refuse an address that two users would have, ignoring upper and lower case."""
    owners: dict[str, str] = {}
    listed = planning.listed("users")
    for name, user in planning.state.users.items():
        if name not in listed or "email" not in listed[name].given():
            owners.setdefault(user.email.casefold(), name)
    for name, entry in listed.items():
        email = entry.given().get("email")
        if email is None:
            continue
        present = planning.state.users.get(name)
        owner = owners.setdefault(email.casefold(), name)
        if owner != name and (present is None or present.email != email):
            planning.refuse(
                ("users", name, "email"), f"the user {owner!r} has the address {email!r}."
            )
