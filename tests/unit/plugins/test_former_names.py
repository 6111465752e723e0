"""Distributions under their former names, next to the new ones and alone."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

import quilt_core
from quilt_core import plugins
from quilt_core.cli.main import build
from quilt_core.errors import PluginError
from quilt_core.plugins import PluginStatus
from quilt_core.plugins.former import FORMER_NAMES, replacement_command

from .conftest import GOOD_BACKEND, Install  # type: ignore[import-not-found]

COMMAND = (
    "pip uninstall --yes quilt-core quilt-core-platform && "
    "pip install --force-reinstall --no-deps quiltops quiltops-platform"
)


@pytest.fixture(autouse=True)
def only_fake_distributions(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hides the real distributions; these tests use only fake ones."""
    real = plugins.discovery.entry_points_of
    groups = (plugins.BACKENDS_GROUP, plugins.EXTENSIONS_GROUP, plugins.COMMANDS_GROUP)
    installed = {group: set(real(group)) for group in groups}
    monkeypatch.setattr(
        plugins.discovery,
        "entry_points_of",
        lambda group: tuple(one for one in real(group) if one not in installed[group]),
    )
    plugins.clear_cache()


def side_by_side(install: Install) -> None:
    install("quilt-core", version="0.1.0", backends={"store": "former_store:create"})
    for name, version in (("quilt-core-platform", "0.1.0"), ("quiltops-platform", "0.2.0")):
        install(name, version=version, backends={"platform": "fake_platform:create"})


def test_the_error_names_the_command(install: Install) -> None:
    side_by_side(install)
    with pytest.raises(PluginError) as caught:
        quilt_core.connect("platform")
    assert "quilt-core-platform 0.1.0 and quiltops-platform 0.2.0" in caught.value.message
    assert f"`{COMMAND}`" in caught.value.message
    assert plugins.backends()["platform"].status is PluginStatus.AMBIGUOUS


def test_the_listing_and_the_doctor_name_the_command(install: Install) -> None:
    side_by_side(install)
    rows = json.loads(CliRunner().invoke(build(), ["plugins", "--json"]).stdout)
    [cause] = [row["cause"] for row in rows if row["name"] == "platform"]
    assert COMMAND in cause
    report = json.loads(CliRunner().invoke(build(), ["doctor", "--json"]).stdout)
    assert any(COMMAND in fix and "backend platform" in fix for fix in report["fixes"])


def test_a_former_distribution_that_fails_alone(install: Install) -> None:
    """Its modules import something that has moved."""
    install(
        "quilt-core-platform",
        version="0.1.0",
        backends={"platform": "former_platform:create"},
        modules={"former_platform": "import quilt_core.http"},
    )
    with pytest.raises(PluginError) as caught:
        quilt_core.connect("platform")
    assert caught.value.hint == (
        "quilt-core-platform is now called quiltops-platform: "
        "pip uninstall --yes quilt-core-platform && "
        "pip install --force-reinstall --no-deps quiltops quiltops-platform"
    )


def test_which_of_two_other_distributions_to_uninstall_is_the_users_choice(
    install: Install,
) -> None:
    for name in ("a-dist", "b-dist"):
        install(name, backends={"twin": f"twin_{name[0]}:create"},
                modules={f"twin_{name[0]}": GOOD_BACKEND.format(name="twin")})  # fmt: skip
    with pytest.raises(PluginError, match="uninstall all but one"):
        quilt_core.connect("twin")
    assert replacement_command(["a-dist", None, *FORMER_NAMES.values()]) is None
