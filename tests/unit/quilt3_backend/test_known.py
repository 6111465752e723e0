"""What one user has read of a manifest is kept for this user alone, and within a limit."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from quilt3_backend.packages import known
from quilt3_backend.packages.reading import PackageReadOperations

from quilt_core import PermissionDeniedError, Registry, auth_context
from quilt_core.manifest import ManifestHeader
from quilt_core.settings import Settings

PLACE = Registry("bucket")
TOP_HASH = "a" * 64


@attrs.define
class OneReader:
    """A connection whose store lets only the user "may" read manifests."""

    settings: Settings = attrs.field(factory=lambda: Settings(multitenant=True))
    reads: int = 0

    def store(self, registry: Registry) -> OneReader:
        return self

    def header(self, top_hash: str) -> ManifestHeader:
        identity = auth_context.current()
        if identity is None or identity.token.reveal() != "may":
            raise PermissionDeniedError("denied")
        self.reads += 1
        return ManifestHeader(user_meta={"text": "x" * 1000})


def header(reading: PackageReadOperations, user: str, top_hash: str = TOP_HASH) -> Any:
    with auth_context.request_identity(user):
        return reading._header(PLACE, top_hash)


def test_another_user_of_the_connection_does_not_see_it() -> None:
    connection = OneReader()
    reading = PackageReadOperations(connection)  # type: ignore[arg-type]
    assert header(reading, "may") is header(reading, "may")
    assert connection.reads == 1
    with pytest.raises(PermissionDeniedError):
        header(reading, "may not")


def test_the_least_recently_used_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known, "MOST", 10_000)
    connection = OneReader()
    reading = PackageReadOperations(connection)  # type: ignore[arg-type]
    for number in range(10):
        header(reading, "may", f"{number}")
        header(reading, "may", "0")
    assert connection.reads == 10
    header(reading, "may", "1")
    assert connection.reads == 11
