"""What all benchmarks share: medians, spread, and table rows with a limit each."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Sample:
    """Measured values: their median, and half the distance between the quartiles."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def spread(self) -> float:
        if len(self.values) < 4:
            return (max(self.values) - min(self.values)) / 2
        quarters = statistics.quantiles(self.values, n=4)
        return (quarters[2] - quarters[0]) / 2

    def show(self, unit: str, scale: float = 1.0) -> str:
        """The median and the spread; a value that was measured once has no spread."""
        spread = f" ± {round(self.spread * scale, 9):,.2g}" if len(self.values) > 1 else ""
        return f"{self.median * scale:,.4g}{spread} {unit}"


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row of the table: what was measured, ours, the peer's, the limit, the ratio or value, goal.

    The limit is the least that any solution needs, measured or counted: the bytes that must be
    transferred, the round trips of the protocol, a plain loop over the underlying library.
    """

    what: str
    ours: str
    limit: str
    peer: str = ""
    result: str = ""
    goal: str = ""
    """What the project has set itself; empty where it has set nothing."""
    met: bool | None = None
    """Whether the goal is met; `None` without a goal, or if the peer fails, so that there is
    nothing to compare with."""

    def __post_init__(self) -> None:
        if not self.limit:
            raise ValueError(f"{self.what}: every figure needs its limit")
        if self.met is not None and not self.goal:
            raise ValueError(f"{self.what}: what is met without a goal?")

    @property
    def verdict(self) -> str:
        """The last cell of the row."""
        if not self.goal:
            return ""
        return {True: "yes", False: "**no**", None: "peer fails"}[self.met]


def timed(action: Callable[[], object], repeat: int) -> Sample:
    """Seconds that `action` takes, `repeat` times."""
    values = []
    for _ in range(repeat):
        start = time.perf_counter()
        action()
        values.append(time.perf_counter() - start)
    return Sample(tuple(values))


def timed_commands(
    commands: Sequence[Sequence[str]], repeat: int, environment: Mapping[str, str] | None = None
) -> list[Sample]:
    """Wall-clock seconds of each command, in turns, so that a busy spell affects all of them alike.

    A first round, which does not count, fills the caches and writes the compiled modules, as an
    installer does.
    """
    environment = {**(os.environ if environment is None else environment)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    values: list[list[float]] = [[] for _ in commands]
    for round_number in range(repeat + 1):
        for number, command in enumerate(commands):
            start = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True, env=environment)
            if round_number:
                values[number].append(time.perf_counter() - start)
    return [Sample(tuple(one)) for one in values]


HEADINGS = ("what", "ours", "peer", "limit", "result", "goal", "met")


def print_table(title: str, rows: Iterable[Row], note: str = "") -> bool:
    """Print the rows as Markdown; return whether every goal that can be judged is met.

    Parameters
    ----------
    title:
        The heading, which names the peer.
    rows:
        The rows of the table.
    note:
        What a reader needs to understand the figures; one paragraph or several.
    """
    rows = list(rows)
    print(f"\n### {title}\n")
    if note:
        print(f"{note}\n")
    print(f"| {' | '.join(HEADINGS)} |")
    print("|---|---:|---:|---:|---:|---:|---|")
    for row in rows:
        cells = (row.what, row.ours, row.peer, row.limit, row.result, row.goal, row.verdict)
        print(f"| {' | '.join(cells)} |")
    sys.stdout.flush()
    return all(row.met is not False for row in rows)
