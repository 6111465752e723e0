"""Prepare a release: `python tools/release.py 1.2.3`.

Checks that CHANGELOG.md has a section for the version and dates it, writes the version into the one
place that defines it, and the version ranges between our own distributions into every pyproject.
`make release VERSION=` builds and tests the result; RELEASING.md describes the next steps.
"""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)((?:a|b|rc)\d+)?")
OWN = re.compile(r'("quiltops[a-z0-9-]*(?:\[[a-z,]+\])?)>=[0-9.]+,<[0-9.]+(")')


class ReleaseError(Exception):
    """The release cannot be prepared; the message says what to do first."""


def next_minor(version: str) -> str:
    """The first version that may break distributions that use private modules of this one."""
    major, minor = version.split(".")[:2]
    return f"{major}.{int(minor) + 1}"


def dated_changelog(text: str, version: str, today: str) -> str:
    """The changelog with this version's section dated; `ReleaseError` if it lists no change."""
    section = re.search(
        rf"^## {re.escape(version)} \((unreleased|\d{{4}}-\d\d-\d\d)\)\n(.*?)(?=^## |\Z)",
        text, re.MULTILINE | re.DOTALL,
    )  # fmt: skip
    if section is None:
        raise ReleaseError(f"CHANGELOG.md has no section '## {version} (unreleased)'.")
    if not re.search(r"^- ", section[2], re.MULTILINE):
        raise ReleaseError(f"The section {version} of CHANGELOG.md lists no change.")
    start, end = section.span(1)
    return text[:start] + today + text[end:] if section[1] == "unreleased" else text


def with_own_ranges(text: str, version: str) -> str:
    """A pyproject whose ranges for our own distributions allow this minor version."""
    major, minor = version.split(".")[:2]
    return OWN.sub(rf"\g<1>>={major}.{minor},<{next_minor(version)}\g<2>", text)


def prepare(version: str, root: Path = ROOT, today: str | None = None) -> None:
    """Write the version everywhere; nothing is written unless all checks pass."""
    if not VERSION.fullmatch(version):
        raise ReleaseError(f"{version!r} is not a version; it looks like 1.2.3 or 1.2.3rc1.")
    changelog = root / "CHANGELOG.md"
    text = dated_changelog(
        changelog.read_text(encoding="utf-8"), version, today or f"{datetime.now(UTC):%Y-%m-%d}"
    )
    source = root / "quilt_core" / "_version.py"
    module = re.sub(
        r'^__version__ = ".*"$', f'__version__ = "{version}"',
        source.read_text(encoding="utf-8"), flags=re.MULTILINE,
    )  # fmt: skip
    pages = [
        *root.glob("pyproject.toml"),
        *root.glob("*/*/pyproject.toml"),
        root / "docs" / "extensions.md",
    ]
    texts = {page: with_own_ranges(page.read_text(encoding="utf-8"), version) for page in pages}
    for path, content in {**texts, source: module, changelog: text}.items():
        path.write_text(content, encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Name the version: make release VERSION=1.2.3")
    try:
        prepare(sys.argv[1])
    except ReleaseError as error:
        sys.exit(str(error))
