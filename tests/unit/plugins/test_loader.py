"""Discovery, choice and loading of plugins, with fake installed distributions."""

from __future__ import annotations

import logging
import sys

import pytest

import quilt_core
from quilt_core import plugins
from quilt_core.errors import PluginError
from quilt_core.plugins import PluginStatus

from .conftest import GOOD_BACKEND, Install  # type: ignore[import-not-found]


def good(install: Install, name: str = "good", distribution: str = "good-dist") -> None:
    install(
        distribution,
        backends={name: f"{name}_module:create"},
        modules={f"{name}_module": GOOD_BACKEND.format(name=name)},
    )


def test_listing_imports_nothing(install: Install) -> None:
    good(install)
    record = plugins.backends()["good"]
    assert (record.distribution, record.version) == ("good-dist", "1.0")
    assert record.status is PluginStatus.INSTALLED
    assert "good_module" not in sys.modules


def test_a_distribution_without_a_summary_is_listed(install: Install) -> None:
    """Also where the backport of importlib.metadata, which OpenTelemetry installs, finds it."""
    pytest.importorskip("importlib_metadata", reason="only Python 3.11 has the backport installed")
    good(install)
    record = plugins.backends()["good"]
    assert (record.distribution, record.version, record.summary) == ("good-dist", "1.0", None)


def test_a_backend_is_found_by_name_and_used(install: Install) -> None:
    good(install)
    with quilt_core.connect("good") as ops:
        assert ops.get_registry_url() == "https://registry.example.com"
        assert ops.backend_name == "good"
    assert plugins.backends()["good"].status is PluginStatus.LOADED


