"""The skeleton of a backend supports what it implements, and what the core makes of it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import quilt_core
from quilt_core import hookimpl
from quilt_core.cli.drafts import draft_of
from quilt_core.cli.main import run
from quilt_core.composition import NEEDS
from quilt_core.plugins.records import RESERVED_BACKENDS
from quilt_core.plugins.validation import spec_parameters


def _hook(operation: str) -> Callable[..., Any]:
    """An implementation with all parameters of the specification."""
    scope: dict[str, Any] = {}
    parameters = ", ".join(("self", *spec_parameters(operation)))
    exec(f"def {operation}({parameters}): raise LookupError", scope)
    return hookimpl(scope[operation])  # type: ignore[no-any-return]


@pytest.fixture
def skeleton(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a new backend `my-store`, which is on the path."""
    folder = tmp_path / "quiltops-my-store"
    assert run(["new-backend", "my-store", "--directory", str(folder)]) == 0
    monkeypatch.syspath_prepend(str(folder))
    for name in [one for one in sys.modules if one.startswith("my_store_backend")]:
        monkeypatch.delitem(sys.modules, name)
    return folder


def _connect() -> quilt_core.QuiltOps:
    from my_store_backend import create_backend  # type: ignore[import-not-found]

    return quilt_core.connect(create_backend(quilt_core.Settings()), registry="s3://my-bucket")


def test_what_is_not_implemented_is_not_supported(skeleton: Path) -> None:
    with _connect() as ops:
        assert [one.operation for one in ops.capabilities() if one.supported] == [
            "get_registry_url"
        ]


def test_what_the_core_makes_of_operations_comes_by_itself(
    skeleton: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from my_store_backend.packages import Packages  # type: ignore[import-not-found]

    needed = sorted({need for needs in NEEDS.values() for need in needs})
    for operation in needed:
        monkeypatch.setattr(Packages, operation, _hook(operation), raising=False)
    with _connect() as ops:
        supported = {one.operation for one in ops.capabilities() if one.supported}
    assert supported == {"get_registry_url", *needed, *NEEDS}


@pytest.mark.parametrize("name", sorted(RESERVED_BACKENDS))
def test_a_name_of_the_project_is_refused(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Discovery would skip such a backend."""
    folder = tmp_path / "new"
    assert run(["new-backend", name, "--directory", str(folder)]) == 2
    assert f"belongs to {RESERVED_BACKENDS[name]}" in capsys.readouterr().err
    assert not folder.exists()


def test_an_error_without_a_number_is_told_in_its_words(tmp_path: Path) -> None:
    """Libraries raise `OSError("text")`, whose `strerror` is None."""
    told = pytest.raises(quilt_core.ValidationError, match="cannot be written: the disk is gone")
    with told, draft_of(tmp_path / "file"):
        raise OSError("the disk is gone")
