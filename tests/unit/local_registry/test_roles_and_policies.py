"""Roles, policies and the bucket permissions that result from them."""

from __future__ import annotations

import pytest
from local_registry.identity.errors import (
    InvalidInputError,
    MemberError,
    MissingError,
    OperationFailedError,
)
from local_registry.identity.model import Level, Permission
from local_registry.state import State
from local_registry.state.buckets import Bucket

READ_A = Permission(bucket="a", level=Level.READ)
WRITE_A = Permission(bucket="a", level=Level.READ_WRITE)
SSO = "version: '1.0'\ndefault_role: R\nmappings:\n- schema: {}\n  roles: [S]\n"


@pytest.fixture
def state() -> State:
    state = State()
    for name in ("a", "b"):
        state.buckets.add(Bucket(name=name, title=name))
    return state


def test_the_highest_permission_of_all_policies_applies(state: State) -> None:
    reading = state.policies.create_managed("Reading", [READ_A])
    writing = state.policies.create_managed("Writing", [WRITE_A])
    role = state.roles.create_managed("Both", [reading.id, writing.id])
    assert state.roles.permissions(role.id) == [WRITE_A]
    assert state.roles.policy_ids(role.id) == [reading.id, writing.id]
    assert [(r.name, level) for r, level in state.roles.with_bucket("a")] == [
        ("Both", Level.READ_WRITE)
    ]
    assert [p.title for p, _ in state.policies.with_bucket("a")] == ["Reading", "Writing"]


def test_removing_a_bucket_removes_its_permissions(state: State) -> None:
    policy = state.policies.create_managed("Reading", [READ_A])
    role = state.roles.create_managed("R", [policy.id])
    state.buckets.remove("a")
    assert state.roles.permissions(role.id) == []
    assert state.policies.permissions(policy.id) == []


@pytest.mark.parametrize(
    ("name", "member"),
    [("R", "RoleNameExists"), ("admin", "RoleNameReserved"), ("no spaces", "RoleNameInvalid")],
)
def test_names_of_roles_are_checked(state: State, name: str, member: str) -> None:
    state.roles.create_managed("R")
    with pytest.raises(MemberError) as error:
        state.roles.create_managed(name)
    assert error.value.typename == member


def test_managed_and_unmanaged_roles_are_not_converted(state: State) -> None:
    managed = state.roles.create_managed("M")
    unmanaged = state.roles.create_unmanaged("U", "arn:aws:iam::000000000000:role/u")
    with pytest.raises(MemberError, match="RoleIsManaged"):
        state.roles.update_unmanaged(managed.id, "M2", "arn")
    with pytest.raises(MemberError, match="RoleIsUnmanaged"):
        state.roles.update_managed(unmanaged.id, "U2", [])
    with pytest.raises(InvalidInputError, match="Unmanaged"):
        state.policies.create_managed("P", [], [unmanaged.id])
    assert state.policies.list() == []


def test_a_role_in_use_is_not_deleted(state: State) -> None:
    role = state.roles.create_managed("R")
    default = state.roles.create_managed("D")
    state.roles.set_default(default.id)
    state.users.create(name="ada", email="a@example.com", role="R")
    for used in (role, default):
        with pytest.raises(MemberError, match="RoleAssigned"):
            state.roles.delete(used.id)
    with pytest.raises(MemberError, match="RoleDoesNotExist"):
        state.roles.delete("unknown")
    state.users.delete("ada")
    state.roles.delete(role.id)
    assert [each.name for each in state.roles.list()] == ["D"]


def test_roles_named_in_the_sso_configuration_cannot_be_renamed(state: State) -> None:
    role = state.roles.create_managed("R")
    other = state.roles.create_managed("S")
    state.sso.set(SSO, "someone")
    with pytest.raises(MemberError, match="RoleNameUsedBySsoConfig"):
        state.roles.update_managed(role.id, "R2", [])
    with pytest.raises(MemberError, match="RoleNameUsedBySsoConfig"):
        state.roles.delete(other.id)
    with pytest.raises(MemberError, match="SsoConfigConflict"):
        state.roles.set_default(other.id)
    state.sso.remove()
    assert state.roles.update_managed(role.id, "R2", []).name == "R2"


@pytest.mark.parametrize(
    "text",
    [
        "[",
        "just text",
        "version: '9'\ndefault_role: R",
        "version: '1.0'",
        "version: '1.0'\ndefault_role: Nobody",
        "version: '1.0'\ndefault_role: R\nmappings: 5",
        "version: '1.0'\ndefault_role: R\nmappings:\n- roles: [R]",
        "version: '1.0'\ndefault_role: R\nmappings:\n- schema: {}\n  roles: [Nobody]",
    ],
)
def test_an_invalid_sso_configuration_is_refused(state: State, text: str) -> None:
    state.roles.create_managed("R")
    with pytest.raises(InvalidInputError) as error:
        state.sso.set(text, "someone")
    assert error.value.problems[0].path == "config"
    assert state.sso.get() is None


def test_policy_errors_have_the_names_that_quilt3_expects(state: State) -> None:
    state.policies.create_managed("Title", [READ_A])
    arn = "arn:aws:iam::000000000000:policy/p"
    unmanaged = state.policies.create_unmanaged("Other", arn)
    for make, name in [
        (lambda: state.policies.create_managed("Title", []), "PolicyTitleConflict"),
        (lambda: state.policies.create_unmanaged("Third", arn), "PolicyArnConflict"),
        (lambda: state.policies.create_unmanaged("Third", "x"), "InvalidArn"),
        (lambda: state.policies.update_managed("no", "T", [], []), "PolicyDoesNotExist"),
        (lambda: state.policies.update_managed(unmanaged.id, "T", [], []), "PolicyIsUnmanaged"),
        (lambda: state.policies.create_managed("T", [READ_A, WRITE_A]), "Duplicate"),
    ]:
        with pytest.raises(InvalidInputError) as error:
            make()
        assert error.value.problems[0].name == name


def test_a_role_with_an_unknown_policy_is_not_created(state: State) -> None:
    with pytest.raises(MissingError):
        state.roles.create_managed("R", ["no"])
    assert state.roles.list() == []


def test_an_attached_policy_is_not_deleted(state: State) -> None:
    role = state.roles.create_managed("R")
    policy = state.policies.create_managed("P", [READ_A], [role.id])
    with pytest.raises(OperationFailedError) as error:
        state.policies.delete(policy.id)
    assert error.value.name == "PolicyAssigned"
    state.policies.update_managed(policy.id, "P", [READ_A], [])
    state.policies.delete(policy.id)
    assert state.roles.permissions(role.id) == []


def test_the_number_of_policies_in_a_role_is_limited(state: State) -> None:
    ids = [state.policies.create_managed(f"P{n}", []).id for n in range(21)]
    with pytest.raises(MemberError, match="RoleHasTooManyPoliciesToAttach"):
        state.roles.create_managed("R", ids)
    role = state.roles.create_managed("R", ids[:20])
    with pytest.raises(InvalidInputError) as error:
        state.policies.update_managed(ids[20], "P20", [], [role.id])
    assert error.value.problems[0].name == "RoleHasTooManyPoliciesToAttach"
