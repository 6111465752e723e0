"""The part of a plan about policies, roles and the default role."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from quilt_core.administration.changes import Change, FieldChange
from quilt_core.administration.planning import Planning, field_change, in_order_of_release
from quilt_core.administration.schema import PolicyEntry, RoleEntry, SignupEntry
from quilt_core.administration.sso_changes import sso_default_role
from quilt_core.domain.admin import (
    BucketPermission,
    BucketPermissionLevel,
    Policy,
    Role,
    RoleSignup,
)


def policy_changes(planning: Planning) -> Iterator[Change]:
    """The policies to create, and those that change."""
    for title, entry in planning.listed("policies").items():
        given = entry.given()
        present = planning.state.policies.get(title)
        if present is None:
            if not given:
                planning.refuse(("policies", title), "it is new and needs 'permissions' or 'arn'.")
            before: dict[str, Any] = {}
        else:
            _check_kind(planning, "policies", title, present, "permissions", given)
            before = {"permissions": _levels(present), "arn": present.arn}
        changed = {field: value for field, value in given.items() if before.get(field) != value}
        if not given or (present is not None and not changed):
            continue
        _check_buckets(planning, title, changed.get("permissions", {}))
        yield _policy_change(planning, title, entry, before, present)


def _policy_change(
    planning: Planning,
    title: str,
    entry: PolicyEntry,
    before: dict[str, Any],
    present: Policy | None,
) -> Change:
    given = entry.given()
    arguments: dict[str, Any] = dict(given)
    buckets = given.get("permissions", {})
    if "permissions" in given:
        arguments["permissions"] = tuple(
            BucketPermission(bucket=bucket, level=BucketPermissionLevel(buckets[bucket]))
            for bucket in sorted(buckets)
        )
    own = {"title": title} if present is None else {"policy_id": present.id}
    return Change(
        action="create" if present is None else "update",
        kind="policy",
        name=title,
        fields=tuple(field_change(field, before.get(field), given[field]) for field in given),
        operation="create_policy" if present is None else "update_policy",
        arguments={**own, **arguments},
        needs=planning.needs("bucket", "buckets", buckets),
    )


def _levels(policy: Policy) -> dict[str, str]:
    return {one.bucket: one.level.value for one in policy.permissions}


def _check_buckets(planning: Planning, title: str, permissions: dict[str, str]) -> None:
    buckets = planning.afterwards("buckets")
    for bucket in permissions:
        if bucket not in buckets:
            planning.refuse(
                ("policies", title, "permissions", bucket), "the catalog has no such bucket."
            )


def _check_kind(
    planning: Planning,
    section: str,
    name: str,
    present: Policy | Role,
    managed: str,
    given: dict[str, Any],
) -> None:
    """Refuse fields of the other kind: a managed policy or role cannot become unmanaged, or the
    other way round.
    """
    if present.managed and "arn" in given:
        planning.refuse((section, name, "arn"), f"it is managed: it has {managed!r} and no ARN.")
    if not present.managed and managed in given:
        planning.refuse(
            (section, name, managed), f"it is unmanaged: it has an ARN and no {managed}."
        )


def role_changes(planning: Planning) -> Iterator[Change]:
    """The roles to create, and those that change."""
    _check_pages(planning)
    yield from in_order_of_release(
        planning,
        _role_changes(planning),
        lambda field, value: value["page"] if field.field == "signup" and value else None,
        lambda change: ("roles", change.name, "signup", "page"),
    )


def _role_changes(planning: Planning) -> Iterator[Change]:
    for name, entry in planning.listed("roles").items():
        given = entry.given()
        present = planning.state.roles.get(name)
        if present is None:
            planning.check_spelling("roles", name)
            if not {"policies", "arn"} & given.keys():
                planning.refuse(("roles", name), "it is new and needs 'policies' or 'arn'.")
                continue
        else:
            _check_kind(planning, "roles", name, present, "policies", given)
        _check_policies(planning, name, entry, present)
        wanted = {**given}
        if "policies" in given:
            wanted["policies"] = tuple(sorted(given["policies"]))
        if given.get("signup") is not None:
            wanted["signup"] = _signup(planning, name, given["signup"], present)
        before = _before(planning, present)
        changed = {field: value for field, value in wanted.items() if before.get(field) != value}
        if present is not None and not changed:
            continue
        _check_details(planning, name, changed)
        own = {"name": name} if present is None else {"id_or_name": present.id}
        yield Change(
            action="create" if present is None else "update",
            kind="role",
            name=name,
            fields=tuple(_fields(before, changed)),
            operation="create_role" if present is None else "update_role",
            arguments={**own, **changed},
            needs=(
                *planning.needs("policy", "policies", changed.get("policies", ())),
                *planning.needs("bucket", "buckets", (changed.get("default_bucket"),)),
            ),
        )


def _before(planning: Planning, role: Role | None) -> dict[str, Any]:
    if role is None:
        return {}
    return {
        "policies": planning.state.titles(role),
        "arn": role.arn,
        "default_bucket": role.default_bucket,
        "signup": role.signup,
    }


def _fields(before: dict[str, Any], changed: dict[str, Any]) -> Iterator[FieldChange]:
    for field, value in changed.items():
        old = before.get(field)
        yield field_change(field, old, value)
        if isinstance(value, RoleSignup) and value.access_code != getattr(old, "access_code", None):
            yield FieldChange(field="signup.access_code", after="(secret)")


def _check_policies(planning: Planning, name: str, entry: RoleEntry, present: Role | None) -> None:
    known = set(planning.afterwards("policies"))
    if present is not None and not planning.prune:
        known.update(planning.state.titles(present))
    titles = entry.given().get("policies", [])
    planning.check_names("policy", ("roles", name, "policies"), titles, known)


def _check_details(planning: Planning, name: str, changed: dict[str, Any]) -> None:
    """Refuse a default bucket that does not exist, and details that the registry does not
    support.
    """
    given = [field for field in ("default_bucket", "signup") if changed.get(field) is not None]
    bucket = changed.get("default_bucket")
    if given and not all(role.has_details for role in planning.state.roles.values()):
        for field in given:
            planning.refuse(
                ("roles", name, field),
                "this registry's roles have no default bucket and no signup (2026-11).",
            )
    elif bucket is not None and bucket not in planning.afterwards("buckets"):
        planning.refuse(("roles", name, "default_bucket"), f"the catalog has no bucket {bucket!r}.")


def _check_pages(planning: Planning) -> None:
    """Refuse a signup page that two roles would share."""
    owners: dict[str, str] = {}
    listed = planning.listed("roles")
    for name, role in planning.state.roles.items():
        changes = name in listed and "signup" in listed[name].given()
        if role.signup is not None and not changes and name in planning.afterwards("roles"):
            owners[role.signup.page] = name
    for name, entry in listed.items():
        signup = entry.given().get("signup")
        if signup is not None and owners.setdefault(signup.page, name) != name:
            planning.refuse(
                ("roles", name, "signup", "page"),
                f"the role {owners[signup.page]!r} has the page {signup.page!r}.",
            )


def _signup(
    planning: Planning, name: str, entry: SignupEntry, present: Role | None
) -> RoleSignup | None:
    """The signup that the file asks for; without an access code, None, and a problem is
    recorded.
    """
    path, given = ("roles", name, "signup"), entry.given()
    old = None if present is None else present.signup
    code = given.get("access_code", None if old is None else old.access_code)
    variable = given.get("access_code_variable")
    if variable is not None:
        code = planning.environ.get(variable)
    if not (code and code.strip()):
        what = (
            f"the environment variable {variable!r} is not set or empty."
            if variable is not None
            else "the access code is empty."
            if "access_code" in given
            else "a new signup needs 'access_code' or 'access_code_variable'."
        )
        planning.refuse(path, what)
        return old
    return RoleSignup(
        page=entry.page, access_code=code, title=entry.title, description=entry.description
    )


def default_role_changes(planning: Planning) -> Iterator[Change]:
    """A change of the default role."""
    wanted = planning.file.given().get("default_role")
    if wanted is None or wanted == planning.state.default_role:
        return
    if wanted not in planning.afterwards("roles"):
        planning.refuse(("default_role",), f"there is no role {wanted!r}.")
        return
    decided = sso_default_role(planning)
    if decided not in (None, wanted):
        planning.refuse(
            ("default_role",),
            f"the configuration of single sign-on determines it, and names {decided!r}.",
        )
        return
    present = planning.state.roles.get(wanted)
    yield Change(
        action="update",
        kind="default role",
        name=wanted,
        fields=(field_change("default_role", planning.state.default_role, wanted),),
        operation="set_default_role",
        arguments={"id_or_name": wanted if present is None else present.id},
        needs=(*planning.needs("role", "roles", (wanted,)), ("sso", "")),
    )
