"""Users and their roles."""

from __future__ import annotations

import pytest
from local_registry.identity.errors import (
    InvalidInputError,
    MissingError,
    OperationFailedError,
)
from local_registry.state import State


@pytest.fixture
def state() -> State:
    state = State()
    for name in ("First", "Second", "Third"):
        state.roles.create_managed(name)
    state.users.create(name="ada", email="ada@example.com", role="First", extra_roles=["Second"])
    return state


def _problem(error: pytest.ExceptionInfo[InvalidInputError]) -> tuple[str | None, str]:
    return error.value.problems[0].path, error.value.problems[0].name


def test_a_user_has_an_active_role_and_extra_roles(state: State) -> None:
    user = state.users.get("ada")
    assert user is not None
    assert (user.role, user.extra_roles, user.roles) == ("First", ("Second",), ("First", "Second"))
    assert user.date_joined.tzinfo is not None


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"name": "ada"}, ("input.name", "Conflict")),
        ({"name": "no spaces"}, ("input.name", "Invalid")),
        ({"name": ""}, ("input.name", "Invalid")),
        ({"email": "ada@example.com"}, ("input.email", "Conflict")),
        ({"email": "ADA@Example.com"}, ("input.email", "Conflict")),
        ({"email": "nowhere"}, ("input.email", "Invalid")),
        ({"role": "Missing"}, ("input.role", "RoleDoesNotExist")),
        ({"extra_roles": ["Missing"]}, ("input.extraRoles", "RoleDoesNotExist")),
    ],
)
def test_an_invalid_user_is_refused_and_not_created(
    state: State, changes: dict[str, object], expected: tuple[str, str]
) -> None:
    fields: dict[str, object] = {"name": "bob", "email": "bob@example.com", "role": "First"}
    with pytest.raises(InvalidInputError) as error:
        state.users.create(**{**fields, **changes})  # type: ignore[arg-type]
    assert _problem(error) == expected
    assert [user.name for user in state.users.list()] == ["ada"]


def test_setting_roles_replaces_them_and_appending_keeps_them(state: State) -> None:
    assert state.users.set_role("ada", "Third").roles == ("Third",)
    assert state.users.set_role("ada", "First", ["Second"], append=True).roles == (
        "First",
        "Third",
        "Second",
    )
    assert state.users.add_roles("ada", ["Second", "Third"]).roles == ("First", "Third", "Second")


def test_removing_the_active_role_activates_the_fallback(state: State) -> None:
    assert state.users.remove_roles("ada", ["First"], "Third").roles == ("Third", "Second")
    assert state.users.remove_roles("ada", ["Third"]).roles == ("Second",)


def test_the_last_role_cannot_be_removed(state: State) -> None:
    with pytest.raises(InvalidInputError) as error:
        state.users.remove_roles("ada", ["First", "Second"])
    assert _problem(error) == ("roles", "NoRolesLeft")
    with pytest.raises(InvalidInputError) as error:
        state.users.remove_roles("ada", ["First"], "First")
    assert _problem(error) == ("fallback", "InvalidFallback")


def test_users_switch_only_among_their_own_roles(state: State) -> None:
    assert state.users.switch_role("ada", "Second").roles == ("Second", "First")
    with pytest.raises(InvalidInputError) as error:
        state.users.switch_role("ada", "Third")
    assert _problem(error) == ("roleName", "RoleNotAssigned")


def test_email_addresses_are_unique_and_checked(state: State) -> None:
    state.users.create(name="bob", email="bob@example.com", role="First")
    assert state.users.set_email("ada", "countess@example.com").email == "countess@example.com"
    with pytest.raises(OperationFailedError) as conflict:
        state.users.set_email("ada", "bob@example.com")
    assert conflict.value.name == "EmailAlreadyInUse"
    with pytest.raises(InvalidInputError) as invalid:
        state.users.set_email("ada", "x")
    assert _problem(invalid) == ("email", "InvalidEmail")


def test_users_cannot_delete_themselves_or_unknown_users(state: State) -> None:
    with pytest.raises(OperationFailedError) as error:
        state.users.delete("ada", by="ada")
    assert error.value.name == "DeleteSelf"
    with pytest.raises(MissingError):
        state.users.delete("bob", by="ada")
    state.users.delete("ada", by="root")
    assert state.users.list() == []
