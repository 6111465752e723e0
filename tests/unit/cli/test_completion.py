"""Shell completion: local names and names from the catalog, in time, and silently."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quilt_core import QuiltOps, TransportError
from quilt_core.cli import completing
from quilt_core.cli.main import run

Complete = Callable[[str], list[str]]


@pytest.fixture(params=["bash", "zsh", "fish"])
def complete(
    request: pytest.FixtureRequest,
    good: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Complete:
    """Completes a line as a shell would; nothing but the names may be printed."""

    def ask(line: str) -> list[str]:
        with monkeypatch.context() as patch:
            patch.setenv("_QUILTOPS_COMPLETE", f"{request.param}_complete")
            words = line.split(" ")
            if request.param == "bash":
                patch.setenv("COMP_LINE", line)
            elif request.param == "zsh":
                patch.setenv("COMP_WORDS", line)
                patch.setenv("COMP_CWORD", str(len(words) - 1))
            else:
                patch.setenv("COMP_WORDS", line)
                patch.setenv("COMP_CWORD", words[-1])
            capsys.readouterr()
            assert run([]) == 0
            out, err = capsys.readouterr()
        assert err == ""
        if request.param == "zsh":
            return out.splitlines()[1::3]
        return [one.split(",", 1)[1].partition("\t")[0] for one in out.splitlines() if one]

    return ask


def test_commands_and_options(complete: Complete) -> None:
    assert complete("quiltops packages cre") == ["create"]
    assert "--top-hash" in complete("quiltops packages info --top")
    assert complete("quiltops packages search --order new") == ["newest"]
    assert complete("quiltops completion z") == ["zsh"]


def test_names_from_the_catalog(complete: Complete, package: str, good: Any, catalog: Any) -> None:
    assert complete("quiltops packages info ") == [package]
    assert complete("quiltops packages info t/") == [package]
    assert complete("quiltops packages info nobody") == []
    assert complete("quiltops cat t/p in/") == ["in/d/", "in/a.csv"]
    assert complete("quiltops cat t/p in/d/") == ["in/d/b.csv"]
    assert complete("quiltops content browse t/p in/d") == ["in/d/"]
    [version] = good("packages", "versions", package, "--json").rows
    assert complete("quiltops packages info t/p --top-hash ") == [version["top_hash"][:12]]
    assert complete("quiltops tabulator list b") == ["bucket"]
    assert complete("quiltops --registry s3://bucket packages info ") == [package]
    assert complete("quiltops --registry s3://nothing packages info ") == []


def test_local_names(complete: Complete, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[profiles.home]\n[profiles.work]\n")
    assert complete("quiltops --profile w") == ["work"]
    assert complete("quiltops config default ") == ["home", "work"]
    assert "memory" in complete("quiltops --backend ")
    assert "catalog_url" in complete("quiltops config set work cat")
    assert "info" in complete("quiltops schema packages in")


def test_names_that_could_not_be_typed_are_not_offered(
    complete: Complete, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["t/good", "t/\x1b[2J", "t/new\nline", "t/\u202eback"]
    monkeypatch.setattr(QuiltOps, "iter_all_packages", lambda self, **_: iter(names))
    assert complete("quiltops packages info t") == ["t/good"]


def test_late_entries_of_a_long_listing_are_offered(
    complete: Complete, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [*(f"a/{number}" for number in range(1000)), "z/last"]
    monkeypatch.setattr(QuiltOps, "iter_all_packages", lambda self, **_: iter(names))
    assert complete("quiltops packages info z") == ["z/last"]
    assert len(complete("quiltops packages info a")) == completing.MOST


@pytest.mark.parametrize("error", [TransportError("down"), KeyError("a bug")])
def test_errors_are_silent(
    complete: Complete, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(self: QuiltOps, **_: Any) -> Any:
        raise error

    monkeypatch.setattr(QuiltOps, "iter_all_packages", fail)
    assert complete("quiltops packages info ") == []


def test_broken_configuration_is_silent(complete: Complete, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[profiles")
    assert complete("quiltops --profile w") == []
    assert complete("quiltops packages info ") == []


def test_completion_does_not_wait_for_a_slow_catalog(
    complete: Complete, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(completing, "SECONDS", 0.1)
    monkeypatch.setattr(QuiltOps, "iter_all_packages", lambda self, **_: time.sleep(5))
    started = time.monotonic()
    assert complete("quiltops packages info ") == []
    assert time.monotonic() - started < 4


def test_in_multitenant_mode_completion_never_connects(
    complete: Complete, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUILT_MULTITENANT_MODE", "true")

    def fail(*_: Any, **__: Any) -> Any:
        pytest.fail("connected")

    monkeypatch.setattr(completing, "connect", fail)
    for line in ("packages info ", "cat t/p in/", "--registry s3", "tabulator list "):
        assert complete(f"quiltops {line}") == []


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("quiltops packages cre", "<create>"),
        ("quiltops config default ho", "<home\\ office>"),
        ("quiltops --profile work:o", "<one>"),  # what precedes the colon is another word
        ("quiltops config default 'ho", "<home\\ office>"),
    ],
)
def test_bash_completes(line: str, expected: str, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[profiles."home office"]\n[profiles."work:one"]\n')
    folder = Path(sys.executable).parent
    script = (
        "source <(quiltops completion bash)\ncompopt() { :; }\n"
        f'COMP_LINE="{line}"; COMP_POINT=${{#COMP_LINE}}\n'
        "$(complete -p quiltops | sed 's/.*-F \\([^ ]*\\) .*/\\1/') quiltops\n"
        'printf "<%s>" "${COMPREPLY[@]}"'
    )
    bash = subprocess.run(
        ["bash", "--norc", "-c", script],
        env={"PATH": f"{folder}:/usr/bin:/bin", "QUILT_CORE_CONFIG": str(config)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (bash.stdout, bash.stderr) == (expected, "")
