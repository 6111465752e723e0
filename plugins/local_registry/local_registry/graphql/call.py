"""What every resolver is given, and how the registry's errors become union members."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

import attrs
from graphql import GraphQLError, GraphQLResolveInfo

from local_registry.context import RegistryContext
from local_registry.identity.errors import (
    InvalidInputError,
    MemberError,
    MissingError,
    OperationFailedError,
)
from local_registry.identity.model import Identity

Resolver = Callable[..., Any]

if TYPE_CHECKING:
    Info = GraphQLResolveInfo[Any]
else:
    Info = GraphQLResolveInfo  # generic only in newer versions of graphql-core


@attrs.frozen
class Call:
    """One request: the registry, and the identity (None if anonymous)."""

    registry: RegistryContext
    identity: Identity | None

    @property
    def user(self) -> Identity:
        """The identity of the request; raises a GraphQL error if it is anonymous."""
        if self.identity is None:
            raise GraphQLError("Not logged in")
        return self.identity

    def can_read(self, bucket: str) -> bool:
        """Whether the registry has the bucket and the request's identity may read it."""
        known = self.registry.state.buckets.get(bucket) is not None
        return known and self.identity is not None and self.identity.can_read(bucket)


def call_of(info: Info) -> Call:
    """The request that is being answered."""
    call = info.context
    assert isinstance(call, Call)  # noqa: S101 - execute() puts nothing else there
    return call


def as_members(resolver: Resolver) -> Resolver:
    """Let a resolver of a union raise the registry's errors; each becomes its member."""

    @wraps(resolver)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return resolver(*args, **kwargs)
        except InvalidInputError as error:
            problems = [attrs.asdict(problem) for problem in error.problems]
            return {"__typename": "InvalidInput", "errors": problems}
        except OperationFailedError as error:
            return {
                "__typename": "OperationError",
                "name": error.name,
                "message": str(error),
                "context": error.context,
            }
        except MemberError as error:
            return {"__typename": error.typename, "message": str(error)}
        except MissingError as error:
            raise GraphQLError(str(error)) from error

    return wrapped


def member(typename: str, **fields: Any) -> dict[str, Any]:
    """A member of a union."""
    return {"__typename": typename, **fields}
