"""Untrusted text on the command line is escaped, and can be printed in every encoding."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from quilt_core import ContentInfo, PackageDiff, PackageInfo, Progress, QuiltOps, errors
from quilt_core.cli import progress
from quilt_core.printable import json_text, printable

Cli = Callable[..., Any]
HOSTILE = "a\x1b[2J\x1b]0;title\x07\r\nb\x9b31m\u202ec\u2066d\ud800e\u2028f\x7f[red]"
FORBIDDEN = frozenset("\x1b\x07\r\x9b\u202e\u2066\ud800\u2028\x7f")
INFO = PackageInfo(
    name="team/data",
    registry="s3://bucket",
    bucket="bucket",
    top_hash="0" * 64,
    modified=datetime(2026, 1, 1, tzinfo=UTC),
    message=HOSTILE,
    metadata={HOSTILE: [HOSTILE, {"deep": HOSTILE}]},
    workflow=HOSTILE,
    total_entries=1,
    total_bytes=1,
)
DIFF = PackageDiff(
    package1_name=HOSTILE,
    package2_name="b",
    package1_hash="0" * 64,
    package2_hash="1" * 64,
    added=(HOSTILE,),
    deleted=(HOSTILE,),
    modified=(HOSTILE,),
)
FILE = ContentInfo(
    path=f"folder {HOSTILE}/file {HOSTILE}", type="file", size=1, physical_key=None, metadata={}
)


def check(text: str) -> None:
    assert not FORBIDDEN & set(text), ascii(text)


@pytest.fixture
def hostile(monkeypatch: pytest.MonkeyPatch) -> None:
    """Operations answer with hostile texts."""
    answers: dict[str, Any] = {
        "get_package_info": INFO,
        "iter_search_packages": [INFO],
        "search_packages": [INFO],
        "iter_all_packages": ["team/" + HOSTILE],
        "browse_content": [FILE],
        "diff_packages": DIFF,
        "get_package_metadata": INFO.metadata,
        "execute_graphql_query": {"data": {HOSTILE: HOSTILE}},
    }
    for name, answer in answers.items():
        if hasattr(QuiltOps, name):
            monkeypatch.setattr(QuiltOps, name, lambda self, *_, _answer=answer, **__: _answer)


COMMANDS = [
    ("packages", "info", "t/p"),
    ("packages", "search", "x"),
    ("packages", "list"),
    ("packages", "metadata", "t/p"),
    ("packages", "browse", "t/p"),
    ("content", "browse", "t/p"),
    ("content", "tree", "t/p"),
    ("packages", "diff", "t/p", "t/q"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_tables_trees_and_lists_show_it_escaped(
    good: Cli, hostile: None, command: tuple[str, ...]
) -> None:
    ended = good(*command)
    check(ended.out)
    assert "\\x1b" in ended.out or "\\u001b" in ended.out
    assert "[red]" in ended.out


@pytest.mark.parametrize("command", [*COMMANDS, ("catalog", "graphql", "{ x }")], ids=" ".join)
def test_json_stays_json(good: Cli, hostile: None, command: tuple[str, ...]) -> None:
    ended = good(*command, "--json")
    check(ended.out)
    [row] = ended.rows
    assert HOSTILE in _texts(row)


def _texts(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(_texts(one) for pair in value.items() for one in pair)
    return "".join(map(_texts, value)) if isinstance(value, list) else str(value)


@pytest.mark.parametrize("form", [(), ("--json",), ("--verbose",)])
@pytest.mark.parametrize(
    "error", [errors.BackendError(HOSTILE, hint=HOSTILE), KeyError("k"), RuntimeError(HOSTILE)]
)
def test_errors_show_it_escaped(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, error: Exception, form: tuple[str, ...]
) -> None:
    error.add_note(HOSTILE)

    def fail(self: QuiltOps) -> None:
        raise error

    monkeypatch.setattr(QuiltOps, "list_buckets", fail)
    ended = cli("buckets", "list", *form)
    check(ended.err)
    if form == () and isinstance(error, errors.BackendError):
        assert ended.err.splitlines()[-2:] == [
            f"Backend: {printable(HOSTILE)}", printable(HOSTILE)
        ]  # fmt: skip


@pytest.mark.parametrize("argument", [HOSTILE, "--" + HOSTILE])
def test_invalid_arguments_are_escaped(cli: Cli, argument: str) -> None:
    for command in ([argument], ["packages", argument], ["packages", "info", "t/p", argument]):
        ended = cli(*command)
        assert ended.code == 2
        check(ended.err)


def test_bars_show_it_escaped(
    good: Cli, monkeypatch: pytest.MonkeyPatch, screen: io.StringIO
) -> None:
    monkeypatch.setattr(progress, "SECONDS", 0.0)
    monkeypatch.setenv("NO_COLOR", "1")
    seen: list[str] = []

    def note_what_is_drawn(self: Any, description: str, **fields: Any) -> int:
        seen.extend((description, fields["amount"]))
        return len(seen)

    monkeypatch.setattr("rich.progress.Progress.add_task", note_what_is_drawn)
    monkeypatch.setattr("rich.progress.Progress.update", lambda self, task, **fields: seen.append(
        fields["amount"]))  # fmt: skip
    bars = progress._Bars.__new__(progress._Bars)
    monkeypatch.setattr(progress, "console", lambda **_: None)
    bars.__init__(HOSTILE)  # type: ignore[misc]
    try:
        bars.report(Progress(operation="x", phase="p" + HOSTILE, done=1, total=2, unit=HOSTILE))
    finally:
        bars.stop()
    assert len(seen) == 5
    check("".join(seen))


def test_notebooks_show_it_escaped() -> None:
    check(INFO._repr_html_() + DIFF._repr_html_() + FILE._repr_html_())


ENCODINGS = [
    {"PYTHONIOENCODING": "cp1252"},
    {"PYTHONIOENCODING": "ascii"},
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    {"PYTHONIOENCODING": "utf-8"},
]
TEXT = "é–日本\U0001f600\ud800"


COMMANDS_HERE = ["packages info t/p", "packages list", "content tree t/p", "buckets list"]
SCRIPT = f"""
import datetime, sys, quilt_core
from quilt_core import QuiltOps
from quilt_core.cli.main import main
text = {TEXT!a}
info = quilt_core.PackageInfo(name="t/p", registry="s3://b", bucket="b", top_hash="0" * 64,
    modified=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC), message=text,
    metadata={{text: text}}, workflow=None, total_entries=1, total_bytes=1)
