"""Every relative link and image in the documentation leads somewhere, anchors included."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).parents[3]
PATTERNS = (
    "*.md",
    "docs/**/*.md",
    "packages/*/README.md",
    "plugins/*/README.md",
    "examples/*/README.md",
)
PAGES = sorted({path for pattern in PATTERNS for path in ROOT.glob(pattern)})
_LINK = re.compile(r"\]\(([^()\s]+)(?: \"[^\"]*\")?\)")
_CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_resolve(page: Path) -> None:
    text = _CODE.sub("`code`", page.read_text("utf-8"))
    broken = [link for link in _LINK.findall(text) if not _resolves(page, link)]
    assert broken == []


def _resolves(page: Path, link: str) -> bool:
    if re.match(r"[a-z]+:", link):
        return True
    path, _, anchor = unquote(link).partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.is_relative_to(ROOT) or not target.exists():
        return False
    return not anchor or anchor in anchors(target)


@cache
def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub and the documentation site generate them."""
    text = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).strip().replace(" ", "-") for one in headings}


def test_every_picture_is_used() -> None:
    shown = "".join(page.read_text("utf-8") for page in PAGES)
    for picture in (ROOT / "docs" / "images").iterdir():
        assert f"images/{picture.name}" in shown


def test_a_broken_link_is_found() -> None:
    page = ROOT / "README.md"
    assert not _resolves(page, "docs/no-such-page.md")
    assert not _resolves(page, "docs/concepts.md#no-such-heading")
    assert _resolves(page, "docs/concepts.md#naming-a-revision")
