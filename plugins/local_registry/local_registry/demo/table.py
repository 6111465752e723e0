"""The demonstration's result as a table for people."""

from __future__ import annotations

from collections.abc import Sequence

from rich.markup import escape
from rich.table import Table

from local_registry.demo.job import Outcome, Row
from quilt_core.cli.terminal import console

_CAPTION = """\
identical: readings of one state are equal as whole objects, times included;
writes gave equal results, top hashes included; URLs gave the uploaded bytes.
Requests are those that the registry and its S3 got."""


def print_table(rows: Sequence[Row], backends: Sequence[str]) -> None:
    """Print one row per operation and one column per backend, followed by the problems."""
    table = Table(title="The main job, on every backend", caption=_CAPTION)
    table.title_justify = table.caption_justify = "left"
    for column in ("operation", *backends, "outcome"):
        table.add_column(column)
    for row in rows:
        colour = "green" if row.is_good else "red"
        cells = [escape(_words(one)) for one in row.outcomes]
        table.add_row(row.operation, *cells, f"[{colour}]{row.verdict}[/]")
    terminal = console()
    terminal.print(table)
    for row in rows:
        for one in row.outcomes:
            if one.problem:
                terminal.print(f"[red]{row.operation}, {one.backend}[/]: {escape(one.problem)}")


def _words(one: Outcome) -> str:
    if one.answer is None:
        return "failed"
    return f"{one.step.says(one.answer)}, {one.requests} request{'' if one.requests == 1 else 's'}"
