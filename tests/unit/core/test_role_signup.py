"""A role's signup as given by the caller: it is checked, and no message shows its access code."""

from __future__ import annotations

from typing import Any

import pytest

from quilt_core import KEEP, RoleSignup, ValidationError
from quilt_core.ops.admin.roles import RoleOps


class Roles(RoleOps):
    """The facade's role operations, over a dispatcher that records the calls."""

    def __init__(self) -> None:
        self.arguments: dict[str, Any] = {}
        self._dispatch: Any = self

    def call(self, operation: str, expected: type, /, **arguments: Any) -> None:
        self.arguments = arguments


@pytest.mark.parametrize(
    "signup",
    [
        RoleSignup(page="", access_code="open-sesame"),
        RoleSignup(page="join", access_code="  "),
        {"page": "join", "access_code": "open-sesame"},
    ],
)
def test_an_invalid_signup_is_refused_without_showing_its_code(signup: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        Roles().create_role("New", policies=[], signup=signup)
    assert "open-sesame" not in f"{caught.value} {caught.value!r}"


def test_an_omitted_signup_is_kept_and_none_removes_it() -> None:
    roles = Roles()
    roles.update_role("R", name="S")
    assert (roles.arguments["default_bucket"], roles.arguments["signup"]) == (KEEP, KEEP)
    roles.update_role("R", default_bucket=None)
    assert (roles.arguments["default_bucket"], roles.arguments["signup"]) == (None, KEEP)
    with pytest.raises(ValidationError, match="nothing to update"):
        roles.update_role("R")