item = quilt_core.ContentInfo(path=text, type="file", size=1, physical_key=None, metadata={{}})
QuiltOps.get_package_info = lambda self, *_, **__: info
QuiltOps.iter_all_packages = lambda self, *_, **__: [text]
QuiltOps.browse_content = lambda self, *_, **__: [item]
def fail(self): raise quilt_core.BackendError(text)
QuiltOps.list_buckets = fail
sys.stderr = sys.stdout
for command in {COMMANDS_HERE}:
    for form in ([], ["--json"]):
        try:
            main([*command.split(), *form])
        except SystemExit as ended:
            print(f"== {{ended.code}}", flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize("environment", ENCODINGS, ids=str)
def test_output_survives_every_encoding(environment: dict[str, str]) -> None:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ}
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={**kept, "QUILT_BACKEND": "memory", "QUILT_DEFAULT_REGISTRY": "s3://bucket",
             **environment},
        capture_output=True, check=True, timeout=60,
    )  # fmt: skip
    said = ended.stdout.decode(environment.get("PYTHONIOENCODING", "ascii"))
    parts = re.split(r"^== (\d+)$", said, flags=re.MULTILINE)
    assert parts[1::2] == ["0"] * 6 + ["8"] * 2
    for table, row in zip(parts[0:-1:4], parts[2:-1:4], strict=True):
        assert "d800" in table
        assert TEXT in _texts(json.loads(row))


@pytest.mark.parametrize("encoding", ["utf-8", "utf_16", "ascii", "cp1252", None])
def test_json_reads_back(encoding: str | None) -> None:
    value = {HOSTILE: [TEXT, HOSTILE]}
    text = json_text(value, encoding=encoding)
    text.encode(encoding or "utf-8")
    check(text)
    assert json.loads(text) == value


def test_harmless_text_is_unchanged() -> None:
    assert printable("Größe – 日本 \U0001f600") == "Größe – 日本 \U0001f600"
    assert printable("a\nb\tc\r", lines=True) == "a\nb\tc\\r"
    assert printable("a\nb") == "a\\nb"
