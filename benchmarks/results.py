"""The pages that keep what the benchmarks print: RESULTS.md, and parts of docs/scaling.md.

Each program writes one section of RESULTS.md, whose heading is the program's name. What stands
between a program's two comments in docs/scaling.md is written by that program.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "RESULTS.md"
SCALING = ROOT / "docs" / "scaling.md"
_INTRODUCTION = """# Results

`make bench` measures everything and writes this page; `make bench ONLY=transfer.py` measures one
program, and writes its section anew. Each section says when and where it was measured, and how much
other work the machine did meanwhile.

"Limit" is the least that any solution needs: the bytes that must be moved, the round trips of the
protocol, or a plain loop over the library underneath, measured in the same run. A row without a
goal is there for comparison. "Peer fails" stands where the goal is a comparison with a peer that
gives no answer, or a wrong one. Values are medians ± half the distance between the quartiles.

"""
NOT_MEASURED = "Not measured yet."
_HEADING = re.compile(r"^## (\w+\.py)$", re.MULTILINE)
_SUMMARY = (
    ("Manifests of 1,000,000", "diff, time", "diff of two manifests on disk, time"),
    ("Manifests of 1,000,000", "diff, peak memory", "the same, memory of the process"),
    ("Manifests of 1,000,000", "diff, unsorted, time", "the same, entries not in order, time"),
    ("Manifests of 1,000,000", "top hash, time", "top hash of entries in memory, time"),
    (
        "Manifests of 1,000,000",
        "read and compute top hash, peak memory",
        "top hash of a manifest on disk, memory of the process",
    ),
    ("Packages of 1,000,000", "platform: diff", "`diff_packages`, `platform`"),
    ("Packages of 1,000,000", "quilt3: diff", "`diff_packages`, `quilt3`"),
    ("Packages of 1,000,000", "platform: browse a directory", "one directory, `platform`"),
    ("Packages of 1,000,000", "quilt3: browse a directory", "one directory, `quilt3`"),
    ("Packages of 1,000,000", "platform: update", "one entry more, `platform`"),
    ("Packages of 1,000,000", "quilt3: update", "one entry more, `quilt3`"),
    (
        "50 ms latency",
        "platform: all that both can do",
        "all operations of both at 50 ms of latency, `platform`",
    ),
    (
        "50 ms latency",
        "quilt3: all that both can do",
        "all operations of both at 50 ms of latency, `quilt3`",
    ),
    (
        "200 tenants",
        "requests per second over TLS, a connection each",
        "requests per second, a connection per request, TLS",
    ),
    (
        "200 tenants",
        "requests per second without TLS, a connection each",
        "the same without TLS",
    ),
    ("Dispatch", "facade, pluggy, value objects, 0 wrappers", "a call through the facade"),
)
"""Rows of docs/scaling.md: the beginning of a table's heading, the row there, what we call it."""


def read_sections(text: str) -> dict[str, str]:
    """The sections of RESULTS.md by program, without their headings."""
    _, *parts = _HEADING.split(text)
    return {name: text.strip() for name, text in zip(parts[::2], parts[1::2], strict=True)}


def write_section(program: str, section: str, programs: Sequence[str]) -> None:
    """Replace one program's section of RESULTS.md; `programs` are all, in the page's order.

    A program that has none yet gets one that says so; those of other programs are removed.
    """
    kept = read_sections(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    kept[program] = section.strip()
    page = "\n".join(f"## {name}\n\n{kept.get(name, NOT_MEASURED)}\n" for name in programs)
    RESULTS.write_text(f"{_INTRODUCTION}{page}", encoding="utf-8")


def read_tables(text: str) -> dict[str, list[list[str]]]:
    """The cells of all rows below each `###` heading, without the line of headings."""
    found: dict[str, list[list[str]]] = {}
    title = ""
    for line in text.splitlines():
        if line.startswith("### "):
            title = line.removeprefix("### ")
            found[title] = []
        elif line.startswith("| ") and not line.startswith("| what |"):
            found[title].append([cell.strip() for cell in line.strip("|").split(" | ")])
    return found


def summary(tables: Mapping[str, Sequence[Sequence[str]]]) -> str:
    """The table of docs/scaling.md: some rows of RESULTS.md, word for word."""
    lines = ["| what | quiltops | peer | limit |", "|---|---:|---:|---:|"]
    for beginning, what, name in _SUMMARY:
        for title, rows in tables.items():
            if title.startswith(beginning):
                found = next(row for row in rows if row[0] == what)
                entries = ", 1,000,000 entries" if "1,000,000" in beginning else ""
                lines.append(f"| {name}{entries} | {' | '.join(found[1:4])} |")
    return "\n".join(lines)


def write_summary() -> None:
    """Write the table of docs/scaling.md from RESULTS.md."""
    write_between("results.py", summary(read_tables(RESULTS.read_text(encoding="utf-8"))))


def write_between(program: str, text: str, page: Path = SCALING) -> None:
    """Replace what stands between a program's two comments; `ValueError` if they are missing."""
    before, after = f"<!-- written by benchmarks/{program} -->\n", f"<!-- end of {program} -->"
    old = page.read_text(encoding="utf-8")
    start, stop = old.index(before) + len(before), old.index(after)
    page.write_text(f"{old[:start]}\n{text.strip()}\n\n{old[stop:]}", encoding="utf-8")
