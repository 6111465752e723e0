"""Every Python and shell block of the documentation runs, in order, against a local registry.

A comment before a block says what is special about it, and does not show on the page:

- ``<!-- not run: reason -->``: it cannot run here; the number of these is fixed below;
- ``<!-- exits: 6 -->``: the shell ends with this code;
- ``<!-- signature -->``: the definition of something that the page describes; it is not run;
- ``<!-- output -->``, before a `text` block: what the block before it prints; ``…`` is anything.

A block with a title (`title="folder/file.py"`) is a file of the page's folder and is written there.
``<!-- as: admin -->`` on a page makes its blocks act as that user of the demonstration's registry.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

ROOT = Path(__file__).parents[3]
PATTERNS = ("*.md", "docs/**/*.md", "plugins/*/README.md", "examples/*/README.md")
TESTED_ELSEWHERE = {
    "docs/cassettes.md": "tests/integration/cassettes/test_documentation.py",
    "docs/extensions.md": "tests/e2e/isolation/test_tutorials.py",
    "docs/writing-a-backend.md": "tests/e2e/isolation/test_tutorials.py",
}
RUN = {"python", "sh", "console"}
NOT_RUN = 27

_FENCE = re.compile(
    r"^(?:<!-- (?P<mark>[a-z ]+?)(?:: (?P<value>[^\n]*?))? -->\n\n?)?"
    r'^```(?P<language>\w*)(?: title="(?P<title>[^"\n]+)")?\n(?P<text>.*?)^```$',
    re.MULTILINE | re.DOTALL,
)
_MARKS = {"not run", "exits", "output", "signature"}


@attrs.frozen
class Block:
    """A fenced block of a page."""

    page: str
    line: int
    language: str
    title: str
    text: str
    mark: str
    value: str

    @property
    def runs(self) -> bool:
        """Whether it must be run, written or compared."""
        if self.title or self.mark == "output":
            return True
        return self.language in RUN and self.mark not in ("not run", "signature")

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks_of(path: Path) -> Iterator[Block]:
    """The blocks of a page, in order."""
    text = path.read_text("utf-8")
    for found in _FENCE.finditer(text):
        mark = found["mark"] if found["mark"] in _MARKS else None
        yield Block(
            page=path.relative_to(ROOT).as_posix(),
            line=text.count("\n", 0, found.start("text")) + 1,
            language=found["language"],
            title=found["title"] or "",
            text=found["text"],
            mark=mark or "",
            value=(found["value"] or "") if mark else "",
        )


PAGES = sorted({path for pattern in PATTERNS for path in ROOT.glob(pattern)})
BLOCKS = [block for path in PAGES for block in blocks_of(path)]
OURS = [block for block in BLOCKS if block.page not in TESTED_ELSEWHERE]
SCRIPTS = {
    path: [block for block in OURS if block.page == path and block.runs]
    for path in {block.page for block in OURS}
}


@pytest.mark.parametrize("path", sorted(path for path, blocks in SCRIPTS.items() if blocks))
def test_the_blocks_of_a_page(path: str, open_page: Callable[[str, str], Any]) -> None:
    user = re.search(r"<!-- as: (\w+) -->", (ROOT / path).read_text("utf-8"))
    page = open_page(path, user[1] if user else "writer")
    for block in SCRIPTS[path]:
        try:
            run(block, page)
        except BaseException as error:
            error.add_note(f"in the block at {block}")
            raise


def run(block: Block, page: Any) -> None:
    """Run, write or compare one block."""
    if block.title:
        target = page.folder / block.title
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(block.text, "utf-8")
    elif block.mark == "output":
        assert_like(page.output, block.text)
    elif block.language == "python":
        page.python("\n" * (block.line - 1) + block.text, block.page)
    elif block.language == "console":
        for command, printed in commands_of(block.text):
            assert page.shell(command) == int(block.value or 0), page.output
            assert_like(page.output, printed)
    else:
        assert page.shell(block.text) == int(block.value or 0), page.output


def commands_of(text: str) -> Iterator[tuple[str, str]]:
    """The commands of a console block, and what each prints."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        lines = part.splitlines(keepends=True)
        more = next((n for n, line in enumerate(lines[1:], 1) if not line.startswith("> ")), None)
        cut = len(lines) if more is None else more
        yield lines[0] + "".join(line[2:] for line in lines[1:cut]), "".join(lines[cut:])


def assert_like(printed: str, shown: str) -> None:
    """What was printed matches the page, apart from spaces; `…` matches anything."""
    pattern = re.escape(_tidy(shown)).replace("…", ".*?")
    if not re.fullmatch(pattern, _tidy(printed), re.DOTALL):
        pytest.fail(f"The page shows\n{_tidy(shown)}\nand this was printed:\n{printed}")


def _tidy(text: str) -> str:
    return "\n".join(" ".join(line.split()) for line in text.strip().splitlines())


def test_blocks_that_are_not_run_say_why_and_are_counted() -> None:
    left_out = [block for block in OURS if block.mark == "not run"]
    assert all(len(block.value) > 5 for block in left_out)
    assert len(left_out) == NOT_RUN, Counter(block.page for block in left_out)


def test_pages_listed_as_tested_elsewhere_are_tested() -> None:
    for page, test in TESTED_ELSEWHERE.items():
        assert Path(page).name in (ROOT / test).read_text("utf-8")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_block_is_missed(path: Path) -> None:
    """Every fence is recognized by the tests and has a language; shells have one name only."""
    text = path.read_text("utf-8")
    fences = re.findall(r"^ *```", text, re.MULTILINE)
    blocks = list(blocks_of(path))
    assert len(fences) == 2 * len(blocks), "a fence is indented or not closed"
    other = {block.language for block in blocks} - RUN
    assert other <= {"", "text", "toml", "yaml", "json", "mermaid", "graphql", "sql"}
    marks = re.findall(r"^<!-- (not run|exits|output|signature)\b", text, re.MULTILINE)
    assert len(marks) == sum(bool(block.mark) for block in blocks), "a mark has no block"
    prose = _FENCE.sub("", text)
    assert not re.findall(r"^ {4}(?:pip|quiltops|import) .*$", prose, re.MULTILINE)
