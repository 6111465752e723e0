"""Extensions: which ones a connection has and which it must have, and how each is created."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

import quilt_core
from quilt_core import BackendPlugin, hookimpl, plugins
from quilt_core.errors import PluginError
from quilt_core.plugins import ExtensionContext, PluginStatus

from .conftest import Install  # type: ignore[import-not-found]

TRAIL = """
from quilt_core import hookimpl

class Trail:
    def __init__(self, context=None):
        self.context = context

    @hookimpl
    def around_operation(self, call):
        return call.proceed() + "/{name}"

extension = Trail()
"""
BROKEN = {
    "missing": "import nowhere_to_be_found",
    "raises": "1 / 0",
    "exits": "import sys; sys.exit(3)",
    "misspelt": """
from quilt_core import hookimpl
class Extension:
    @hookimpl(wrapper=True)
    def list_bukets(self):
        return (yield)
extension = Extension()
""",
    "factory": "def extension(context): raise KeyError('x')",
    "leaves": "def extension(context): raise SystemExit(3)",
    "nothing": "def extension(context): return None",
    "text": "extension = 'text'",
}


@pytest.fixture(autouse=True)
def no_others(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No extensions but those of the test; a separate configuration file."""
    monkeypatch.delenv("QUILT_CORE_EXTENSIONS", raising=False)
    config = tmp_path / "config.toml"
    monkeypatch.setenv("QUILT_CORE_CONFIG", str(config))
    return config


def trail(install: Install, name: str, target: str = "extension") -> None:
    module = f"{name.replace('-', '_')}_trail"
    install(
        f"{name}-dist",
        extensions={name: f"{module}:{target}"},
        modules={module: TRAIL.format(name=name)},
    )


def broken(install: Install, name: str) -> None:
    install(
        "broken-dist",
        extensions={name: f"{name}_broken:extension"},
        modules={f"{name}_broken": BROKEN[name]},
    )


class Catalog:
    @hookimpl
    def get_registry_url(self) -> str:
        return "url"


def connect(*extensions: Any, **settings: Any) -> quilt_core.QuiltOps:
    backend = BackendPlugin(name="test", hook_version=1, implementers=[Catalog()])
    return quilt_core.connect(backend, extensions=extensions, **settings)


