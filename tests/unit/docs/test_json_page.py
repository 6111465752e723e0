"""The page about the command line's JSON covers every command that prints any."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
# Their output is text, is itself a schema, or depends on the query.
WITHOUT = {
    "admin schema",
    "auth token",
    "completion",
    "config default",
    "config set",
    "config unset",
    "new-backend",
    "query run",
    "registry serve",
}
_LIST = """
import click
from quilt_core.cli.main import build

def leaves(path, command):
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                leaves((*path, name), inner)
    else:
        print(" ".join(path))

leaves((), build())
"""


@pytest.mark.slow
def test_every_command_is_on_the_page_or_prints_no_json_of_its_own() -> None:
    environment = {**os.environ, "QUILT_CORE_EXTENSIONS": "local_registry"}
    listed = subprocess.run(
        [sys.executable, "-c", _LIST], env=environment, capture_output=True, text=True, check=True
    )
    page = (ROOT / "docs" / "reference" / "json.md").read_text("utf-8")
    shown = set(re.findall(r"^\| `quiltops ([^`]+)` \|", page, re.MULTILINE))
    assert set(listed.stdout.splitlines()) - shown == WITHOUT
    assert len(shown) > 80


def test_every_linked_object_has_a_heading_and_fields() -> None:
    page = (ROOT / "docs" / "reference" / "json.md").read_text("utf-8")
    sections = dict(re.findall(r"^### (\w+)\n(.*?)(?=^### |\Z)", page, re.MULTILINE | re.DOTALL))
    linked = set(re.findall(r"\[(\w+)\]\(#", page))
    assert linked <= sections.keys()
    for name, text in sections.items():
        assert "| field | type | meaning |" in text or "One of `" in text, name
