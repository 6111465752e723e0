"""The wheels of all released distributions, built once."""

from __future__ import annotations

from pathlib import Path

import pytest

from ...unit.packaging.distributions import RELEASED, build_wheel  # type: ignore[import-not-found]


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A wheel by its distribution's name."""
    folder = tmp_path_factory.mktemp("wheels")
    return {name: build_wheel(name, folder / name) for name in RELEASED}
