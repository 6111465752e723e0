"""The exceptions of the registry's stores; each class defines its form for a client.

`UnauthorizedError` and `ForbiddenError` become HTTP 401 and 403. The others become members of
GraphQL unions: `InvalidInputError` the member `InvalidInput`, `OperationFailedError` the member
`OperationError`, `MemberError` the empty member that it names (docs/protocol.md, K.1, K.2).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import attrs

MemberName = Literal[
    "BucketAlreadyAdded",
    "BucketDoesNotExist",
    "BucketFileExtensionsToIndexInvalid",
    "BucketIndexContentBytesInvalid",
    "BucketNotFound",
    "RoleAssigned",
    "RoleDoesNotExist",
    "RoleHasTooManyPoliciesToAttach",
    "RoleIsManaged",
    "RoleIsUnmanaged",
    "RoleNameExists",
    "RoleNameInvalid",
    "RoleNameReserved",
    "RoleNameUsedBySsoConfig",
    "RoleSignupPageConflict",
    "SnsInvalid",
    "SsoConfigConflict",
]


class RegistryError(Exception):
    """The base class of all refusals; `str()` can be sent to a client."""


class UnauthorizedError(RegistryError):
    """No identity, or a token that is wrong, expired or revoked: HTTP 401."""


class ForbiddenError(RegistryError):
    """A user without the right: inactive, or not an administrator: HTTP 403."""


class TooManyAttemptsError(RegistryError):
    """Too many wrong passwords: HTTP 429; the next may be tried after `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Too many login attempts: try again in {seconds} seconds")
        self.seconds = seconds


class MissingError(RegistryError):
    """A user, role, policy, bucket or key that a store does not have: a null field in GraphQL."""


@attrs.frozen(kw_only=True)
class InputProblem:
    """One entry of `InvalidInput.errors`: the dotted argument path, a name, a message."""

    path: str | None
    name: str
    message: str
    context: Mapping[str, object] | None = None


class InvalidInputError(RegistryError):
    """Arguments that are wrong by themselves: the union member `InvalidInput`."""

    def __init__(self, *problems: InputProblem) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems

    @classmethod
    def at(cls, path: str | None, name: str, message: str) -> InvalidInputError:
        """One problem with the argument at `path`."""
        return cls(InputProblem(path=path, name=name, message=message))


class OperationFailedError(RegistryError):
    """Right arguments that cannot be carried out: the union member `OperationError`."""

    def __init__(
        self, name: str, message: str, context: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(message)
        self.name = name
        self.context = context


class MemberError(RegistryError):
    """A failure with an empty union member of its own, such as `RoleNameExists`."""

    def __init__(self, typename: MemberName) -> None:
        super().__init__(typename)
        self.typename: MemberName = typename
