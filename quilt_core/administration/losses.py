"""The users who will have fewer rights than now, by name, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from quilt_core.administration.changes import Loss
from quilt_core.administration.planning import Planning
from quilt_core.administration.state import State
from quilt_core.administration.user_changes import roles_afterwards

_READ, _WRITE, _OPAQUE = 1, 2, 3


@attrs.frozen(kw_only=True)
class _Person:
    admin: bool
    active: bool
    roles: frozenset[str]


@attrs.frozen(kw_only=True)
class _Rights:
    """Users, and the rights of each role: levels by bucket, and policies and roles whose rights
    only AWS knows.
    """

    people: Mapping[str, _Person]
    roles: Mapping[str, Mapping[str, int]]

    def of(self, person: _Person) -> dict[str, int]:
        """The highest rights that any of a user's roles gives."""
        return _best_of(person.roles, self.roles)


def losses(planning: Planning) -> Iterator[Loss]:
    """The users who lose access or administrator rights, also through a role, a policy or
    a bucket.
    """
    before, after = _now(planning), _afterwards(planning)
    for name in sorted(before.people):
        reasons = list(_reasons(before, after, name))
        if reasons:
            yield Loss(user=name, reasons=tuple(reasons))


def check_administrators(planning: Planning) -> None:
    """Refuse a file that removes the rights of its own user or of the last administrator."""
    before, after = _now(planning).people, _afterwards(planning).people
    me = planning.state.me
    if me is not None and me in before:
        own = planning.listed("users").get(me)
        given = own.given() if own else {}
        for field, words in (
            ("admin", "no longer be an administrator"),
            ("active", "be locked out"),
        ):
            if getattr(before[me], field) and not getattr(after[me], field) and field in given:
                planning.refuse(
                    ("users", me, field),
                    f"this is you, and you would {words}; another administrator must do this.",
                )
    elif not any(person.admin and person.active for person in after.values()):
        planning.refuse(("users",), "no administrator could log in any more.")


def _reasons(before: _Rights, after: _Rights, name: str) -> Iterator[str]:
    old, new = before.people[name], after.people[name]
    if not old.active:
        return
    if not new.active:
        yield "may no longer log in"
        return
    if old.admin and not new.admin:
        yield "is no longer an administrator"
    for role in sorted(old.roles - new.roles):
        yield f"loses the role {role!r}"
    present, left = before.of(old), after.of(new)
    for subject in sorted(present):
        if left.get(subject, 0) < present[subject]:
            yield f"can only read {subject}" if subject in left else f"loses {subject}"


def _now(planning: Planning) -> _Rights:
    state = planning.state
    policies = _policies(state)
    return _Rights(
        people={
            user.name: _Person(
                admin=user.is_admin,
                active=user.is_active,
                roles=frozenset(filter(None, (user.role, *user.extra_roles))),
            )
            for user in state.users.values()
        },
        roles={
            name: _best_of(state.titles(role), policies) if role.managed else _arn("role", role.arn)
            for name, role in state.roles.items()
        },
    )


def _afterwards(planning: Planning) -> _Rights:
    now, state = _now(planning), planning.state
    buckets = planning.afterwards("buckets")
    policies = _policies(state)
    for title, entry in planning.listed("policies").items():
        given = entry.given()
        if given:
            policies[title] = _policy(given.get("permissions", given.get("arn")))
    gone = {f"the bucket {name!r}" for name in state.buckets.keys() - buckets}
    titles = {name: state.titles(role) for name, role in state.roles.items() if role.managed}
    roles = dict(now.roles)
    roles |= {name: _best_of(found, policies) for name, found in titles.items()}
    for name, entry in planning.listed("roles").items():
        given = entry.given()
        if "arn" in given:
            roles[name] = _arn("role", given["arn"])
        elif "policies" in given:
            roles[name] = _best_of(given["policies"], policies)
    for name in planning.unlisted("roles") if planning.prune else ():
        del roles[name]
    kept = {
        name: {subject: level for subject, level in rights.items() if subject not in gone}
        for name, rights in roles.items()
    }
    return _Rights(people=_people(planning, now.people), roles=kept)


def _people(planning: Planning, now: Mapping[str, _Person]) -> dict[str, _Person]:
    people = dict(now)
    for name, entry in planning.listed("users").items():
        user = planning.state.users.get(name)
        if user is not None:
            given = entry.given()
            active, extra = roles_afterwards(user, given)
            people[name] = _Person(
                admin=given.get("admin", user.is_admin),
                active=given.get("active", user.is_active),
                roles=frozenset(filter(None, (active, *extra))),
            )
    return people


def _policies(state: State) -> dict[str, Mapping[str, int]]:
    return {
        title: _policy(
            {one.bucket: one.level.value for one in policy.permissions}
            if policy.managed
            else policy.arn
        )
        for title, policy in state.policies.items()
    }


def _policy(content: Any) -> dict[str, int]:
    """The rights that a policy gives: its permissions or, for an ARN, rights that only
    AWS knows.
    """
    if isinstance(content, str) or content is None:
        return _arn("policy", str(content))
    levels = {"READ": _READ, "READ_WRITE": _WRITE}
    return {f"the bucket {bucket!r}": levels[level] for bucket, level in content.items()}


def _best_of(names: Iterable[str], rights: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    """The highest level, by subject, that any of the given roles or policies gives."""
    best: dict[str, int] = {}
    for name in names:
        for subject, level in rights.get(name, {}).items():
            best[subject] = max(level, best.get(subject, 0))
    return best


def _arn(what: str, arn: str) -> dict[str, int]:
    return {f"what the AWS {what} {arn} gives": _OPAQUE}
