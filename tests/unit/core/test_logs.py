"""What quiltops logs and at which level, and that no secret is among it."""

from __future__ import annotations

import logging
import subprocess
import sys
from typing import Any

import pytest

from quilt_core import NotFoundError, QuiltOps, ValidationError, connect, hookimpl, observing
from quilt_core.testing.memory import MemoryCatalog
from quilt_core.testing.memory import connect as connect_memory


@pytest.fixture
def ops() -> QuiltOps:
    catalog = MemoryCatalog()
    catalog.add_bucket("bucket")
    uri = catalog.put_object("bucket", "a.csv", b"x")
    ops = connect_memory(catalog, registry="s3://bucket")
    for name in "abc":
        ops.create_package_revision(f"team/{name}", [uri])
    return ops


def test_operations_are_logged_with_outcome_and_duration(
    ops: QuiltOps, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "quilt_core.operations")
    ops.list_buckets()
    with pytest.raises(NotFoundError):
        ops.get_package_info("no/such")
    with pytest.raises(NotFoundError):
        ops.update_package_revision("no/such", [], metadata={"a": 1})
    listing = ops.iter_all_packages()
    assert len(list(listing)) == 3
    listing = ops.iter_all_packages()
    next(listing)
    del listing
    said = [record.getMessage().rpartition(" in ")[0] for record in caplog.records]
    assert said[0] == "list_buckets on memory was done"
    assert said[1].startswith("get_package_info on memory raised NotFoundError: ")
    assert said[2].startswith(
        "update_package_revision on memory raised NotFoundError (outcome: not_written): "
    )
    assert said[3:] == [
        "list_all_packages on memory was done with 3 items",
        "list_all_packages on memory was abandoned with 1 items",
    ]
    assert {record.levelname for record in caplog.records} == {"INFO"}


def test_a_collected_listing_is_logged_once_without_a_count(
    ops: QuiltOps, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "quilt_core.operations")
    assert len(ops.list_all_packages()) == 3
    assert len(caplog.records) == 1


def test_a_failure_of_an_extension_is_part_of_the_operation(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Broken:
        @hookimpl
        def around_operation(self, call: Any) -> Any:
            raise RuntimeError("secret-of-an-extension")

    caplog.set_level(logging.INFO, "quilt_core.operations")
    ops = connect_memory(MemoryCatalog(), extensions=[Broken()])
    with pytest.raises(RuntimeError):
        ops.list_buckets()
    assert "list_buckets on memory raised RuntimeError in" in caplog.text
    assert "secret-of-an-extension" not in caplog.text


def test_nothing_is_logged_unless_logging_is_configured(
    ops: QuiltOps, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    ops.list_buckets()
    assert not caplog.records


def test_an_invalid_level_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUILT_CORE_LOG", "loud")
    with pytest.raises(ValidationError, match="QUILT_CORE_LOG='loud'"):
        connect("memory")


PROGRAM = """
import logging, sys
{configured}
import quilt_core
quilt_core.connect("memory").list_buckets()
quilt_core.connect("memory")
logging.getLogger("urllib3.connectionpool").debug("of another library")
logging.getLogger("quilt_core.requests").debug("below the level")
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("level", "configured", "lines"),
    [
        ("info", "", 1),
        ("INFO", "logging.basicConfig(level='INFO', format='theirs: %(message)s')", 1),
        ("", "", 0),
        ("warning", "", 0),
    ],
)
def test_the_variable_is_for_programs_that_do_not_configure_logging(
    level: str, configured: str, lines: int
) -> None:
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(configured=configured)],
        env={"QUILT_CORE_LOG": level},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    said = run.stderr.splitlines()
    assert len(said) == lines
    if lines:
        assert "list_buckets on memory was done in" in said[0]
        assert said[0].startswith("theirs: ") == bool(configured)


def test_a_listener_that_fails_changes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    def fail(record: observing.RequestRecord) -> None:
        raise RuntimeError("broken")

    record = observing.RequestRecord(
        method="GET", url="https://r.example.com/graphql", operation=None, attempt=1, began_ns=0,
        seconds=0.1, sent_bytes=0, status=200, received_bytes=2,
    )  # fmt: skip
    end = observing.listen(fail)
    try:
        observing.request_ended(record)
    finally:
        end()
    assert "A listener to requests failed" in caplog.text
    caplog.clear()
    observing.request_ended(record)
    assert not caplog.records
