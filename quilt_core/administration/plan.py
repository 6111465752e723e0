"""The plan: the changes after which a catalog matches a file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping

from quilt_core.administration.bucket_changes import bucket_changes
from quilt_core.administration.changes import Change, Plan
from quilt_core.administration.deletions import deletions
from quilt_core.administration.document import Document
from quilt_core.administration.losses import check_administrators, losses
from quilt_core.administration.planning import Planning
from quilt_core.administration.role_changes import (
    default_role_changes,
    policy_changes,
    role_changes,
)
from quilt_core.administration.schema import SECTIONS
from quilt_core.administration.sso_changes import sso_changes, sso_removal
from quilt_core.administration.state import State
from quilt_core.administration.user_changes import user_changes
from quilt_core.domain.admin import RoleSignup
from quilt_core.errors import ValidationError
from quilt_core.secret import Secret

MAX_INVITES = 10
"""The maximum number of users that are created unless more are allowed."""


def make_plan(
    state: State,
    document: Document,
    *,
    prune: bool = False,
    invite: bool = False,
    max_invites: int = MAX_INVITES,
    environ: Mapping[str, str] | None = None,
) -> Plan:
    """Compare a file with the state of a catalog; nothing is read or written.

    The changes are in an order in which they can be made: buckets, policies, roles, single sign-on,
    the default role, users, and finally deletions.

    Parameters
    ----------
    state:
        From `read_state`.
    document:
        From `parse_document` or `read_document`.
    prune:
        In the sections that the file has, delete the buckets, policies and roles that it does not
        name; delete the configuration of single sign-on if the file says null. Users are never
        deleted.
    invite:
        Create the users who do not exist yet; each of them gets an email.
    max_invites:
        The maximum number of users that `invite` may create.
    environ:
        The mapping in which `access_code_variable` is looked up; the process's environment by
        default.

    Returns
    -------
    Plan
        The plan; it is empty if the catalog matches the file.

    Raises
    ------
    ValidationError
        When the file cannot be applied to this state: the error names everything that does not
        exist, cannot change or would still be in use, each with its place and line. Also when the
        user who applies it would no longer be an administrator, and for more than `max_invites` new
        users.
    """
    planning = Planning(
        state=state,
        file=document.file,
        prune=prune,
        invite=invite,
        environ=os.environ if environ is None else environ,
    )
    changes = (
        *bucket_changes(planning),
        *policy_changes(planning),
        *role_changes(planning),
        *sso_changes(planning),
        *(() if planning.removes_sso else default_role_changes(planning)),
        *user_changes(planning),
        *sso_removal(planning),
        # While single sign-on is configured, it determines the default role.
        *(default_role_changes(planning) if planning.removes_sso else ()),
        *deletions(planning),
    )
    check_administrators(planning)
    if planning.problems:
        raise document.refuse(planning.problems)
    new = sum(change.operation == "create_user" for change in changes)
    if new > max_invites:
        raise ValidationError(
            f"{new} users are new, but only {max_invites} may be invited.",
            hint="Allow more with --max-invites (max_invites=…): each of them gets mail.",
        )
    unlisted = {} if prune else _unlisted(planning, "buckets", "policies", "roles")
    return Plan(
        changes=changes,
        losses=tuple(losses(planning)),
        skipped=tuple(planning.skipped),
        unlisted={**unlisted, **_unlisted(planning, "users")},
        untouched=tuple(section for section in SECTIONS if not planning.has(section)),
        policy_ids={title: policy.id for title, policy in state.policies.items()},
        secrets=tuple(Secret(code) for code in _codes(changes)),
    )


def _codes(changes: Iterable[Change]) -> Iterator[str]:
    for change in changes:
        signup = change.arguments.get("signup")
        if isinstance(signup, RoleSignup):
            yield signup.access_code


def _unlisted(planning: Planning, *sections: str) -> dict[str, tuple[str, ...]]:
    found = {section: tuple(sorted(planning.unlisted(section))) for section in sections}
    return {section: names for section, names in found.items() if names}