def test_the_order_follows_the_names(
    install: Install, monkeypatch: pytest.MonkeyPatch, no_others: Path
) -> None:
    for name in ("a", "b", "c"):
        trail(install, name)
    assert connect().get_registry_url() == "url/a/b/c"
    assert connect("b", "a").get_registry_url() == "url/c/b/a"
    assert connect("a", "b", "a").get_registry_url() == "url/c/b/a"
    no_others.write_text("[profiles.p.extensions.b]\n[profiles.p.extensions.a]\n")
    assert connect(profile="p").get_registry_url() == "url/c/b/a"
    monkeypatch.setenv("QUILT_CORE_EXTENSIONS", "c,b,a")
    assert connect().get_registry_url() == "url/c/b/a"
    assert connect("c").get_registry_url() == "url/b/a/c"


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_extension_that_nobody_requires_is_left_out_with_a_warning(
    install: Install, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    broken(install, name)
    trail(install, "good")
    plugins.extending._reported.clear()
    with caplog.at_level(logging.WARNING, "quilt_core.plugins"):
        for _ in range(2):
            assert connect().get_registry_url() == "url/good"
    assert len([one for one in caplog.records if "broken-dist" in one.getMessage()]) == 1
    assert plugins.extensions()[name].status is PluginStatus.FAILED


@pytest.mark.parametrize("by", ["environment", "profile", "argument"])
@pytest.mark.parametrize("name", [*BROKEN, "absent"])
def test_without_a_required_extension_connecting_fails(
    install: Install, monkeypatch: pytest.MonkeyPatch, no_others: Path, name: str, by: str
) -> None:
    trail(install, "good")
    if name != "absent":
        broken(install, name)
    given = [name] if by == "argument" else []
    if by == "environment":
        monkeypatch.setenv("QUILT_CORE_EXTENSIONS", f"{name},good")
    if by == "profile":
        no_others.write_text(f'default_profile = "p"\n[profiles.p.extensions.{name}]\n')
    with pytest.raises(PluginError, match=f"'{name}'"):
        connect(*given)


def test_connecting_fails_if_a_required_extension_is_blocked(
    install: Install, monkeypatch: pytest.MonkeyPatch, no_others: Path
) -> None:
    trail(install, "policy")
    monkeypatch.setenv("QUILT_CORE_EXTENSIONS", "")
    assert connect().get_registry_url() == "url"
    with pytest.raises(PluginError, match=r"'policy'.*is blocked: not in QUILT_CORE_EXTENSIONS"):
        connect("policy")
    no_others.write_text("[profiles.p.extensions.policy]\n")
    with pytest.raises(PluginError, match=r"listed in the profile 'p', is blocked"):
        connect(profile="p")
    monkeypatch.setenv("QUILT_CORE_EXTENSIONS", "policy")
    monkeypatch.setenv("QUILT_CORE_BLOCK", "policy")
    with pytest.raises(PluginError, match="QUILT_CORE_BLOCK"):
        connect()


def test_a_failed_extension_closes_the_backend() -> None:
    closed: list[bool] = []
    backend = BackendPlugin(
        name="test", hook_version=1, implementers=[Catalog()], close=lambda: closed.append(True)
    )

    def factory(context: ExtensionContext) -> object:
        raise KeyError("x")

    with pytest.raises(KeyError):
        quilt_core.connect(backend, extensions=[factory])
    assert closed == [True]


def test_a_factory_receives_information_about_the_connection(
    install: Install, monkeypatch: pytest.MonkeyPatch, no_others: Path
) -> None:
    trail(install, "audit-log", "Trail")
    trail(install, "audit", "Trail")
    no_others.write_text(
        "[profiles.p.extensions.audit]\nfile = 'a'\nlevel = 3\nkey = { env = 'KEY' }\n"
    )
    monkeypatch.setenv("KEY", "from-environment")
    monkeypatch.setenv("QUILT_EXTENSION_AUDIT_FILE", "b")
    monkeypatch.setenv("QUILT_EXTENSION_AUDIT_LOG_FILE", "c")
    ops = connect(profile="p", registry="s3://bucket")
    contexts = {
        plugin.context.name: plugin.context  # type: ignore[attr-defined]
        for name, plugin, _ in ops._dispatch._hooks._plugins
        if name.startswith("extension:")
    }
    audit = contexts["audit"]
    assert (audit.backend, str(audit.settings.registry)) == ("test", "s3://bucket")
    assert dict(audit.options) == {"file": "b", "level": 3, "key": "from-environment"}
    assert dict(contexts["audit-log"].options) == {"file": "c"}
    assert "from-environment" not in repr(audit)


def test_each_connection_has_its_own_extension() -> None:
    made: list[ExtensionContext] = []

    class Extension:
        def __init__(self, context: ExtensionContext) -> None:
            made.append(context)

        @hookimpl
        def around_operation(self, call: Any) -> Any:
            return call.proceed()

    connect(Extension)
    connect(Extension)
    assert [one.name for one in made] == ["argument 0", "argument 0"]


def test_extensions_of_a_profile_are_tables(no_others: Path) -> None:
    no_others.write_text("[profiles.p]\nextensions = ['audit']\n")
    with pytest.raises(quilt_core.ValidationError, match="not tables"):
        connect(profile="p")


def test_optional_hooks_of_later_versions_are_ignored() -> None:
    class Later:
        @hookimpl(wrapper=True, optionalhook=True)
        def hook_of_a_later_version(self, whatever: Any) -> Any:
            return (yield)

    class Backend(Catalog):
        @hookimpl(optionalhook=True)
        def hook_of_a_later_version(self, whatever: Any) -> Any:
            return None

    backend = BackendPlugin(name="test", hook_version=1, implementers=[Backend()])
    for _ in range(2):  # checked, then remembered
        with quilt_core.connect(backend, extensions=[Later()]) as ops:
            assert ops.get_registry_url() == "url"


def test_names_of_the_project_are_reserved(
    install: Install, caplog: pytest.LogCaptureFixture
) -> None:
    plugins.discovery._warned.clear()
    with caplog.at_level(logging.WARNING, "quilt_core.plugins"):
        install("rival-dist", backends={"memory": "rival:create", "quilt3": "rival:create"})
        assert quilt_core.connect("memory").backend_name == "memory"
    found = plugins.backends()
    assert found["memory"].distribution == "quiltops"
    for name in ("memory", "quilt3"):
        rival = found[f"{name} (rival-dist)"]
        assert (rival.name, rival.status) == (name, PluginStatus.BLOCKED)
        assert "belongs to quiltops" in (rival.cause or "")
    assert len(caplog.records) == 2
    assert all("rival-dist" in one.getMessage() for one in caplog.records)
