"""`-m catalog`: the same tests on a catalog that environment variables name.

Here the catalog is a local registry, of which the tests know only what they would know of a real
one.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from local_registry.config import RegistryConfig
from local_registry.server import LocalRegistry
from local_registry.testing import add_bucket, add_user

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
COMMITTED = ROOT / "tests" / "cassettes"


@pytest.fixture(scope="module")
def catalog() -> Iterator[dict[str, str]]:
    """Variables for a catalog whose buckets and users have other names than the cassettes."""
    with LocalRegistry(RegistryConfig(seed="none")) as registry:
        add_bucket(registry, "companys-data")
        add_bucket(registry, "companys-hidden")
        add_bucket(registry, "companys-second")
        add_user(registry, "alice", writes=["companys-data"])
        add_user(registry, "bob", reads=["companys-data"])
        add_user(registry, "carol", reads=["companys-hidden"])
        add_user(registry, "dora", writes=["companys-data", "companys-second"], admin=True)
        yield {
            "QUILT_TEST_CATALOG_URL": registry.endpoints.catalog_url,
            "QUILT_TEST_S3_ENDPOINT": registry.endpoints.s3_endpoint,
            "QUILT_TEST_ATHENA_ENDPOINT": f"{registry.endpoints.registry_url}/aws/athena",
            "QUILT_TEST_BUCKET": "companys-data",
            "QUILT_TEST_HIDDEN_BUCKET": "companys-hidden",
            "QUILT_TEST_SPARE_BUCKET": "companys-spare",
            "QUILT_TEST_SECOND_BUCKET": "companys-second",
            "QUILT_TEST_WRITER_TOKEN": registry.token("alice"),
            "QUILT_TEST_READER_TOKEN": registry.token("bob"),
            "QUILT_TEST_STRANGER_TOKEN": registry.token("carol"),
            "QUILT_TEST_ADMIN_TOKEN": registry.token("dora"),
            "QUILT_TEST_WRITER_API_KEY": registry.api_key("alice"),
            "QUILT_TEST_WRITER_REFRESH_TOKEN": registry.token("alice", kind="refresh"),
        }


def _pytest(*options: str, **variables: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "-m", "catalog", *options],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    return done.stdout


def _tests(*names: str) -> list[str]:
    return [f"{HERE / name}" for name in names]


def _without_pace(cassette: Path) -> str:
    """A recording without the times of its answers, which show whether a second passed."""
    return re.sub(r"recorded_at: .*", "recorded_at", cassette.read_text())


def test_without_a_catalog_it_says_what_is_missing() -> None:
    said = _pytest(f"{HERE / 'test_catalog.py'}", "-k", "list_buckets")
    assert "1 skipped" in said
    assert "QUILT_TEST_CATALOG_URL is not set" in said


def test_the_tests_pass_on_a_catalog(catalog: dict[str, str]) -> None:
    some = "list_buckets or package_versions or tabulator_table or admin_get_user or set_open_query"
    said = _pytest(*_tests(""), "-k", f"({some}) and not documentation", **catalog)
    assert " passed" in said
    assert "failed" not in said
    assert "error" not in said.splitlines()[-1]
    assert "a real catalog does not fail on purpose" in said
    assert "QUILT_TEST_DISPOSABLE is not set" in said


def test_a_recording_from_another_catalog_is_the_same(
    catalog: dict[str, str], tmp_path: Path
) -> None:
    """The cassettes do not contain names, addresses, ids or times of the place of recording, and
    the committed ones match what registries answer today. If they do not, run `make record`."""
    operations = (
        "get_auth_status",
        "list_buckets",
        "get_boto3_client",
        "create_api_key",
        "list_package_versions",
        "create_package_revision",
        "get_content_url",
    )
    said = _pytest(
        *_tests("test_catalog.py", "test_packages.py"),
        "--record-mode=rewrite",
        "-k",
        " or ".join(f"test_{name}" for name in operations),
        QUILT_TEST_CASSETTES=str(tmp_path),
        **catalog,
    )
    assert "failed" not in said
    for name in operations:
        path = Path("platform", name, "success.yaml")
        assert _without_pace(tmp_path / path) == _without_pace(COMMITTED / path)
    texts = "".join(path.read_text() for path in tmp_path.rglob("*.yaml"))
    assert "companys" not in texts
    assert "alice" not in texts
