"""Finds the phrases of `tools/phrases.txt` in documentation, docstrings, messages and comments.

`python tools/phrases.py` checks every Markdown and Python file of the repository, or only the files
that are given as arguments. It prints each place with what to write instead, and exits with 1 if
it found any.
"""

from __future__ import annotations

import re
import sys
import tokenize
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDERS = (
    "quilt_core",
    "packages",
    "plugins",
    "integrations",
    "examples",
    "docs",
    "tools",
    "benchmarks",
)
TEXT = {tokenize.COMMENT, tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}
_MARGIN = re.compile(r"^\s*(?:#:? ?|[rbfRBF]{0,2}\"{1,3}|> )?\s*|\s*\"{0,3}[,)]*\s*$")
_CODE = re.compile(r"^ *```.*?^ *```$|``[^`\n]*``|`[^`\n]*`|\{[^{}\n]*\}", re.MULTILINE | re.DOTALL)


def phrases(path: Path) -> list[tuple[re.Pattern[str], str]]:
    """The patterns of a list, each with what to write instead."""
    lines = path.read_text("utf-8").splitlines()
    pairs = [line.split(" => ") for line in lines if line and not line.startswith("#")]
    return [(re.compile(old.replace(" ", r"[ \n]"), re.IGNORECASE), new) for old, new in pairs]


def prose(path: Path) -> str:
    """The text of a file that people read, with every line on its original line."""
    text = path.read_text("utf-8")
    if path.suffix == ".py":
        text = _strings_and_comments(path, text)
    text = _CODE.sub(lambda found: "`" + "\n" * found[0].count("\n"), text)
    return "\n".join(_MARGIN.sub("", line) for line in text.split("\n"))


def _strings_and_comments(path: Path, text: str) -> str:
    lines = text.split("\n")
    kept = [[" "] * len(line) for line in lines]
    with path.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            if token.type in TEXT:
                for number in range(token.start[0] - 1, token.end[0]):
                    begin = token.start[1] if number == token.start[0] - 1 else 0
                    end = token.end[1] if number == token.end[0] - 1 else len(lines[number])
                    kept[number][begin:end] = lines[number][begin:end]
    return "\n".join("".join(line) for line in kept)


def main(names: list[str]) -> int:
    """Print what is found in the given files, or in all."""
    banned = phrases(ROOT / "tools" / "phrases.txt")
    folders = [file for folder in FOLDERS for file in (ROOT / folder).rglob("*.*")]
    files = [Path(name).resolve() for name in names] or sorted([*ROOT.glob("*.md"), *folders])
    found = 0
    for path in (one for one in files if one.suffix in {".md", ".py"} and ".venv" not in one.parts):
        text = prose(path)
        for pattern, instead in banned:
            for place in pattern.finditer(text):
                line, phrase = text.count("\n", 0, place.start()) + 1, place[0].replace("\n", " ")
                print(f"{path.relative_to(ROOT)}:{line}: {phrase!r}: write {instead!r}")
                found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
