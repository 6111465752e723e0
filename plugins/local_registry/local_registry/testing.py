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
from local_registry.identity.errors import MemberError
from local_registry.identity.model import Level, Permission, User
from local_registry.seed.apply import make_bucket
from local_registry.seed.document import BucketSeed
from local_registry.server import LocalRegistry

__all__ = ["add_bucket", "add_user", "forget", "local_registry", "shared_local_registry"]


@pytest.fixture
def local_registry() -> Iterator[LocalRegistry]:
    """A registry of the test's own, with the demonstration's seed and control endpoints."""
    with LocalRegistry(RegistryConfig(seed="demo", control=True)) as registry:
        yield registry


@pytest.fixture(scope="session")
def shared_local_registry() -> Iterator[LocalRegistry]:
    """One registry for all tests of a session (and worker); leave faults and users as they are,
    and make buckets and users of your own with `add_bucket` and `add_user`."""
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
    """Make a bucket that the registry knows and nobody may use yet; its (new) name.

    `workflows` is the document of `.quilt/workflows/config.yml`.
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
    """Make a user with a role of its own that reads and writes these buckets.

    `extra_roles` names roles to which the user may switch; one that is not there is made, without
    any rights.

    Raises `InvalidInputError` for a name that is taken or a bucket that is not there.
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

    Of a user the role and the policy go as well, unless others have them. What is gone already is
    no error, and objects stay in S3.
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
