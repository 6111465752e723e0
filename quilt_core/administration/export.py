"""Write the state of a catalog as a file that, when applied, changes nothing."""

from __future__ import annotations

from typing import Any

import attrs

from quilt_core.administration.document import yaml_text
from quilt_core.administration.schema import VERSION
from quilt_core.administration.state import State
from quilt_core.domain.admin import BucketConfig, BucketSettings, Policy, Role, User
from quilt_core.domain.base import to_plain

_HEAD = """\
# A catalog's administration, as `quiltops admin export` wrote it; `quiltops admin apply` takes it.
# Access codes of signup pages are secrets and not in it: where they are left out, they stay.
"""


def export_data(state: State) -> dict[str, Any]:
    """The state as the content of a file, as plain JSON types; access codes are left out.

    `make_document` accepts it, and the resulting plan for the same state is empty.
    """
    data: dict[str, Any] = {
        "version": VERSION,
        "buckets": {name: _bucket(bucket) for name, bucket in sorted(state.buckets.items())},
        "policies": {title: _policy(policy) for title, policy in sorted(state.policies.items())},
        "roles": {name: _role(state, role) for name, role in sorted(state.roles.items())},
    }
    if state.default_role is not None:
        data["default_role"] = state.default_role
    # Blank values cannot be set and would be refused.
    if state.sso is None or state.sso.strip():
        data["sso"] = state.sso
    data["users"] = {name: _user(user) for name, user in sorted(state.users.items())}
    return data


def export_text(state: State, *, ascii_only: bool = False) -> str:
    """The state as the YAML text of a file; `PluginError` when PyYAML is not installed."""
    text: str = yaml_text().dump(export_data(state), ascii_only=ascii_only)
    return _HEAD + text


def _bucket(bucket: BucketConfig) -> dict[str, Any]:
    values = {
        field.name: to_plain(getattr(bucket, field.name)) for field in attrs.fields(BucketSettings)
    }
    # Registries that have no prefixes refuse them.
    return {
        name: value
        for name, value in values.items()
        if value is not None and not (name == "prefixes" and not value)
    }


def _policy(policy: Policy) -> dict[str, Any]:
    if not policy.managed:
        return {"arn": policy.arn}
    return {"permissions": {one.bucket: one.level.value for one in policy.permissions}}


def _role(state: State, role: Role) -> dict[str, Any]:
    data: dict[str, Any] = (
        {"policies": list(state.titles(role))} if role.managed else {"arn": role.arn}
    )
    if role.has_details:
        data["default_bucket"] = role.default_bucket
        data["signup"] = None if role.signup is None else role.signup.to_dict()
    return data


def _user(user: User) -> dict[str, Any]:
    data: dict[str, Any] = {"email": user.email}
    if user.role is not None:
        data["role"] = user.role
    return {
        **data,
        "extra_roles": list(user.extra_roles),
        "admin": user.is_admin,
        "active": user.is_active,
    }
