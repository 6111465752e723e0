"""Commands of other distributions, and what `plugins` and `doctor` report about them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from quilt_core import plugins
from quilt_core.cli.main import build

Cli = Callable[..., Any]
EXTRA = """
import click
@click.group()
def group():
    "Things that a distribution adds."
@group.command()
def hello():
    click.echo("hello")
"""
MISSPELT = """
from quilt_core import hookimpl
class Extension:
    @hookimpl(wrapper=True)
    def list_bukets(self):
        return (yield)
extension = Extension()
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Install a distribution: `site("name", {"commands": {...}}, module_of_it="source")`."""
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)

    def install(name: str, groups: dict[str, dict[str, str]], **modules: str) -> None:
        info = tmp_path / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\nSummary: What {name} does\n"
        )
        lines = []
        for group, points in groups.items():
            lines.append(f"[quilt_core.{group}]")
            lines += [f"{key} = {value}" for key, value in points.items()]
        (info / "entry_points.txt").write_text("\n".join(lines))
        for module, source in modules.items():
            (tmp_path / f"{module}.py").write_text(source)
        plugins.clear_cache()

    plugins.clear_cache()
    yield install
    for module in set(sys.modules) - before:
        if (getattr(sys.modules[module], "__file__", None) or "").startswith(str(tmp_path)):
            del sys.modules[module]
    plugins.clear_cache()


def status(good: Cli, *options: str) -> dict[str, dict[str, str]]:
    return {row["name"]: row for row in good("plugins", "--json", *options).row}


def test_a_distribution_adds_commands_and_help_does_not_import_them(good: Cli, site: Any) -> None:
    points = {"extra": "extra_cli:group", "tools.deep.hello": "extra_cli:hello"}
    site("extra", {"commands": points}, extra_cli=EXTRA)
    assert "What extra does" in good("--help").out
    assert "extra_cli" not in sys.modules
    assert good("extra", "hello").out == "hello\n"
    assert good("tools", "deep", "hello").out == "hello\n"
    assert status(good)["extra"]["kind"] == "command"


@pytest.mark.parametrize(
    ("source", "cause"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("import sys; sys.exit(0)", "SystemExit"),
        ("import nowhere_to_be_found", "nowhere_to_be_found"),
        ("command = 'text'", "is not a click command"),
        ("", "no attribute command"),
    ],
)
def test_a_broken_command_breaks_no_other(
    cli: Cli, good: Cli, site: Any, source: str, cause: str
) -> None:
    site("broken", {"commands": {"broken": "broken_cli:command"}}, broken_cli=source)
    helped = good("--help")
    assert "broken" in helped.out
    assert helped.err == ""
    assert "memory" in status(good)
    ended = cli("broken")
    assert ended.code == 11
    assert "broken 1.0" in ended.err
    checked = status(good, "--check")["broken"]
    assert checked["status"] == "failed"
    assert cause in checked["cause"]


@pytest.mark.parametrize("name", ["packages", "packages.more", "doctor.fast", "a..b", "A b"])
def test_a_command_path_that_is_taken_or_invalid(good: Cli, site: Any, name: str) -> None:
    before = good("doctor", "--help").out, good("packages", "--help").out
    site("rival", {"commands": {name: "rival_cli:group"}}, rival_cli=EXTRA)
    assert (good("doctor", "--help").out, good("packages", "--help").out) == before
    assert status(good)[name]["status"] == "failed"
    assert "was skipped" in good("--help").err


def test_two_distributions_with_one_command(good: Cli, site: Any) -> None:
    for name in ("one", "two"):
        site(name, {"commands": {"twin": f"{name}_cli:group"}})
    ended = good("--help")
    assert "one 1.0 and two 1.0" in ended.err
    assert "twin" not in ended.out


def test_a_blocked_command_is_absent(cli: Cli, site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    site("extra", {"commands": {"extra": "extra_cli:group"}}, extra_cli=EXTRA)
    monkeypatch.setenv("QUILT_CORE_BLOCK", "extra")
    assert cli("extra", "hello").code == 2


def test_completion_imports_no_command(site: Any) -> None:
    site("broken", {"commands": {"broken": "broken_cli:command"}}, broken_cli="1 / 0")
    root = build()
    with click.Context(root, info_name="quiltops") as context:
        items = {item.value: item.help for item in root.shell_complete(context, "b")}
    assert items["broken"] == "What broken does"
    assert "buckets" in items


def test_the_doctor_checks_what_connecting_would_do(cli: Cli, good: Cli, site: Any) -> None:
    site("ext", {"extensions": {"ext": "ext_m:extension"}}, ext_m=MISSPELT)
    good("buckets", "list")  # it is found, and left out
    row = status(good, "--check")["ext"]
    assert row["status"] == "failed"
    assert "'list_bukets', which is not a hook" in row["cause"]
    doctor = cli("doctor", "--json")
    assert doctor.code == 1
    [check] = [one for one in doctor.row["checks"] if one["name"] == "extension ext"]
    assert not check["ok"]
    assert "Did you mean 'list_buckets'?" in str(check)


def test_a_backend_that_breaks_the_contract_fails_the_check(good: Cli, site: Any) -> None:
    source = """
from quilt_core import BackendPlugin, hookimpl
class Operations:
    @hookimpl
    def list_bukets(self):
        return []
def create(settings):
    return BackendPlugin(name="odd", hook_version=1, implementers=[Operations()])
"""
    site("odd", {"backends": {"odd": "odd_m:create"}}, odd_m=source)
    assert "list_bukets" in status(good, "--check")["odd"]["cause"]
