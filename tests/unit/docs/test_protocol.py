"""Every protocol fact that is cited has a heading in docs/protocol.md, and is cited in one form."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[3]
FOLDERS = ("quilt_core", "packages", "plugins", "examples", "benchmarks", "docs", "tests")
KINDS = {".py", ".md", ".graphql", ".yaml", ".yml", ".toml", ".template"}
THIS = Path(__file__)
PAGE = ROOT / "docs" / "protocol.md"
_NUMBER = r"[A-Z](?:\.\d+)?"
_CITATION = re.compile(rf"docs/protocol\.md,\s+(?:#\s+)?({_NUMBER}(?:, {_NUMBER})*)")
_OTHER_FORM = re.compile(rf"protocol (?:notes?|facts?) {_NUMBER}\b|\bnotes? {_NUMBER}(?=[).,])")
_REFERENCE = re.compile(r"(?<![\w.`])([A-Z]\.\d+)(?![\w.])")


@cache
def headings() -> frozenset[str]:
    found = re.findall(rf"^#{{2,3}} ({_NUMBER})[. ]", PAGE.read_text("utf-8"), re.MULTILINE)
    assert len(found) == len(set(found)), "a heading stands there twice"
    return frozenset(found)


@cache
def sources() -> dict[str, str]:
    """The text of each of our files that may contain citations, by path."""
    paths = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*"))]
    paths += sorted(ROOT.glob("*.md"))
    return {
        path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
        for path in paths
        if path.suffix in KINDS and path.is_file() and path != THIS
    }


def test_every_citation_has_a_heading() -> None:
    cited = {
        (path, number)
        for path, text in sources().items()
        for numbers in _CITATION.findall(text)
        for number in numbers.split(", ")
    }
    assert len({number for _, number in cited}) > 20, "the citations are not found"
    assert sorted(one for one in cited if one[1] not in headings()) == []


def test_facts_are_cited_in_a_single_form() -> None:
    assert [path for path, text in sources().items() if _OTHER_FORM.search(text)] == []


def test_the_page_refers_to_its_own_headings() -> None:
    assert set(_REFERENCE.findall(PAGE.read_text("utf-8"))) <= headings()


def test_a_part_has_the_heading_of_its_section() -> None:
    assert {number[0] for number in headings()} <= headings()
