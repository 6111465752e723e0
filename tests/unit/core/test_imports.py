"""The cost of importing: nothing is imported before it is needed."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("requests", "boto3", "botocore", "quilt3", "typer", "rich", "jwt", "pydantic", "moto",
         "platform_backend", "quilt3_backend", "local_registry", "graphql", "pytest")  # fmt: skip


def imported_by(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint('\\n'.join(sys.modules))"
    output = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    return set(output.stdout.split())


@pytest.mark.slow
def test_importing_the_package_imports_next_to_nothing() -> None:
    modules = imported_by("import quilt_core")
    assert not modules & {*HEAVY, "attrs", "attr", "pluggy", "msgspec", "click"}


def test_names_of_the_facade_import_nothing_that_connections_rarely_need() -> None:
    """Each of these cost milliseconds at startup; see benchmarks/startup.py."""
    modules = imported_by("from quilt_core import connect, hookimpl, PackageInfo")
    assert not modules & {
        "_hashlib", "_ssl", "difflib", "importlib.metadata", "msgspec", "platformdirs", "tomllib",
        "quilt_core.administration", "quilt_core.composition.push", "quilt_core.domain.admin",
        "quilt_core.domain.tree", "quilt_core.manifest", "quilt_core.ops.admin", "quilt_core.query",
        "quilt_core.revisions", "quilt_core.search",
    }  # fmt: skip


def test_one_module_of_the_domain_does_not_import_the_others() -> None:
    found = {one for one in imported_by("import quilt_core.domain.base") if "domain." in one}
    assert found == {"quilt_core.domain.base"}


@pytest.mark.slow
@pytest.mark.parametrize(
    "code",
    [
        "from quilt_core import connect, PackageInfo, hookimpl, ValidationError",
        "from quilt_core import plugins; plugins.backends(); plugins.extensions()",
    ],
)
def test_the_facade_and_a_listing_import_no_backend(code: str) -> None:
    assert not imported_by(code) & set(HEAVY)


@pytest.mark.slow
def test_building_the_command_line_imports_nothing_that_only_output_needs() -> None:
    modules = imported_by("from quilt_core.cli.main import build; build()")
    assert not modules & {*HEAVY, "html", "quilt_core.domain.html", "quilt_core.cli.answers"}


@pytest.mark.slow
def test_connecting_the_platform_backend_imports_neither_quilt3_nor_boto3() -> None:
    modules = imported_by(
        "import quilt_core\n"
        "quilt_core.connect('platform', registry_url='https://r.example.com', token='x.y.z')"
    )
    assert not modules & {"quilt3", "boto3", "botocore", "rich", "moto", "local_registry.server"}


@pytest.mark.slow
def test_connecting_the_quilt3_backend_does_not_import_quilt3_yet() -> None:
    modules = imported_by("import quilt_core\nquilt_core.connect('quilt3')")
    assert not modules & {"quilt3", "boto3", "rich"}


def test_every_public_name_exists() -> None:
    import quilt_core

    missing = [name for name in quilt_core.__all__ if not hasattr(quilt_core, name)]
    assert missing == []
    assert set(quilt_core.__all__) <= set(dir(quilt_core))
