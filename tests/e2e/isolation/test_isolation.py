"""Plugins installed by pip into fresh environments: a broken one never breaks another."""

from __future__ import annotations

import pytest

from .conftest import Distribution, Environment  # type: ignore[import-not-found]

pytestmark = pytest.mark.slow

BACKEND = """
from quilt_core import BackendPlugin, hookimpl
class Operations:
    @hookimpl
    def get_registry_url(self):
        return "https://example.com"
def create(settings):
    return BackendPlugin(name="{name}", hook_version={version}, implementers=[Operations()])
"""
EXTENSION = """
from quilt_core import hookimpl
class Wrapper:
    @hookimpl(wrapper=True)
    def get_registry_url(self):
        yield
        raise RuntimeError("boom")
extension = Wrapper()
"""


def records(environment: Environment, *options: str) -> dict[str, dict[str, str]]:
    rows, code, errors = environment.quiltops("plugins", *options)
    assert code == 0, errors
    return {row["name"]: row for row in rows}


def error_of(environment: Environment, *arguments: str) -> str:
    _, code, errors = environment.quiltops(*arguments)
    assert code == 11, errors
    return errors


def test_core_alone(environment: Environment) -> None:
    environment.install("quiltops")
    assert set(records(environment)) == {"memory"}
    assert "pip install" in error_of(environment, "buckets", "list")
    errors = error_of(environment, "buckets", "list", "--backend", "platform")
    assert "quiltops[platform]" in errors
    environment.run("-c", "import quilt_core; quilt_core.connect('memory').list_buckets()")


def test_a_single_backend_is_chosen_by_default(environment: Environment) -> None:
    environment.install("quiltops", "quiltops-registry", "quiltops-platform")
    code = "import quilt_core; print(quilt_core.connect(token='x.y.z').backend_name)"
    assert environment.run("-c", code).stdout.strip() == "platform"


def test_with_two_backends_one_must_be_chosen(environment: Environment) -> None:
    environment.install("quiltops", "quiltops-registry", "quiltops-platform", "quiltops-quilt3")
    errors = error_of(environment, "buckets", "list")
    for part in ("platform", "quilt3", "QUILT_BACKEND"):
        assert part in errors
    assert {"platform", "quilt3"} <= set(records(environment, "--check"))


BROKEN = {
    "raises": ("raise RuntimeError('boom')", "RuntimeError: boom"),
    "needs": ("import nowhere_to_be_found", "that has the module 'nowhere_to_be_found'"),
    "newer": (BACKEND.format(name="newer", version=99), "hook version 99"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_backend(environment: Environment, distribution: Distribution, name: str) -> None:
    source, message = BROKEN[name]
    environment.install("quiltops", "quiltops-registry", "quiltops-platform")
    environment.install_source(distribution(f"broken-{name}", "backends", name, source))
    assert records(environment)[name]["status"] == "installed"
    found = records(environment, "--check")
    assert found[name]["status"] == "failed"
    assert found[name]["distribution"] == f"broken-{name}"
    assert found["platform"]["status"] == "loaded"
    assert message in error_of(environment, "catalog", "registry-url", "--backend", name)
    good = ("catalog", "registry-url", "--backend", "memory")
    assert environment.quiltops(*good)[1] == 0


def test_two_distributions_with_one_name(
    environment: Environment, distribution: Distribution
) -> None:
    environment.install("quiltops")
    for name in ("first-dist", "second-dist"):
        source = BACKEND.format(name="twin", version=1)
        environment.install_source(distribution(name, "backends", "twin", source))
    assert records(environment)["twin"]["status"] == "ambiguous"
    errors = error_of(environment, "catalog", "registry-url", "--backend", "twin")
    assert "first-dist" in errors
    assert "second-dist" in errors


def test_an_extension_that_raises_is_named(
    environment: Environment, distribution: Distribution
) -> None:
    environment.install("quiltops")
    environment.install_source(
        distribution("bad-ext", "extensions", "bad", EXTENSION, target="extension")
    )
    _, code, errors = environment.quiltops("catalog", "registry-url", "--backend", "memory")
    assert code == 70
    assert "boom" in errors
    assert "extension:bad" in errors
    assert environment.quiltops("buckets", "list", "--backend", "memory")[1] == 0


def test_an_extension_adds_its_command(environment: Environment) -> None:
    environment.install("quiltops", "quiltops-audit-example")
    assert "An audit log of every operation" in environment.run("-m", "quilt_core", "--help").stdout
    environment.run("-m", "quilt_core", "audit", "--help")


def test_a_missing_policy_refuses_all_calls(environment: Environment) -> None:
    environment.install("quiltops")
    code = "import quilt_core; quilt_core.connect('memory', extensions=['policy'])"
    assert "'policy'" in environment.run("-c", code, check=False).stderr
    environment.install("quiltops-policy-example")
    assert "protects nothing" in environment.run("-c", code, check=False).stderr


def test_a_new_backend_can_be_used_and_lacks_only_operations(environment: Environment) -> None:
    environment.install("quiltops")
    environment.run("-m", "quilt_core", "new-backend", "my-store")
    folder = environment.path / "quiltops-my-store"
    environment.install_source(folder)
    assert records(environment, "--check")["my-store"]["status"] == "loaded"
    found, code, errors = environment.quiltops(
        "conformance",
        "--backend",
        "my-store",
        "--environment",
        "my_store_backend.conformance:environments",
    )
    assert code == 0, errors
    verdicts = {one["verdict"] for one in found["operations"].values()}
    assert verdicts <= {"not supported", "proven"}
    assert found["operations"]["list_buckets"]["verdict"] == "not supported"


def test_the_example_backend_passes_the_suite(environment: Environment) -> None:
    """As its README describes, from wheels alone."""
    environment.install("quiltops", "quiltops-directory-example")
    report, code, errors = environment.quiltops(
        "conformance",
        "--backend",
        "directory",
        "--environment",
        "directory_backend.conformance:environments",
    )
    assert code == 0, errors
    outcomes = [row["verdict"] for row in report["operations"].values()]
    assert set(outcomes) == {"proven", "not supported"}
    assert outcomes.count("proven") == 17  # 11 of its own, and verify_package and queries
