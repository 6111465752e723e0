"""A run of the conformance suite passes only when everything was proven."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import attrs
import pytest

from quilt_core import Capability, QuiltOps
from quilt_core.cli.main import run
from quilt_core.errors import PluginError
from quilt_core.testing import conformance
from quilt_core.testing.conformance.behaviour import proofs_of
from quilt_core.testing.conformance.environment import Environment, TestUser
from quilt_core.testing.conformance.report import Outcome
from quilt_core.testing.conformance.run import run_suite
from quilt_core.testing.memory.environment import MemoryEnvironment, environments


class Poor(MemoryEnvironment):
    """An environment with one identity, no copies and one registry."""

    identities = frozenset({TestUser.WRITER})
    keeps_directory_metadata = False
    has_copies = False

    @property
    def hidden_registry(self) -> str | None:
        return None

    @property
    def second_registry(self) -> str | None:
        return None

    @property
    def unversioned_registry(self) -> str | None:
        return None


@contextmanager
def poor_environments(backend: str) -> Iterator[Callable[[], Environment]]:
    yield Poor


def quiltops(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "quilt_core", "conformance", "--backend", "memory"]
    return subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_a_complete_run_passes_and_counts_everything() -> None:
    done = quiltops("--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["outcome"] == "passed"
    assert found["summary"]["failed"] == found["summary"]["not proven"] == 0
    assert sum(found["summary"].values()) == len(found["operations"])
    assert found["not_run"] == found["failures_of_no_operation"] == []
    browsing = found["operations"]["browse_content"]
    assert (browsing["verdict"], browsing["failed"]) == ("proven", [])
    assert "C-1" in browsing["proven"]
    assert found["operations"]["get_boto3_client"]["verdict"] == "not supported"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--bogus"], 1),
        (["-k", "nothing_is_called_so"], 12),
        (["--collect-only"], 12),
        (["--setup-plan"], 12),
        (["-k", "test_one_level"], 12),
    ],
    ids=str,
)
def test_arguments_that_leave_tests_out(
    arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    returned = run(["--backend", "memory", "conformance", "--", *arguments])
    printed = capsys.readouterr()
    assert returned == code, printed.out + printed.err
    assert printed.out.splitlines()[-1].startswith("failed" if code == 1 else "incomplete")


@pytest.mark.slow
def test_results_from_workers_of_xdist_are_counted() -> None:
    report = run_suite("memory", environments, arguments=["-n", "2", "-k", "Browsing"])
    assert report.rows["browse_content"].proven
    assert report.deselected
    assert report.outcome is Outcome.INCOMPLETE


@pytest.mark.slow
def test_workers_need_environments_that_they_can_import() -> None:
    @contextmanager
    def local(backend: str) -> Iterator[Callable[[], Environment]]:
        yield MemoryEnvironment

    report = run_suite("memory", local, arguments=["-n", "1"])
    assert report.exit_code == pytest.ExitCode.USAGE_ERROR
    assert report.failed


@pytest.mark.slow
def test_what_an_environment_lacks_is_reported_as_not_proven() -> None:
    report = run_suite("memory", poor_environments)
    assert report.rows["admin_list_users"].verdict == "not proven"
    assert report.rows["admin_list_users"].not_proven["U-1"] == "no identity admin"
    assert report.rows["browse_content"].not_proven["C-7"]
    assert report.to_dict()["environment_lacks"] == [
        "the identities admin, nobody, reader",
        "copies of objects",
        "metadata of directories",
        "a registry that cannot be read",
        "a second registry",
        "a registry without versions",
        "manifests as others wrote them",
    ]
    text = "\n".join(report.lines())
    assert "X-4: no identity admin" in text
    assert "a second registry" in text
    # It does copy, although its environment says that it does not.
    assert report.rows["create_package_revision"].failed == ["N-3"]
    assert report.outcome is Outcome.FAILED


def test_objects_without_versions_are_reported_as_lacking() -> None:
    environment = MemoryEnvironment()
    assert "versions of objects" not in environment.lacks()
    environment.keeps_versions = False
    assert "versions of objects" in environment.lacks()


def test_an_environment_that_claims_to_store_manifests_must_write_them() -> None:
    environment = MemoryEnvironment()
    with pytest.raises(pytest.skip.Exception):
        environment.given_manifest(b"")
    environment.stores_manifests = True
    with pytest.raises(NotImplementedError, match=r"MemoryEnvironment .* write_stored"):
        environment.given_manifest(b"")


class LyingOps(QuiltOps):
    """Claims not to support health, without a reason, and yet does support it."""

    def supports(self, operation: str, parameter: str | None = None) -> bool:
        return operation != "health" and super().supports(operation, parameter)

    def capabilities(self) -> tuple[Capability, ...]:
        return tuple(
            attrs.evolve(one, supported=False, reason=None) if one.operation == "health" else one
            for one in super().capabilities()
        )


class LyingEnvironment(MemoryEnvironment):
    def connect(self, user: TestUser = TestUser.WRITER) -> QuiltOps:
        ops = super().connect(user)
        ops.__class__ = LyingOps
        return ops


@pytest.mark.slow
def test_a_declared_refusal_that_works_fails_and_so_does_a_test_of_no_operation() -> None:
    @contextmanager
    def lying(backend: str) -> Iterator[Callable[[], Environment]]:
        yield LyingEnvironment

    report = run_suite("memory", lying, arguments=["-k", "Refusals"])
    assert report.rows["health"].failed == ["N-1"]
    assert [name.rpartition("::")[2] for name in report.failures_of_no_operation] == [
        "test_the_capability_table_has_every_operation"
    ]
    assert report.outcome is Outcome.FAILED


@pytest.mark.slow
def test_without_pytest_it_says_what_to_install() -> None:
    program = (
        "import sys; sys.modules['pytest'] = None; from quilt_core.cli.main import main; "
        "main(['--backend', 'memory', 'conformance'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == PluginError.exit_code
    assert 'pip install "quiltops[testing]"' in done.stderr
    assert "Traceback" not in done.stderr


def test_every_behaviour_has_one_number_and_sentences() -> None:
    numbers = [one.number for one in conformance.behaviours()]
    assert len(numbers) == len(set(numbers))
    for group in conformance.TEST_CLASSES:
        for _, test in proofs_of(group):
            text = (test.__doc__ or "").strip()
            assert len(text.split()) >= 6, f"{group.__name__}.{test.__name__}: {text!r}"
            assert text.endswith("."), f"{group.__name__}.{test.__name__}: {text!r}"


def test_every_operation_is_proven_by_some_behaviour() -> None:
    from quilt_core.hookspecs import operations

    proven = {name for one in conformance.behaviours() for name in one.operations}
    assert proven == set(operations())
