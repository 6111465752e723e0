"""A lazy answer that is refused to an anonymous user says so, like any other call."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

import quilt_core
from quilt_core import (
    AuthenticationError,
    BackendPlugin,
    NotFoundError,
    PermissionDeniedError,
    QuiltOpsError,
    Registry,
    auth_context,
    hookimpl,
)


class Backend:
    """A backend that finds out only while its answer is read that nobody is logged in."""

    def __init__(self, error: QuiltOpsError, *, anonymous: bool) -> None:
        self._error, self._anonymous = error, anonymous

    @hookimpl
    def list_all_packages(self, registry: Registry, pattern: str | None) -> Iterable[str]:
        if self._anonymous:
            auth_context.note_anonymous()
        yield "a/b"
        raise self._error


class Around:
    """An extension around every operation."""

    @hookimpl
    def around_operation(self, call: Any) -> Any:
        return call.proceed()


@pytest.mark.parametrize("extensions", [(), (Around(),)], ids=["bare", "with an extension"])
@pytest.mark.parametrize("error", [NotFoundError("gone"), PermissionDeniedError("no")])
@pytest.mark.parametrize("limited", [False, True])
def test_an_anonymous_caller_is_told_to_log_in(
    extensions: tuple[Any, ...], error: QuiltOpsError, limited: bool
) -> None:
    for anonymous, expected in ((True, AuthenticationError), (False, type(error))):
        implementer = Backend(error, anonymous=anonymous)
        backend = BackendPlugin(name="test", hook_version=1, implementers=[implementer])
        ops = quilt_core.connect(backend, registry="s3://bucket", extensions=extensions)
        names = (ops.with_options(deadline=60) if limited else ops).iter_all_packages()
        assert next(names) == "a/b"
        with pytest.raises(expected) as raised:
            next(names)
        assert (raised.value.operation, raised.value.backend) == ("list_all_packages", "test")
        assert ("not logged in" in raised.value.message) is anonymous
        assert error.message in raised.value.message
