"""Fixtures of pytest-recording for tests of a Quilt catalog; see docs/cassettes.md.

Import the names into a `conftest.py`:
`from quilt_core.testing.cassettes.fixtures import *  # noqa: F403`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import pytest

from quilt_core.errors import ValidationError
from quilt_core.testing.cassettes.config import cassette_config, register
from quilt_core.testing.cassettes.files import CassetteSerializer
from quilt_core.testing.cassettes.timing import recorded_clock
from quilt_core.testing.cassettes.unused import assert_all_played

__all__ = [
    "every_interaction_is_played",
    "pytest_recording_configure",
    "the_clock_is_the_recordings",
    "vcr_config",
]


def pytest_recording_configure(config: pytest.Config, vcr: Any) -> None:
    """Hook of pytest-recording: make the matchers and the file format known."""
    register(vcr)


@pytest.fixture
def vcr_config() -> dict[str, Any]:
    """The configuration without replacements; override it to give your catalog's addresses."""
    return cassette_config()


@pytest.fixture(autouse=True)
def every_interaction_is_played(request: pytest.FixtureRequest, vcr: Any) -> Iterator[None]:
    """After a replayed test that passed: fails when its cassette holds more than was asked."""
    failed_before = request.session.testsfailed
    yield
    if vcr is not None and vcr.write_protected and request.session.testsfailed == failed_before:
        assert_all_played(vcr)


@pytest.fixture(autouse=True)
def the_clock_is_the_recordings(vcr: Any) -> Iterator[None]:
    """While a test is recorded or replayed: the clock is that of the recording.

    Raises ValidationError when `pytest_recording_configure` is not imported beside this fixture:
    cassettes would then be matched by their addresses, and written by vcrpy alone.
    """
    if vcr is not None and not isinstance(vcr._serializer, CassetteSerializer):
        raise ValidationError(
            "This cassette is used without pytest_recording_configure of quilt_core.",
            hint="In conftest.py: from quilt_core.testing.cassettes.fixtures import *",
        )
    with nullcontext() if vcr is None else recorded_clock(vcr):
        yield
