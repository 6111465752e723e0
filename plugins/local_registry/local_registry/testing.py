"""pytest fixtures and helpers for tests against a local registry.

Name the module where pytest looks for plugins: ``pytest_plugins = ["local_registry.testing"]``, or
import the fixtures into a ``conftest.py``. Both registries have the demonstration's seed: buckets
`demo-data`, `demo-shared` and `demo-private`; users `admin`, `writer`, `reader` and `inactive`.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import suppress

import pytest

from local_registry.config import RegistryConfig
from local_registry.faults import Side
from local_registry.http.request_log import LoggedRequest
from local_registry.identity.errors import MemberError
from local_registry.identity.model import Level, Permission, User
from local_registry.seed.apply import make_bucket
from local_registry.seed.document import BucketSeed
from local_registry.server import LocalRegistry

__all__ = [
    "RequestCount",
    "add_bucket",
    "add_user",
    "forget",
    "local_registry",
    "shared_local_registry",
]


class RequestCount:
    """Counts the requests of one user from `start` on, which is independent of the
    machine's load.
    """

    def __init__(self, registry: LocalRegistry, user: str) -> None:
        self._registry = registry
        self._user = user
        self.start()

    def start(self) -> None:
        """Count from here."""
        self._before = len(self._of_user())

    def operations(self, side: Side = "any") -> list[str]:
        """The operations since then, in order: the name of a GraphQL or S3 operation, or the path
        of another endpoint.
        """
        new = self._of_user()[self._before :]
        return [one.operation for one in new if side in ("any", one.side)]

    def _of_user(self) -> list[LoggedRequest]:
        return [one for one in self._registry.log.requests() if one.identity == self._user]


@pytest.fixture
def local_registry() -> Iterator[LocalRegistry]:
    """A registry for one test, with the demonstration's seed and control endpoints."""
    with LocalRegistry(RegistryConfig(seed="demo", control=True)) as registry:
        yield registry


@pytest.fixture(scope="session")
def shared_local_registry() -> Iterator[LocalRegistry]:
    """One registry for all tests of a session (and worker). Do not change its faults and users;
    make your own buckets and users with `add_bucket` and `add_user`.
    """
    with LocalRegistry(RegistryConfig(seed="demo", control=True)) as registry:
        yield registry


def add_bucket(
    registry: LocalRegistry,
    name: str | None = None,
    *,
    versioning: bool = True,
    browsable: bool = True,
    workflows: dict[str, object] | None = None,
) -> str:
    """Make a bucket that the registry knows and that no user may use yet.

    Parameters
    ----------
    registry:
        The registry.
    name:
        The bucket's name; None makes up a new one.
    versioning:
        Whether objects keep their versions.
    browsable:
        Whether the catalog lets its users browse it.
    workflows:
        The document of `.quilt/workflows/config.yml`; None for none.

    Returns
    -------
    str
        The bucket's name.
    """
    chosen = name or f"test-{uuid.uuid4().hex[:12]}"
    seed = BucketSeed(name=chosen, versioning=versioning, browsable=browsable, workflows=workflows)
    make_bucket(registry.context, seed)
    return chosen


def add_user(
    registry: LocalRegistry,
    name: str | None = None,
    *,
    reads: Sequence[str] = (),
    writes: Sequence[str] = (),
    extra_roles: Sequence[str] = (),
    admin: bool = False,
) -> User:
    """Make a user with a new role.

    Parameters
    ----------
    registry:
        The registry.
    name:
        The user's name; None makes up a new one.
    reads, writes:
        Buckets that the role reads, and buckets that it reads and writes.
    extra_roles:
        Roles to which the user may switch, by name; missing ones are created without any rights.
    admin:
        Whether the user is an administrator.

    Returns
    -------
    User
        The user.

    Raises
    ------
    InvalidInputError
        For a name that is taken or a bucket that does not exist.
    """
    state = registry.context.state
    chosen = name or f"user_{uuid.uuid4().hex[:12]}"
    levels = {**dict.fromkeys(reads, Level.READ), **dict.fromkeys(writes, Level.READ_WRITE)}
    permissions = [Permission(bucket=bucket, level=level) for bucket, level in levels.items()]
    with state.database.transaction():
        policy = state.policies.create_managed(f"Policy of {chosen}", permissions)
        role = state.roles.create_managed(f"Role-{chosen}", [policy.id])
        known = {one.name for one in state.roles.list()}
        for extra in extra_roles:
            if extra not in known:
                state.roles.create_managed(extra, [])
        return state.users.create(
            name=chosen,
            email=f"{chosen}@example.com",
            role=role.name,
            extra_roles=extra_roles,
            is_admin=admin,
        )


def forget(
    registry: LocalRegistry, *, users: Sequence[str] = (), buckets: Sequence[str] = ()
) -> None:
    """Remove what `add_user` and `add_bucket` made, so that a shared registry does not grow.

    A user's role and policy are removed as well, unless other users have them. Names that no longer
    exist are ignored, and objects stay in S3.
    """
    state = registry.context.state
    for name in users:
        if state.users.get(name) is not None:
            state.users.delete(name)
    for name in users:
        role = state.roles.find(f"Role-{name}")
        if role is not None:
            with suppress(MemberError):  # another user has it, or it is the default
                state.roles.delete(role.id)
        policy = state.policies.find(f"Policy of {name}")
        if policy is not None and not state.policies.role_ids(policy.id):
            state.policies.delete(policy.id)
    for name in buckets:
        if state.buckets.get(name) is not None:
            state.buckets.remove(name)