BROKEN = {
    "raises": ("raise RuntimeError('boom')", r"importing it raised RuntimeError: boom"),
    "needs": ("import nowhere_to_be_found",
              r"dependency nowhere_to_be_found is missing.*distribution that has"),
    "lacks": ("", r"has no attribute create"),
    "inner": ("import os\nos.nothing_like_this", r"raised AttributeError"),
    "text": ("create = 'text'", r"is not a function"),
    "none": ("def create(settings): return None", r"a backend is a BackendPlugin"),
    "fails": ("def create(settings): raise KeyError('x')", r"factory raised KeyError"),
    "lazy": ("def create(settings): import nowhere_to_be_found", r"dependency nowhere_to_be"),
    "newer": (GOOD_BACKEND.format(name="newer").replace("hook_version=1", "hook_version=99"),
              r"written for hook version 99.*Upgrade quiltops"),
    "older": (GOOD_BACKEND.format(name="older").replace("hook_version=1", "hook_version=0"),
              r"written for hook version 0.*Upgrade broken-dist"),
    "other": (GOOD_BACKEND.format(name="somebody"), r"calls itself 'somebody'"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_backend_says_what_is_wrong_and_does_not_affect_others(
    install: Install, name: str
) -> None:
    source, message = BROKEN[name]
    good(install)
    install("broken-dist", backends={name: f"{name}_mod:create"}, modules={f"{name}_mod": source})
    with pytest.raises(PluginError, match=message) as caught:
        quilt_core.connect(name)
    assert "broken-dist 1.0" in str(caught.value)
    record = plugins.backends()[name]
    assert record.status is PluginStatus.FAILED
    assert record.cause
    assert quilt_core.connect("good").backend_name == "good"


def test_a_missing_module_of_its_own_is_distinguished_from_a_missing_dependency(
    install: Install,
) -> None:
    install("broken-dist", backends={"gone": "gone_module:create"})
    with pytest.raises(PluginError, match="its own module gone_module is missing"):
        quilt_core.connect("gone")


def test_strict_mode_raises_the_original_exception_of_the_plugin(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUILT_CORE_STRICT", "1")
    install("d", backends={"bad": "bad_m:create"}, modules={"bad_m": "raise RuntimeError('boom')"})
    with pytest.raises(RuntimeError, match="boom"):
        quilt_core.connect("bad")


def test_one_name_from_two_distributions_names_both(install: Install) -> None:
    good(install)
    install("rival-dist", version="2.0", backends={"good": "rival_module:create"})
    with pytest.raises(PluginError) as caught:
        quilt_core.connect("good")
    assert "good-dist 1.0" in str(caught.value)
    assert "rival-dist 2.0" in str(caught.value)


def test_not_installed_names_the_command(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugins.discovery, "entry_points_of", lambda group: ())
    plugins.clear_cache()
    with pytest.raises(PluginError, match=r'pip install "quiltops\[platform\]"'):
        quilt_core.connect("platform")
    with pytest.raises(PluginError, match="No backend is installed"):
        quilt_core.connect()


def test_a_blocked_plugin_is_never_imported(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    good(install)
    monkeypatch.setenv("QUILT_CORE_BLOCK", "other, good")
    with pytest.raises(PluginError, match="QUILT_CORE_BLOCK"):
        quilt_core.connect("good")
    assert "good_module" not in sys.modules


EXTENSION = """
from quilt_core import hookimpl

class Wrapper:
    @hookimpl(wrapper=True)
    def get_registry_url(self):
        return (yield) + "/wrapped"

extension = Wrapper()
"""


def test_an_installed_extension_wraps_every_connection(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    good(install)
    install("ext", extensions={"wrap": "wrap_m:extension"}, modules={"wrap_m": EXTENSION})
    assert quilt_core.connect("good").get_registry_url().endswith("/wrapped")
    monkeypatch.setenv("QUILT_CORE_EXTENSIONS", "")
    assert not quilt_core.connect("good").get_registry_url().endswith("/wrapped")
    monkeypatch.setenv("QUILT_CORE_EXTENSIONS", "wrap")
    assert quilt_core.connect("good").get_registry_url().endswith("/wrapped")


def test_a_broken_extension_is_reported_once_and_left_out(
    install: Install, caplog: pytest.LogCaptureFixture
) -> None:
    good(install)
    answering = EXTENSION.replace("(wrapper=True)", "").replace("(yield) + ", "")
    install("ext-a", extensions={"bad-a": "bad_a:extension"}, modules={"bad_a": answering})
    install("ext-b", extensions={"bad-b": "bad_b:extension"}, modules={"bad_b": "1/0"})
    with caplog.at_level(logging.WARNING, "quilt_core.plugins"):
        assert quilt_core.connect("good").get_registry_url() == "https://registry.example.com"
        quilt_core.connect("good")
    assert len([r for r in caplog.records if "bad-a" in r.getMessage()]) == 1
    assert plugins.extensions()["bad-a"].status is PluginStatus.FAILED
    assert "only wrap" in (plugins.extensions()["bad-a"].cause or "")
    assert "ZeroDivisionError" in (plugins.extensions()["bad-b"].cause or "")


@pytest.mark.parametrize(
    ("environ", "chosen"),
    [({}, "one"), ({"QUILT_BACKEND": "two"}, "two"), ({"QUILT_MULTITENANT_MODE": "1"}, "platform")],
)
def test_precedence_of_the_sources_of_a_choice(environ: dict[str, str], chosen: str) -> None:
    record = plugins.PluginRecord(
        name="one", group="g", target="m:a", distribution="d", version="1"
    )
    settings = quilt_core.load_settings(environ={**environ, "QUILT_CORE_CONFIG": "/nonexistent"})
    choice = plugins.select_backend(settings, {"one": record})
    assert choice.name == chosen
    assert choice.reason


def test_with_several_backends_installed_one_must_be_chosen() -> None:
    records = {
        name: plugins.PluginRecord(
            name=name, group="g", target="m:a", distribution="d", version="1"
        )
        for name in ("one", "two", "memory")
    }
    settings = quilt_core.load_settings(environ={"QUILT_CORE_CONFIG": "/nonexistent"})
    with pytest.raises(PluginError, match=r"one, two\. Choose one: .*QUILT_BACKEND"):
        plugins.select_backend(settings, records)
